//! Confident learning.

use mislabel_confident::{ConfidentJoint, ConfidentLearning};
use mislabel_core::{Labels, ProbabilitySource, Run};
use mislabel_predictions::Softmax;
use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::error::Result;
use crate::interface::{Method, Needs};
use crate::parameters::written;
use crate::predictions::predictor::{Predicted, PrunedProbe};
use crate::report::Report;

/// `confident`: confident learning on predicted probabilities, with cleanlab's options.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfidentMethod {
    /// How probabilities are computed where the dataset has no predictions.
    pub evidence: PrunedProbe,
    /// Confident learning.
    pub judge: ConfidentLearning,
}

impl Method for ConfidentMethod {
    fn name(&self) -> &'static str {
        "confident"
    }

    fn needs(&self) -> Needs {
        Needs::PredictionsOrEmbeddings
    }

    fn parameters(&self) -> serde_json::Value {
        written(self)
    }

    fn report(&self, data: &Dataset<'_>, run: &Run<'_>) -> Result<Report> {
        let given = data.given();
        run.need("confident learning", ConfidentLearning::least_memory(given.len(), given.class_count()))?;
        let predicted = self.evidence.predicted(self.name(), data, run)?;
        let softmax;
        let probabilities: &dyn ProbabilitySource = match &predicted {
            Predicted::Given(source) => *source,
            Predicted::Computed(computed) => computed,
            Predicted::Logits(logits) => {
                softmax = Softmax::new(*logits);
                &softmax
            }
        };
        let (issues, joint) = self.judge.issues_and_joint(probabilities, given, run)?;
        Ok(Report {
            noise_rate: Some(noise_rate(&joint, given)?),
            ..Report::new(self.name(), self.parameters(), issues)
        })
    }
}

/// What the calibrated confident joint has off its diagonal.
fn noise_rate(joint: &ConfidentJoint, given: &Labels) -> Result<f64> {
    Ok((1.0 - joint.distribution(given)?.diag().sum()).clamp(0.0, 1.0))
}
