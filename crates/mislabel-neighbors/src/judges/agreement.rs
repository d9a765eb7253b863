//! Agreement of neighbors with the given label.

use mislabel_core::{Judge, LabelIssues, Labels, Result, Run};

use crate::graph::neighbor_graph::NeighborGraph;
use crate::judges::opinion::{Neighborhood, Opinion, judged};
use crate::judges::votes::Votes;
use crate::judges::weighting::{Weighting, Weights};

/// Label quality by the share of neighbors that have the given label.
///
/// Score and quality are that share, weighted, in [0, 1]: LOWER is more suspect. A sample is an issue when another
/// class has more weight; that class is suggested (ties: the class of the nearest voter). Neighbors that all weigh
/// nothing count alike. With 50 neighbors this is the reference "kNN-50". O(n · neighbors).
///
/// ```
/// use mislabel_core::{Judge, Labels, Run};
/// use mislabel_neighbors::{Agreement, Distance, NeighborGraph, Weighting};
/// use ndarray::array;
///
/// let indices = array![[1, 2], [2, 0], [1, 0]];
/// let graph = NeighborGraph::new(indices, array![[0.1, 0.2], [0.1, 0.1], [0.1, 0.2]], Distance::Cosine)?;
/// let given = Labels::new(vec![0, 1, 1], 2)?;
/// let detector = Agreement { neighbors: 2, weighting: Weighting::Uniform };
/// let issues = detector.judge(&graph, &given, &Run::quiet())?;
/// assert_eq!(issues.quality().as_slice().to_vec(), [0.0, 0.5, 0.5]);
/// assert_eq!(issues.is_issue().to_vec(), [true, false, false]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Agreement {
    /// Neighbors that vote, at least 1; default 50. Fewer only where there are not that many other samples.
    pub neighbors: usize,
    /// What they weigh; default by similarity.
    pub weighting: Weighting,
}

impl Default for Agreement {
    fn default() -> Self {
        Self { neighbors: 50, weighting: Weighting::default() }
    }
}

impl Judge<NeighborGraph> for Agreement {
    fn judge(&self, graph: &NeighborGraph, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        graph.labeled_by(given)?;
        let width = graph.usable("neighbors", self.neighbors)?;
        let weights = Weights::new(self.weighting, graph);
        judged(graph, given, width, run, |sample, votes| opinion(sample, votes, weights))
    }

    fn reach(&self) -> usize {
        self.neighbors
    }
}

fn opinion(sample: &Neighborhood<'_>, votes: &mut Votes, weights: Weights) -> Opinion {
    vote(sample, votes, weights);
    if votes.total() <= 0.0 {
        vote(sample, votes, Weights::Uniform);
    }
    let own = votes.of(sample.given);
    let share = (own / votes.total()).clamp(0.0, 1.0);
    let winner = votes.winner().unwrap_or(sample.given);
    let is_issue = votes.of(winner) > own;
    Opinion { quality: share, score: share, is_issue, suggested: if is_issue { winner } else { sample.given } }
}

fn vote(sample: &Neighborhood<'_>, votes: &mut Votes, weights: Weights) {
    votes.clear();
    sample.labels().zip(sample.distances).for_each(|(class, distance)| votes.add(class, weights.of(*distance)));
}
