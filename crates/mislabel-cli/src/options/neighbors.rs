//! Options of methods on nearest neighbors.

use clap::{Args, ValueEnum};
use mislabel::neighbors::{Distance, SearchBySize, SearchKind, Weighting};

use crate::value_parsers::{count, positive_share};

const HEADING: &str = "Options of simifeat, simifeat-vote, knn, selfclean, wann, relation, shapley and posterior";

/// The neighbors and what they weigh.
#[derive(Args)]
pub(crate) struct NeighborOptions {
    /// Neighbors that vote [default: 50; simifeat: 10, the sample included; wann: 51; shapley: 10; posterior: none]
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) neighbors: Option<usize>,
    /// How far apart samples are [default: cosine]
    #[arg(long, value_name = "NAME", help_heading = HEADING)]
    distance: Option<DistanceName>,
    /// How neighbors are searched; beside approximate ones their recall is printed; not for posterior [default: auto]
    #[arg(long, value_name = "NAME", help_heading = HEADING)]
    neighbors_search: Option<SearchName>,
    /// Cells of samples searched for each sample where the search is approximate: more find more [default: 9/4 of
    /// the root of their number, 2 of the root of the samples']
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true, help_heading = HEADING)]
    searched_cells: Option<usize>,
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
enum SearchName {
    /// All pairs of samples
    Exact,
    /// The cells of samples that are nearest
    Approximate,
    /// Exact up to 200,000 samples
    Auto,
}

#[derive(Clone, Copy, ValueEnum)]
enum WeightingName {
    /// All the same
    Uniform,
    /// The nearer the more
    Similarity,
}

impl NeighborOptions {
    /// How neighbors are searched, with `seed` for what is random.
    pub(crate) fn search(&self, seed: u64) -> SearchBySize {
        let kind = match self.neighbors_search.unwrap_or(SearchName::Auto) {
            SearchName::Exact => SearchKind::Exact,
            SearchName::Approximate => SearchKind::Approximate,
            SearchName::Auto => SearchKind::Auto,
        };
        SearchBySize { distance: self.distance(), kind, cells_searched: self.searched_cells, seed }
    }

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
