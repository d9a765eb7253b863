//! The likelihood ratio of class-conditional Gaussians.

use mislabel_core::{ClassEvidence, Judge, Run};
use mislabel_reconstruct::{Gaussian, LikelihoodRatio};
use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::error::Result;
use crate::interface::{Method, Needs, embeddings};
use crate::parameters::written;
use crate::report::Report;
use crate::sampled::Sampled;

/// `gaussian`: the likelihood ratio of class-conditional Gaussians, leave-one-out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GaussianMethod {
    /// The densities.
    pub evidence: Gaussian,
    /// The ratio and its threshold.
    pub judge: LikelihoodRatio,
}

impl Method for GaussianMethod {
    fn name(&self) -> &'static str {
        "gaussian"
    }

    fn needs(&self) -> Needs {
        Needs::Embeddings
    }

    fn parameters(&self) -> serde_json::Value {
        written(self)
    }

    fn report(&self, data: &Dataset<'_>, run: &Run<'_>) -> Result<Report> {
        let errors = self.evidence.evidence(embeddings(self.name(), data)?, data.given(), run)?;
        let issues = self.judge.judge(&errors, data.given(), run)?;
        let sampled = Sampled::new(&errors, None, Some(self.evidence.model.search));
        Ok(Report {
            threshold: Some(self.judge.threshold),
            sampled,
            ..Report::new(self.name(), self.parameters(), issues)
        })
    }
}
