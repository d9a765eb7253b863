//! What a result owes to a sample of the rows, and how far off that may be.

use std::fmt;

use mislabel_core::{ErrorSummary, Estimate};
use mislabel_reconstruct::ClassSearch;
use mislabel_rer::NoiseRate;
use serde::Serialize;

/// What was measured on a sample of the rows; `null` for what was not measured, or has no standard error.
#[derive(Clone, Copy, Debug, Serialize)]
#[non_exhaustive]
pub struct Sampled {
    rows: usize,
    chi_0: Option<f64>,
    chi_0_standard_error: Option<f64>,
    chi_rand: Option<f64>,
    chi_rand_standard_error: Option<f64>,
    /// Standard error of the noise rate.
    pub noise_rate_standard_error: Option<f64>,
    /// Of a search among so many nearest means, how many of the sampled rows have another best class.
    nearest_means: Option<usize>,
    disagreement: Option<f64>,
    disagreement_standard_error: Option<f64>,
}

impl Sampled {
    /// Of `errors` from such a search, and of the noise rate taken from them; `None` where nothing was sampled.
    pub(crate) fn new(errors: &ErrorSummary, noise: Option<&NoiseRate>, search: Option<ClassSearch>) -> Option<Self> {
        let sample = errors.sampled()?;
        let nearest_means = match search {
            Some(ClassSearch::Nearest(count)) => Some(count),
            _ => None,
        };
        let disagreement = nearest_means.map(|_| sample.disagreement());
        let error = noise.and_then(|noise| noise.standard_errors());
        Some(Self {
            rows: sample.rows.len(),
            chi_0: noise.map(|noise| noise.chi_0()),
            chi_0_standard_error: error.map(|error| error.chi_0),
            chi_rand: noise.map(|noise| noise.chi_rand()),
            chi_rand_standard_error: error.map(|error| error.chi_rand),
            noise_rate_standard_error: error.and_then(|error| error.rate),
            nearest_means,
            disagreement: disagreement.map(Estimate::value),
            disagreement_standard_error: disagreement.map(Estimate::standard_error),
        })
    }

    /// How often the search names another best class than a search of all classes, if it may.
    pub fn search(&self) -> Option<String> {
        let (count, share, error) = (self.nearest_means?, self.disagreement?, self.disagreement_standard_error?);
        let (share, error) = (100.0 * share, 100.0 * error);
        let rows = self.rows;
        Some(format!("{count} nearest means: another best class in {share:.2} ± {error:.2}% of {rows} sampled rows"))
    }
}

impl fmt::Display for Sampled {
    /// What the noise rate rests on.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |name, value: Option<f64>, error: Option<f64>| match (value, error) {
            (Some(value), Some(error)) => format!(", {name} {value:.4} ± {error:.4}"),
            _ => String::new(),
        };
        let (chi_0, chi_rand) = (
            part("χ0", self.chi_0, self.chi_0_standard_error),
            part("χ_rand", self.chi_rand, self.chi_rand_standard_error),
        );
        write!(f, "{} sampled rows{chi_0}{chi_rand}", self.rows)
    }
}
