//! Mistakenness of predictions.

use mislabel_core::{EmbeddingSource, Judge, LabelIssues, Run};
use mislabel_predictions::{Mistakenness, Predictions};
use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::error::Result;
use crate::interface::{Method, Needs};
use crate::parameters::written;
use crate::predictions::predictor::{Predicted, PrunedProbe};
use crate::report::Report;

/// `mistakenness`: how sure a model's predictions are of another class.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MistakennessMethod {
    /// How probabilities are computed where the dataset has no predictions.
    pub evidence: PrunedProbe,
    /// Mistakenness and its threshold.
    pub judge: Mistakenness,
}

impl Method for MistakennessMethod {
    fn name(&self) -> &'static str {
        "mistakenness"
    }

    fn needs(&self) -> Needs {
        Needs::PredictionsOrEmbeddings
    }

    fn parameters(&self) -> serde_json::Value {
        written(self)
    }

    fn report(&self, data: &Dataset<'_>, run: &Run<'_>) -> Result<Report> {
        run.need("mistakenness", Predictions::least_memory(data.len()))?;
        let issues = match self.evidence.predicted(self.name(), data, run)? {
            Predicted::Given(source) => self.judge.judge(&source, data.given(), run)?,
            Predicted::Computed(computed) => self.judge.judge(&computed, data.given(), run)?,
            Predicted::Logits(logits) => by_logits(&self.judge, logits, data, run)?,
        };
        Ok(Report { threshold: Some(self.judge.threshold), ..Report::new(self.name(), self.parameters(), issues) })
    }
}

/// Mistakenness by logits that are read in blocks.
pub(crate) fn by_logits(
    judge: &Mistakenness,
    logits: &dyn EmbeddingSource,
    data: &Dataset<'_>,
    run: &Run<'_>,
) -> Result<LabelIssues> {
    let predictions = Predictions::from_logit_rows(logits, data.given(), judge.certainty, run)?;
    Ok(judge.judge(&predictions, data.given(), run)?)
}
