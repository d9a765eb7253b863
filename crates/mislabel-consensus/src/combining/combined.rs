//! What a consensus says, and how it came to it.

use mislabel_core::LabelIssues;
use ndarray::Array2;

/// The consensus of m members on n labels.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CombinedIssues {
    /// The issues. The score is the combined one, at least 0: HIGHER is more suspect.
    pub issues: LabelIssues,
    /// The members' names, `(m,)`.
    pub members: Vec<String>,
    /// Their weights, `(m,)`, at least 0, sum 1.
    pub weights: Vec<f64>,
    /// Their agreement, `(m, m)`, symmetric: 1 where two have the same most suspect samples, 0 where no more of them are
    /// common than by chance. The mean over shares of 2, 5, 10, 20 and 30% of the samples.
    #[cfg_attr(feature = "serde", serde(serialize_with = "mislabel_core::serialized::rows"))]
    pub agreement: Array2<f64>,
    /// Which member flags which sample, `(n, m)`.
    #[cfg_attr(feature = "serde", serde(serialize_with = "mislabel_core::serialized::rows"))]
    pub votes: Array2<bool>,
}

impl CombinedIssues {
    /// The share of the weight that flags sample `row`, in [0, 1]. Panics when `row` ≥ n, as indexing does.
    pub fn support(&self, row: usize) -> f64 {
        self.votes.row(row).iter().zip(&self.weights).filter(|(vote, _)| **vote).map(|(_, weight)| weight).sum()
    }
}
