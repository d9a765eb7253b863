//! Importance to a coreset.

use mislabel_core::{ClassEvidence, Judge, Run};
use mislabel_coreset::{CoresetDetector, CoresetEvidence, Sensitivity};
use mislabel_predictions::Softmax;
use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::error::Result;
use crate::interface::{Method, Needs, embeddings};
use crate::parameters::written;
use crate::predictions::predictor::{Predicted, PrunedProbe};
use crate::report::Report;

/// `coreset`: how important the sample is to a logistic regression, among samples of its label.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CoresetMethod {
    /// What importance is; `None`: the loss of the predictions where the dataset has some, else the class leverage.
    pub importance: Option<Sensitivity>,
    /// How probabilities are computed where importance is the loss and the dataset has no predictions.
    pub evidence: PrunedProbe,
    /// The threshold of importance.
    pub judge: CoresetDetector,
}

impl CoresetMethod {
    /// What importance is for `data`.
    fn importance_for(&self, data: &Dataset<'_>) -> Sensitivity {
        match self.importance {
            None if data.predictions().is_some() => Sensitivity::Loss,
            chosen => chosen.unwrap_or_default(),
        }
    }
}

impl Method for CoresetMethod {
    fn name(&self) -> &'static str {
        "coreset"
    }

    fn needs(&self) -> Needs {
        match self.importance {
            Some(importance) if !importance.needs_losses() => Needs::Embeddings,
            _ => Needs::PredictionsOrEmbeddings,
        }
    }

    fn parameters(&self) -> serde_json::Value {
        written(self)
    }

    fn report(&self, data: &Dataset<'_>, run: &Run<'_>) -> Result<Report> {
        let given = data.given();
        let importance = self.importance_for(data);
        let issues = if importance.needs_losses() {
            match self.evidence.predicted(self.name(), data, run)? {
                Predicted::Given(source) => self.judge.judge(&source, given, run)?,
                Predicted::Computed(computed) => self.judge.judge(&computed, given, run)?,
                Predicted::Logits(logits) => self.judge.judge(&Softmax::new(logits), given, run)?,
            }
        } else {
            let evidence = CoresetEvidence { importance }.evidence(embeddings(self.name(), data)?, given, run)?;
            let judge = CoresetDetector { comparison: importance.comparison(), ..self.judge };
            judge.judge(&evidence, given, run)?
        };
        Ok(Report { threshold: Some(self.judge.threshold), ..Report::new(self.name(), self.parameters(), issues) })
    }
}
