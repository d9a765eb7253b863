//! WANN's reliability of a label.

use mislabel_core::{Error, Judge, LabelIssues, Labels, Result, Run};

use crate::graph::neighbor_graph::NeighborGraph;
use crate::judges::opinion::{Neighborhood, Opinion, judged};
use crate::judges::votes::Votes;

/// Label quality by how many neighbors it takes until their majority has the given label.
///
/// The reliability is 1/k_T, where k_T is the least number of neighbors in [`fewest`](Self::fewest),
/// [`most`](Self::most) whose majority vote is the given label (Di Salvo et al. 2024, WANN, [arXiv:2408.14358],
/// eq. 1). The score is the reliability, in [0, 1/fewest], 0 where no number does: LOWER is more suspect. A sample is
/// an issue when its reliability is 0; the majority of all neighbors is suggested. O(n · most · classes among them).
///
/// # Departures
/// A reliability of 0 does not order the samples that have it. Their quality is the share of the `most` neighbors
/// that have the given label, divided by most + 1; so it stays below that of all other samples. Other samples' quality
/// is fewest/k_T. Ties of a vote go to the class of the nearest voter.
///
/// [arXiv:2408.14358]: https://arxiv.org/abs/2408.14358
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Wann {
    /// Least number of neighbors that vote, at least 1; default 11, the paper's.
    pub fewest: usize,
    /// Greatest number of neighbors that vote; default 51, the paper's. Fewer where there are not as many samples.
    pub most: usize,
}

impl Default for Wann {
    fn default() -> Self {
        Self { fewest: 11, most: 51 }
    }
}

impl Judge<NeighborGraph> for Wann {
    fn judge(&self, graph: &NeighborGraph, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        graph.labeled_by(given)?;
        if self.fewest == 0 || self.fewest > self.most {
            let (name, requirement) = ("fewest", "at least 1 and at most `most`");
            return Err(Error::parameter(name, self.fewest, requirement));
        }
        let most = graph.usable("most", self.most)?;
        let fewest = self.fewest.min(most);
        judged(graph, given, most, run, |sample, votes| opinion(sample, votes, fewest))
    }

    fn reach(&self) -> usize {
        self.most
    }
}

fn opinion(sample: &Neighborhood<'_>, votes: &mut Votes, fewest: usize) -> Opinion {
    let needed = voters_needed(sample, votes, fewest);
    if let Some(needed) = needed {
        let quality = fewest as f64 / needed as f64;
        return Opinion { quality, score: 1.0 / needed as f64, is_issue: false, suggested: sample.given };
    }
    let most = sample.neighbors.len() as f64;
    let quality = votes.of(sample.given) / most / (most + 1.0);
    Opinion { quality, score: 0.0, is_issue: true, suggested: votes.winner().unwrap_or(sample.given) }
}

/// k_T; `votes` holds those of all neighbors where there is none.
fn voters_needed(sample: &Neighborhood<'_>, votes: &mut Votes, fewest: usize) -> Option<usize> {
    votes.clear();
    for (place, class) in sample.labels().enumerate() {
        votes.add(class, 1.0);
        if place + 1 >= fewest && votes.winner() == Some(sample.given) {
            return Some(place + 1);
        }
    }
    None
}
