//! Options of methods on nearest neighbours.

use clap::{Args, ValueEnum};
use mislabel_neighbors::{Distance, Weighting};

use crate::number::{count, positive_share};

const HEADING: &str =
    "Options of consensus, simifeat, simifeat-vote, knn, selfclean, wann, relation, shapley and posterior";

/// The neighbours and what they weigh.
#[derive(Args)]
pub(crate) struct NeighborOptions {
    /// Neighbors that have a say [default: 50; consensus: what predicts most labels of 10, 15, 25 and 50; simifeat: 10,
    /// the sample included; wann: 51; shapley: 10; posterior: none]
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) neighbors: Option<usize>,
    /// How far apart samples are [default: cosine]
    #[arg(long, value_name = "NAME", help_heading = HEADING)]
    distance: Option<DistanceName>,
    /// What a neighbor's vote weighs, for knn [default: similarity]
    #[arg(long, value_name = "NAME", help_heading = HEADING)]
    weighting: Option<WeightingName>,
    /// Random subsets that are judged, for simifeat [default: 21]
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) draws: Option<usize>,
    /// Share of the samples in a subset, for simifeat [default: 0.9]
    #[arg(long, value_name = "R", value_parser = positive_share, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) share: Option<f64>,
}

#[derive(Clone, Copy, ValueEnum)]
enum DistanceName {
    /// One less the cosine of the angle
    Cosine,
    /// The length of the difference
    Euclidean,
}

#[derive(Clone, Copy, ValueEnum)]
enum WeightingName {
    /// All the same
    Uniform,
    /// The nearer the more
    Similarity,
}

impl NeighborOptions {
    pub(crate) fn distance(&self) -> Distance {
        match self.distance {
            Some(DistanceName::Cosine) => Distance::Cosine,
            Some(DistanceName::Euclidean) => Distance::Euclidean,
            None => Distance::default(),
        }
    }

    pub(crate) fn weighting(&self) -> Weighting {
        match self.weighting {
            Some(WeightingName::Uniform) => Weighting::Uniform,
            Some(WeightingName::Similarity) => Weighting::Similarity,
            None => Weighting::default(),
        }
    }
}
