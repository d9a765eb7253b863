//! SimiFeat's distribution of labels around a sample.

use crate::judges::votes::Votes;
use crate::judges::weighting::Weights;

/// What a sample and its neighbors, as many as take part, say of the sample's label.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LabelDistribution {
    /// Entry of the given label in the distribution of length (L2 norm) 1, in [0, 1].
    pub(crate) own: f64,
    /// The label with the most weight.
    pub(crate) winner: u32,
}

impl LabelDistribution {
    /// Of a sample labeled `given` with neighbors of these labels at these distances, nearest first.
    ///
    /// The sample votes too, from the distance 2·v₁ − v₂ that continues those of its two nearest neighbors v₁ ≤ v₂.
    pub(crate) fn new(given: u32, neighbors: &[(u32, f64)], weights: Weights, votes: &mut Votes) -> Self {
        votes.clear();
        let own_distance = match neighbors {
            [] => 0.0,
            [(_, only)] => *only,
            [(_, first), (_, second), ..] => 2.0 * first - second,
        };
        votes.add(given, weights.of(own_distance));
        neighbors.iter().for_each(|(class, distance)| votes.add(*class, weights.of(*distance)));
        let norm = votes.weights().iter().map(|weight| weight * weight).sum::<f64>().sqrt();
        let own = if norm > 0.0 { (votes.of(given) / norm).clamp(0.0, 1.0) } else { 1.0 };
        Self { own, winner: votes.winner().unwrap_or(given) }
    }
}
