//! How rare a sample is.

use mislabel_core::{Judge, LabelIssues, Labels, Result, Run};
use rayon::prelude::*;

use crate::graph::neighbor_graph::NeighborGraph;
use crate::judges::opinion::{Opinion, judged};

/// How far a sample lies from its neighbors, its place in the long tail of the data.
///
/// Rarity is 2/(1 + e^{−m}) − 1, in [0, 1), with m the mean distance to the neighbors: HIGHER is rarer. Distances are in
/// their own unit, so rarities compare within one dataset and metric.
///
/// A rare sample is not a wrong label: as a detector this ranks by 1 − rarity, LOWER is more suspect, flags nothing and
/// suggests the given labels; the score is the rarity. Use it beside the others, to see which flagged samples are odd
/// images rather than wrong labels. O(n · neighbors).
///
/// ```
/// use mislabel_neighbors::{Distance, NeighborGraph, Rarity};
/// use ndarray::array;
///
/// let graph = NeighborGraph::new(array![[1], [0], [1]], array![[0.0], [0.0], [3.0]], Distance::Euclidean)?;
/// let rarity = Rarity { neighbors: 1 }.values(&graph)?;
/// assert_eq!(rarity[0], 0.0);
/// assert!((rarity[2] - (2.0 / (1.0 + (-3.0_f64).exp()) - 1.0)).abs() < 1e-15);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Rarity {
    /// Neighbors whose distances are averaged, at least 1; default 10.
    pub neighbors: usize,
}

impl Default for Rarity {
    fn default() -> Self {
        Self { neighbors: 10 }
    }
}

impl Rarity {
    /// The rarity of every sample, `(n,)`, in [0, 1].
    ///
    /// # Errors
    /// A graph of fewer neighbors than asked for.
    pub fn values(&self, graph: &NeighborGraph) -> Result<Vec<f64>> {
        let width = graph.usable("neighbors", self.neighbors)?;
        let rows = (0..graph.len()).into_par_iter().with_min_len(256);
        Ok(rows.map(|row| rarity(&graph.distances(row)[..width])).collect())
    }
}

impl Judge<NeighborGraph> for Rarity {
    fn judge(&self, graph: &NeighborGraph, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        graph.labeled_by(given)?;
        let width = graph.usable("neighbors", self.neighbors)?;
        judged(graph, given, width, run, |sample, _| {
            let rarity = rarity(sample.distances);
            Opinion { quality: 1.0 - rarity, score: rarity, is_issue: false, suggested: sample.given }
        })
    }

    fn reach(&self) -> usize {
        self.neighbors
    }
}

/// tanh(m/2) is 2/(1 + e^{−m}) − 1 without the cancellation at small m.
fn rarity(distances: &[f64]) -> f64 {
    // Halved before they are summed: the sum of distances near the greatest f64 is finite too.
    let mean_half: f64 = distances.iter().map(|distance| distance / (2 * distances.len()) as f64).sum();
    mean_half.tanh()
}
