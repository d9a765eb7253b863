//! Judging sample by sample.

use mislabel_core::{LabelIssues, LabelQuality, Labels, Result, Run};
use rayon::prelude::*;

use crate::graph::neighbor_graph::NeighborGraph;
use crate::judges::votes::Votes;

/// What a detector says of one sample.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opinion {
    /// Label quality in [0, 1].
    pub(crate) quality: f64,
    /// The method's own score.
    pub(crate) score: f64,
    /// Whether the given label is flagged.
    pub(crate) is_issue: bool,
    /// The label the method would give.
    pub(crate) suggested: u32,
}

/// One sample with what its neighbors are given.
pub(crate) struct Neighborhood<'a> {
    /// The sample's own given label.
    pub(crate) given: u32,
    /// Its neighbors, nearest first.
    pub(crate) neighbors: &'a [u32],
    /// Their distances.
    pub(crate) distances: &'a [f64],
    labels: &'a [u32],
}

impl<'a> Neighborhood<'a> {
    pub(crate) fn new(graph: &'a NeighborGraph, given: &'a Labels, row: usize, width: usize) -> Self {
        Self {
            given: given.values()[row],
            neighbors: &graph.neighbors(row)[..width],
            distances: &graph.distances(row)[..width],
            labels: given.values(),
        }
    }

    /// The given labels of the neighbors, nearest first.
    pub(crate) fn labels(&self) -> impl Iterator<Item = u32> {
        self.neighbors.iter().map(|neighbor| self.labels[*neighbor as usize])
    }

    /// The class that most neighbors have.
    pub(crate) fn majority(&self, votes: &mut Votes) -> u32 {
        votes.clear();
        self.labels().for_each(|class| votes.add(class, 1.0));
        votes.winner().unwrap_or(self.given)
    }
}

/// Samples between two reports.
pub(crate) const JUDGED_AT_ONCE: usize = 256;

/// The issues from a judge of single samples, who sees the nearest `width` neighbors and has votes to reuse.
pub(crate) fn judged(
    graph: &NeighborGraph,
    given: &Labels,
    width: usize,
    run: &Run<'_>,
    judge: impl Fn(&Neighborhood<'_>, &mut Votes) -> Opinion + Sync,
) -> Result<LabelIssues> {
    let stage = run.stage("judging labels", graph.len());
    let rows: Vec<usize> = (0..graph.len()).collect();
    let blocks = rows.par_chunks(JUDGED_AT_ONCE).map_init(Votes::default, |votes, rows| {
        let judged = rows.iter().map(|&row| judge(&Neighborhood::new(graph, given, row, width), votes)).collect();
        stage.advance(rows.len()).map(|()| judged)
    });
    let opinions = blocks.collect::<Result<Vec<Vec<Opinion>>>>()?.concat();
    label_issues(given, &opinions)
}

/// The opinions, one per sample, as columns.
pub(crate) fn label_issues(given: &Labels, opinions: &[Opinion]) -> Result<LabelIssues> {
    let quality = LabelQuality::new(opinions.iter().map(|opinion| opinion.quality).collect())?;
    let flags = opinions.iter().map(|opinion| opinion.is_issue).collect();
    let suggested = given.with_values(opinions.iter().map(|opinion| opinion.suggested).collect())?;
    LabelIssues::new(quality, flags, suggested, opinions.iter().map(|opinion| opinion.score).collect())
}
