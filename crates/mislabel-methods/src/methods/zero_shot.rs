//! Mistakenness of zero-shot predictions.

use mislabel_core::Run;
use mislabel_predictions::{Mistakenness, Predictions, ZeroShot};
use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::error::{Error, Missing, Result};
use crate::interface::{Method, Needs, embeddings};
use crate::methods::mistakenness::by_logits;
use crate::parameters::written;
use crate::report::Report;

/// `zero-shot`: mistakenness of image embeddings against text embeddings of the class names.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ZeroShotMethod {
    /// Temperature of the softmax over classes, above 0; `None`: as [`ZeroShot`] has it.
    pub temperature: Option<f64>,
    /// Mistakenness and its threshold.
    pub judge: Mistakenness,
}

impl Method for ZeroShotMethod {
    fn name(&self) -> &'static str {
        "zero-shot"
    }

    fn needs(&self) -> Needs {
        Needs::EmbeddingsAndClassTexts
    }

    fn parameters(&self) -> serde_json::Value {
        written(self)
    }

    fn report(&self, data: &Dataset<'_>, run: &Run<'_>) -> Result<Report> {
        let missing = Error::Missing { method: self.name(), what: Missing::ClassTexts };
        let class_texts = data.class_texts().ok_or(missing)?;
        let mut zero_shot = ZeroShot::new(class_texts.to_owned())?;
        if let Some(temperature) = self.temperature {
            zero_shot = zero_shot.with_scale(temperature.recip())?;
        }
        run.need("mistakenness", Predictions::least_memory(data.len()))?;
        let logits = zero_shot.logit_rows(embeddings(self.name(), data)?)?;
        let issues = by_logits(&self.judge, &logits, data, run)?;
        Ok(Report { threshold: Some(self.judge.threshold), ..Report::new(self.name(), self.parameters(), issues) })
    }
}
