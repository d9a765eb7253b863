//! What a method says of a dataset.

use mislabel_consensus::{CombinedIssues, Explainer, MemberIssues};
use mislabel_core::{ErrorSummary, Estimate, LabelIssues};
use mislabel_neighbors::SearchRecall;
use mislabel_posterior::NoiseRateInterval;
use serde::Serialize;

use crate::sampled::Sampled;

/// What a method says of the n samples of a dataset over k classes; `None` where it says nothing.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The method's name.
    pub method: &'static str,
    /// Its parameters, as they can be read again ([`parameterized`](crate::parameterized)).
    pub parameters: serde_json::Value,
    /// The issues, `(n,)`.
    pub issues: LabelIssues,
    /// The estimated share of wrong labels, in [0, 1].
    pub noise_rate: Option<f64>,
    /// The same, with its standard error, where that was asked for.
    pub noise_interval: Option<NoiseRateInterval>,
    /// How many of the flags are right, as a share, where the method says so.
    pub precision: Option<Estimate>,
    /// What the noise rate, or the search of classes, owes to a sample of the rows.
    pub sampled: Option<Sampled>,
    /// The score from which on labels are flagged.
    pub threshold: Option<f64>,
    /// The difficulty of the dataset, the mean ratio χ̄.
    pub difficulty: Option<f64>,
    /// The difficulty of every class, `(k,)`.
    pub class_difficulty: Vec<Option<f64>>,
    /// Of an approximate search for neighbors, which share of the true ones it found.
    pub recall: Option<SearchRecall>,
    /// The reconstruction errors that the issues rest on.
    #[serde(skip)]
    pub errors: Option<ErrorSummary>,
    /// Of a consensus, how it came about and what its members say.
    #[serde(skip)]
    pub consensus: Option<(CombinedIssues, Vec<MemberIssues>)>,
}

impl Report {
    /// The report of the `method` with these `parameters` that says nothing of the dataset as a whole.
    pub fn new(method: &'static str, parameters: serde_json::Value, issues: LabelIssues) -> Self {
        let class_difficulty = vec![None; issues.suggested().class_count()];
        Self {
            method,
            parameters,
            issues,
            noise_rate: None,
            noise_interval: None,
            precision: None,
            sampled: None,
            threshold: None,
            difficulty: None,
            class_difficulty,
            recall: None,
            errors: None,
            consensus: None,
        }
    }

    /// Explains the issues by all that is known of them.
    pub fn explainer(&self) -> Explainer<'_> {
        Explainer {
            errors: self.errors.as_ref(),
            consensus: self.consensus.as_ref().map(|(combined, members)| (combined, members.as_slice())),
            ..Explainer::of_issues(&self.issues)
        }
    }
}
