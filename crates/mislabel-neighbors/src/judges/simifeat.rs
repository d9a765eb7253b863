//! SimiFeat: votes and ranks of labels among neighbors, over random subsets.

use mislabel_core::{Error, Judge, LabelIssues, Labels, Result, Run, split_seed};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::index;
use rayon::prelude::*;

use crate::graph::neighbor_graph::NeighborGraph;
use crate::hoc::estimator::Hoc;
use crate::judges::label_distribution::LabelDistribution;
use crate::judges::opinion::{Neighborhood, Opinion, label_issues};
use crate::judges::votes::Votes;
use crate::judges::weighting::{Weighting, Weights};

/// How a subset's labels are judged.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum SimiFeatRule {
    /// A label is noisy when another has more weight among the neighbors.
    Vote,
    /// In every class, the labels with the least weight are noisy: as many as HOC's estimate P(true ≠ j | given = j)
    /// says.
    Rank(Hoc),
}

/// SimiFeat: a label is wrong when the neighbors in most random subsets say so.
///
/// In a subset, a sample's label distribution is that of its [`neighbors`](Self::neighbors) nearest, itself included,
/// each weighing 1 − distance, the sample itself at distance 2·v₁ − v₂ (v₁ ≤ v₂ those of its nearest two), scaled to
/// length 1. [`SimiFeatRule`] makes noisy labels of it, and after all draws the noisy share of a sample is
/// (hits + 1)/(draws + 2), counting the draws that had it (Zhu, Dong & Liu 2022, [arXiv:2110.06283], algorithm 1).
/// That share is the score: HIGHER is more suspect. A sample is an issue above ½; the label with the most weight among its
/// neighbors in the whole graph is suggested, without its own.
///
/// Quality, LOWER is more suspect, is 1 − (hits + 2(1 − p))/(draws + 2), p being the mean entry of the given label in
/// the distributions: the pseudo-counts, which say nothing about a sample in the paper, are its neighbors' opinion.
/// So unflagged samples are in order too, and samples with equally many hits.
///
/// The graph must reach far enough that enough neighbors of a sample are in a subset with it: (neighbors − 1)/share,
/// and [`reach`](Self::reach) for some margin; where a subset still has fewer, those there vote. The neighbors within
/// a subset are exact, filtered from the wider graph, never searched again. O(draws · n · reach).
///
/// # Departures
/// The reference caps subsets at 35,000 samples because it compares them all with each other: then most
/// samples of a large dataset are never judged. Filtering a graph needs no cap. HOC is fitted once, to all samples, not
/// to each subset. Weights below 0 (obtuse angles) count as 0. A Euclidean graph weighs as in [`Weighting::Similarity`].
///
/// ```
/// use mislabel_core::{Detector, Embeddings, Labels, Pipeline, Run};
/// use mislabel_neighbors::{KNearest, SimiFeat};
/// use ndarray::Array2;
///
/// // Two bundles of directions; sample 3 has the other bundle's label.
/// let angle = |i: usize| (i % 2) as f32 * 1.5 + i as f32 * 0.01;
/// let rows = Array2::from_shape_fn((60, 2), |(i, j)| if j == 0 { angle(i).cos() } else { angle(i).sin() });
/// let given = Labels::new((0..60).map(|i| (i % 2 == usize::from(i != 3)) as u32).collect(), 2)?;
/// let detector = Pipeline::new(KNearest::default(), SimiFeat::default());
/// let issues = detector.detect(&Embeddings::new(rows.view())?, &given, &Run::quiet())?;
/// assert_eq!(issues.quality().ranking()[0], 3);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
///
/// [arXiv:2110.06283]: https://arxiv.org/abs/2110.06283
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct SimiFeat {
    /// Vote or rank; default rank, with HOC's defaults.
    pub rule: SimiFeatRule,
    /// Nearest samples whose labels count, the sample itself included, at least 2; default 10, the paper's.
    pub neighbors: usize,
    /// Random subsets, at least 1; default 21, the paper's.
    pub draws: usize,
    /// Share of the samples in a subset, in (0, 1]; default 0.9, the reference's.
    pub share: f64,
    /// Seed of the subsets; default 0.
    pub seed: u64,
}

impl Default for SimiFeat {
    fn default() -> Self {
        Self { rule: SimiFeatRule::Rank(Hoc::default()), neighbors: 10, draws: 21, share: 0.9, seed: 0 }
    }
}

/// What the draws said of one sample so far.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    draws: u32,
    hits: u32,
    own: f64,
}

impl SimiFeat {
    fn check(&self) -> Result<()> {
        let parameter = |name, value, requirement| Err(Error::parameter(name, value, requirement));
        if self.neighbors < 2 {
            return parameter("neighbors", self.neighbors as f64, "at least 2, the sample itself included");
        }
        if self.draws == 0 {
            return parameter("draws", 0.0, "at least 1");
        }
        if !(self.share > 0.0 && self.share <= 1.0) {
            return parameter("share", self.share, "in (0, 1]");
        }
        Ok(())
    }
}

