//! The neural relation graph's label reliability.

use mislabel_core::{Error, Judge, LabelIssues, Labels, Result, Run, Stage};
use rayon::prelude::*;

use crate::graph::neighbor_graph::NeighborGraph;
use crate::judges::opinion::{JUDGED_AT_ONCE, Neighborhood, Opinion, label_issues};
use crate::judges::votes::Votes;
use crate::judges::weighting::{Weighting, Weights};

/// Label quality by relations: similar samples of the same label support it, those of another label speak against it.
///
/// The relation of samples i and j is r = ± max(0, similarity)^t, positive where the given labels agree; the score of
/// i is Σ_j r(i, j). Then the estimated set N of noisy samples, those whose score is below −λ times the greatest
/// |score|, loses its say twice over, Σ_j r(i, j) − 2 Σ_{j∈N} r(i, j): what a wrongly labeled neighbor objects to is
/// probably right (Kim, Yun & Song 2023, [arXiv:2301.12321], algorithm 1). The score is that sum: LOWER is more
/// suspect; quality is (1 + score / Σ_j |r|)/2, ½ where nothing is related. A sample is an issue below ½; the class
/// with the most similarity is suggested. O(n · neighbors · rounds).
///
/// Among few samples a right label whose neighbors include a wrong one may be more suspect than the wrong one itself.
///
/// # Departures
/// The sum runs over the nearest neighbors instead of all samples, and the similarity is that of the embeddings alone
/// (the paper's kernel multiplies it by that of predicted probabilities, which are not needed here). The quality
/// divides by the sample's own Σ |r|, so that a sample in a thin region is judged by agreement, not by density. For sums
/// over neighbors alone the paper's λ = 0.05 calls too many samples noisy: the mean average precision over eight
/// datasets (the experiment `neighbors_table`) is .76 with it, .83 to .84 from 0.3 to 0.6, and .82 without a second round.
///
/// [arXiv:2301.12321]: https://arxiv.org/abs/2301.12321
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct RelationGraph {
    /// Neighbors related to a sample, at least 1; default 50.
    pub neighbors: usize,
    /// Power t of the similarity, finite and at least 0; default 4, the paper's.
    pub power: f64,
    /// λ, at least 0; default 0.4 (see Departures).
    pub noisy_below: f64,
    /// Times that N is estimated anew; default 1, 0 for the plain sum.
    pub rounds: usize,
}

impl Default for RelationGraph {
    fn default() -> Self {
        Self { neighbors: 50, power: 4.0, noisy_below: 0.4, rounds: 1 }
    }
}

impl Judge<NeighborGraph> for RelationGraph {
    fn judge(&self, graph: &NeighborGraph, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        graph.labeled_by(given)?;
        let width = graph.usable("neighbors", self.neighbors)?;
        not_negative("power", self.power)?;
        not_negative("noisy_below", self.noisy_below)?;
        let weights = Weights::new(Weighting::Similarity, graph);
        let similarity = |distance: &f64| weights.of(*distance).powf(self.power);
        let stage = run.stage("relating samples", graph.len() * (self.rounds + 1));
        let sample = |row: usize| Neighborhood::new(graph, given, row, width);
        let mut noisy = vec![false; graph.len()];
        let mut scores = relation_sums(&sample, &noisy, &similarity, &stage)?;
        for _ in 0..self.rounds {
            let greatest = scores.iter().fold(0.0_f64, |greatest, score| greatest.max(score.abs()));
            noisy = scores.iter().map(|score| *score < -self.noisy_below * greatest).collect();
            scores = relation_sums(&sample, &noisy, &similarity, &stage)?;
        }
        let opinion =
            |votes: &mut Votes, (row, score): (usize, &f64)| opinion(&sample(row), votes, *score, &similarity);
        let opinions: Vec<Opinion> = scores.par_iter().enumerate().map_init(Votes::default, opinion).collect();
        label_issues(given, &opinions)
    }

    fn reach(&self) -> usize {
        self.neighbors
    }
}

/// Σ_j r(i, j), with the sign turned where j is noisy.
fn relation_sums<'a>(
    sample: &(impl Fn(usize) -> Neighborhood<'a> + Sync),
    noisy: &[bool],
    similarity: &(impl Fn(&f64) -> f64 + Sync),
    stage: &Stage<'_>,
) -> Result<Vec<f64>> {
    let sum = |row: usize| -> f64 {
        let sample = sample(row);
        let relations = sample.labels().zip(sample.distances).zip(sample.neighbors);
        relations
            .map(|((class, distance), neighbor)| {
                let supports = (class == sample.given) != noisy[*neighbor as usize];
                if supports { similarity(distance) } else { -similarity(distance) }
            })
            .sum()
    };
    let rows: Vec<usize> = (0..noisy.len()).collect();
    let blocks = rows.par_chunks(JUDGED_AT_ONCE).map(|rows| {
        let sums: Vec<f64> = rows.iter().map(|row| sum(*row)).collect();
        stage.advance(rows.len()).map(|()| sums)
    });
    Ok(blocks.collect::<Result<Vec<_>>>()?.concat())
}

fn opinion(sample: &Neighborhood<'_>, votes: &mut Votes, score: f64, similarity: &impl Fn(&f64) -> f64) -> Opinion {
    votes.clear();
    sample.labels().zip(sample.distances).for_each(|(class, distance)| votes.add(class, similarity(distance)));
    let total = votes.total();
    let quality = if total > 0.0 { (0.5 + 0.5 * score / total).clamp(0.0, 1.0) } else { 0.5 };
    let is_issue = quality < 0.5;
    let suggested = if is_issue { votes.winner().unwrap_or(sample.given) } else { sample.given };
    Opinion { quality, score, is_issue, suggested }
}

fn not_negative(name: &'static str, value: f64) -> Result<()> {
    if value.is_finite() && value >= 0.0 {
        return Ok(());
    }
    Err(Error::parameter(name, value, "finite and at least 0"))
}
