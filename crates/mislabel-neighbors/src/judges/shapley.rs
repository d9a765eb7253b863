//! Shapley values of the training samples of a nearest-neighbor classifier.

use mislabel_core::{Judge, LabelIssues, Labels, Result, Run};

use crate::graph::neighbor_graph::NeighborGraph;
use crate::judges::opinion::{Neighborhood, Opinion, label_issues};
use crate::judges::votes::Votes;
use crate::search::k_nearest::DEFAULT_NEIGHBORS;

/// Label quality by what a sample contributes to the accuracy of K-nearest-neighbor votes on the other samples.
///
/// Exact Shapley values by the recursion of Jia et al. 2019 ([arXiv:1908.08619], theorem 1), from far to near for every
/// test sample z, with N candidates α_1, α_2, … in order of distance:
/// s(α_N) = [ỹ(α_N) = ỹ_z] · min(K, N)/(K N),  s(α_i) = s(α_{i+1}) + ([ỹ(α_i) = ỹ_z] − [ỹ(α_{i+1}) = ỹ_z])/K · min(K, i)/i.
/// Every sample is the test sample for all others, and values are averaged over them. The score is that mean times
/// n − 1, the sum over test samples: LOWER is more suspect, below 0 the sample does harm. Quality is ½ + ½ v/(|v| + 1/K);
/// a sample is an issue when its value is below 0, and the label that most of its neighbors have is suggested.
/// O(n·k) for a graph of k neighbors.
///
/// Among few samples a right label whose nearest neighbor has a wrong one may be worth less than the wrong one itself.
///
/// # Departures
/// With a graph of k < N neighbors per sample the recursion starts at the k-th with value 0 (the paper's truncation,
/// theorem 2): a value per test sample is then off by at most 1/max(k, K), see [`truncation_error`](Self::truncation_error).
/// There is no separate validation set: the test labels are the given ones, wrong ones included.
///
/// [arXiv:1908.08619]: https://arxiv.org/abs/1908.08619
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct KnnShapley {
    /// K, the neighbors that vote, at least 1; default 10.
    pub neighbors: usize,
}

impl Default for KnnShapley {
    fn default() -> Self {
        Self { neighbors: 10 }
    }
}

impl KnnShapley {
    /// Shapley values, `(n,)`, summed over the other samples as test samples.
    ///
    /// # Errors
    /// As [`judge`](Judge::judge): lengths that differ, a graph of fewer than K neighbors.
    pub fn values(&self, graph: &NeighborGraph, given: &Labels, run: &Run<'_>) -> Result<Vec<f64>> {
        graph.labeled_by(given)?;
        let voters = graph.usable("neighbors", self.neighbors)?;
        let stage = run.stage("valuing samples", graph.len());
        let mut values = vec![0.0; graph.len()];
        let mut row_values = vec![0.0; graph.width()];
        // Sums into any sample from any row: one thread keeps their order, and the work is two additions an edge.
        for row in 0..graph.len() {
            let test = Neighborhood::new(graph, given, row, graph.width());
            recursion(&test, voters, graph.is_complete(), &mut row_values);
            test.neighbors.iter().zip(&row_values).for_each(|(neighbor, value)| values[*neighbor as usize] += value);
            stage.advance(1)?;
        }
        Ok(values)
    }

    /// How far a sample's value for one test sample may be off because `graph` is truncated: 0 for a complete graph.
    pub fn truncation_error(&self, graph: &NeighborGraph) -> f64 {
        if graph.is_complete() { 0.0 } else { 1.0 / graph.width().max(self.neighbors) as f64 }
    }
}

/// Values of the neighbors of one test sample, `(k,)`, from the farthest to the nearest.
fn recursion(test: &Neighborhood<'_>, voters: usize, complete: bool, values: &mut [f64]) {
    let matches: Vec<f64> = test.labels().map(|class| f64::from(u8::from(class == test.given))).collect();
    let (last, votes) = (values.len() - 1, voters as f64);
    values[last] = if complete { matches[last] / values.len() as f64 } else { 0.0 };
    for i in (0..last).rev() {
        let reach = (i + 1).min(voters) as f64 / (i + 1) as f64;
        values[i] = values[i + 1] + (matches[i] - matches[i + 1]) / votes * reach;
    }
}

impl Judge<NeighborGraph> for KnnShapley {
    fn judge(&self, graph: &NeighborGraph, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        let values = self.values(graph, given, run)?;
        let mut votes = Votes::default();
        let softness = 1.0 / self.neighbors as f64;
        let opinions: Vec<Opinion> = (values.iter().enumerate())
            .map(|(row, &value)| {
                let sample = Neighborhood::new(graph, given, row, graph.width());
                let is_issue = value < 0.0;
                let suggested = if is_issue { sample.majority(&mut votes) } else { sample.given };
                Opinion { quality: 0.5 + 0.5 * value / (value.abs() + softness), score: value, is_issue, suggested }
            })
            .collect();
        label_issues(given, &opinions)
    }

    fn reach(&self) -> usize {
        // The value for one test sample is off by at most one over the width of the graph.
        self.neighbors.saturating_mul(10).max(DEFAULT_NEIGHBORS)
    }
}