impl Judge<NeighborGraph> for SimiFeat {
    fn judge(&self, graph: &NeighborGraph, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        self.check()?;
        graph.labeled_by(given)?;
        graph.usable("neighbors", ((self.neighbors - 1) as f64 / self.share).ceil() as usize)?;
        let shares = match self.rule {
            SimiFeatRule::Vote => None,
            SimiFeatRule::Rank(hoc) => Some(hoc.fit(graph, given, run)?.wrong_shares().to_vec()),
        };
        let mut tallies = vec![Tally::default(); graph.len()];
        let stage = run.stage("judging random subsets", self.draws);
        for draw in 0..self.draws {
            let subset = Subset::drawn(graph.len(), self.share, split_seed(self.seed, &[draw as u64]));
            let distributions = self.distributions(graph, given, &subset);
            let noisy = match &shares {
                None => outvoted(&distributions, &subset, given),
                Some(shares) => outranked(&distributions, &subset, given, shares),
            };
            subset.rows.iter().zip(&distributions).zip(noisy).for_each(|((row, distribution), noisy)| {
                tallies[*row as usize].count(noisy, distribution.own);
            });
            stage.advance(1)?;
        }
        let opinions: Vec<Opinion> = (tallies.par_iter().enumerate())
            .map_init(Votes::default, |votes, (row, tally)| self.opinion(graph, given, row, *tally, votes))
            .collect();
        label_issues(given, &opinions)
    }

    fn reach(&self) -> usize {
        // Twice those needed on average: some of the nearest are not in a subset.
        (2.0 * self.neighbors as f64 / self.share.clamp(1e-3, 1.0)).ceil() as usize
    }
}

impl SimiFeat {
    /// The label distribution of every sample of the subset, in its order.
    fn distributions(&self, graph: &NeighborGraph, given: &Labels, subset: &Subset) -> Vec<LabelDistribution> {
        let weights = Weights::new(Weighting::Similarity, graph);
        let one = |(votes, voters): &mut (Votes, Vec<(u32, f64)>), row: &u32| {
            let sample = Neighborhood::new(graph, given, *row as usize, graph.width());
            let labeled = sample.labels().zip(sample.distances.iter().copied());
            let drawn = labeled.zip(sample.neighbors).filter(|(_, neighbor)| subset.has[**neighbor as usize]);
            voters.clear();
            voters.extend(drawn.map(|(voter, _)| voter).take(self.neighbors - 1));
            LabelDistribution::new(sample.given, voters, weights, votes)
        };
        subset.rows.par_iter().with_min_len(256).map_init(Default::default, one).collect()
    }

    fn opinion(&self, graph: &NeighborGraph, given: &Labels, row: usize, tally: Tally, votes: &mut Votes) -> Opinion {
        let draws = f64::from(tally.draws);
        let own = if tally.draws > 0 { tally.own / draws } else { 0.5 };
        let score = (f64::from(tally.hits) + 1.0) / (draws + 2.0);
        let quality = 1.0 - (f64::from(tally.hits) + 2.0 * (1.0 - own)) / (draws + 2.0);
        let is_issue = score > 0.5;
        let width = (self.neighbors - 1).min(graph.width());
        let sample = Neighborhood::new(graph, given, row, width);
        let suggested = if is_issue { sample.majority(votes) } else { sample.given };
        Opinion { quality: quality.clamp(0.0, 1.0), score, is_issue, suggested }
    }
}

impl Tally {
    fn count(&mut self, noisy: bool, own: f64) {
        self.draws += 1;
        self.hits += u32::from(noisy);
        self.own += own;
    }
}

/// A random subset of the samples.
struct Subset {
    /// Its samples, ascending.
    rows: Vec<u32>,
    /// Whether it has a sample, `(n,)`.
    has: Vec<bool>,
}

impl Subset {
    fn drawn(n: usize, share: f64, seed: u64) -> Self {
        let size = ((n as f64 * share).round() as usize).clamp(1, n);
        let mut has = vec![false; n];
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        index::sample(&mut random, n, size).iter().for_each(|row| has[row] = true);
        Self { rows: (0..n as u32).filter(|row| has[*row as usize]).collect(), has }
    }
}

fn outvoted(distributions: &[LabelDistribution], subset: &Subset, given: &Labels) -> Vec<bool> {
    let labels = subset.rows.iter().map(|row| given.values()[*row as usize]);
    distributions.iter().zip(labels).map(|(distribution, label)| distribution.winner != label).collect()
}

/// In every class the samples with the least entry of their label, as many as its share of wrong labels says.
fn outranked(distributions: &[LabelDistribution], subset: &Subset, given: &Labels, shares: &[f64]) -> Vec<bool> {
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); given.class_count()];
    subset.rows.iter().enumerate().for_each(|(place, row)| members[given.class(*row as usize)].push(place as u32));
    let mut noisy = vec![false; distributions.len()];
    for (members, share) in members.iter_mut().zip(shares) {
        let cut = (share * members.len() as f64).round() as usize;
        if cut > 0 {
            let key = |place: &u32| distributions[*place as usize].own;
            members.sort_by(|a, b| key(a).total_cmp(&key(b)));
            members[..cut].iter().for_each(|place| noisy[*place as usize] = true);
        }
    }
    noisy
}
