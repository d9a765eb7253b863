//! The posterior of the true labels as a method.

use mislabel_core::Run;
use mislabel_posterior::SoftLinearPosterior;
use mislabel_rer::Rer;

use crate::dataset::Dataset;
use crate::error::Result;
use crate::interface::{Method, Needs, embeddings};
use crate::parameters::written;
use crate::report::Report;
use crate::sampled::Sampled;

impl Method for SoftLinearPosterior {
    fn name(&self) -> &'static str {
        "posterior"
    }

    fn needs(&self) -> Needs {
        Needs::Embeddings
    }

    fn parameters(&self) -> serde_json::Value {
        written(self)
    }

    fn report(&self, data: &Dataset<'_>, run: &Run<'_>) -> Result<Report> {
        let (embeddings, given) = (embeddings(self.name(), data)?, data.given());
        let fitted = self.fitted(embeddings, given, run)?;
        let (posterior, interval) = match data.verified() {
            Some(verified) => fitted.posterior.verified(given, verified)?,
            None => {
                let interval = match self.interval {
                    true => self.noise_rate_interval(&fitted, given, run)?,
                    false => fitted.posterior.noise_rate_interval(),
                };
                (fitted.posterior, interval)
            }
        };
        let rule = self.rule.unwrap_or_else(|| posterior.default_rule());
        let noise_rate = Some(posterior.noise_rate());
        let errors = fitted.errors.summary().clone();
        let ratios = Rer::default().report(&errors, given)?;
        let sampled = Sampled::new(&errors, None, Some(self.evidence.model.search));
        let (errors, issues) = (Some(errors), posterior.issues(rule)?);
        Ok(Report {
            precision: posterior.precision(issues.is_issue())?,
            difficulty: Some(ratios.difficulty()),
            class_difficulty: ratios.class_difficulty().to_vec(),
            sampled,
            noise_rate,
            noise_interval: Some(interval),
            errors,
            ..Report::new(self.name(), self.parameters(), issues)
        })
    }
}
