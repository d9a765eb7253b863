//! SelfClean's ratio of distances within and across classes.

use mislabel_core::{Judge, LabelIssues, Labels, Result, Run};

use crate::graph::neighbor_graph::NeighborGraph;
use crate::judges::opinion::{Neighborhood, Opinion, judged};
use crate::search::k_nearest::DEFAULT_NEIGHBORS;

/// Label quality by how much nearer the nearest sample of the same label is than the nearest of another label.
///
/// d_diff² / (d_same² + d_diff²), with d_same and d_diff the distances to those two (Gröger et al. 2024, SelfClean,
/// [arXiv:2305.17048], eq. 3 and 4). Score and quality are this ratio, in [0, 1]: LOWER is more suspect; ½ where both
/// distances are 0. A sample is an issue below ½, when another label is nearer; the label that most neighbors have is
/// suggested then, or that of the nearest sample of another label where the most have the given one. O(n·k).
///
/// # Departures
/// Where a label does not appear among the k neighbors of the graph, the distance of the k-th stands for the one that
/// is not known and cannot be less. So a wider graph tells the worst samples apart better; a complete one is exact. A
/// class of one sample is judged by the same rule.
///
/// [arXiv:2305.17048]: https://arxiv.org/abs/2305.17048
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(from = "mislabel_core::serialized::NoParameters", into = "mislabel_core::serialized::NoParameters")
)]
pub struct SelfClean;

#[cfg(feature = "serde")]
impl From<mislabel_core::serialized::NoParameters> for SelfClean {
    fn from(_: mislabel_core::serialized::NoParameters) -> Self {
        Self
    }
}

#[cfg(feature = "serde")]
impl From<SelfClean> for mislabel_core::serialized::NoParameters {
    fn from(_: SelfClean) -> Self {
        Self {}
    }
}

impl Judge<NeighborGraph> for SelfClean {
    fn judge(&self, graph: &NeighborGraph, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        graph.labeled_by(given)?;
        judged(graph, given, graph.width(), run, |sample, votes| {
            let quality = ratio(sample);
            let is_issue = quality < 0.5;
            let majority = if is_issue { sample.majority(votes) } else { sample.given };
            let stranger = || sample.labels().find(|class| *class != sample.given).unwrap_or(sample.given);
            let suggested = if is_issue && majority == sample.given { stranger() } else { majority };
            Opinion { quality, score: quality, is_issue, suggested }
        })
    }

    fn reach(&self) -> usize {
        DEFAULT_NEIGHBORS
    }
}

fn ratio(sample: &Neighborhood<'_>) -> f64 {
    let farthest = sample.distances.last().copied().unwrap_or(0.0);
    let nearest = |same: bool| {
        let place = sample.labels().position(|class| (class == sample.given) == same);
        place.map_or(farthest, |place| sample.distances[place])
    };
    let (same, different) = (nearest(true), nearest(false));
    let largest = same.max(different);
    if largest == 0.0 {
        return 0.5;
    }
    // Divided by the larger, so that squares neither overflow nor vanish.
    let (same, different) = ((same / largest).powi(2), (different / largest).powi(2));
    different / (same + different)
}
