//! Methods on nearest neighbours.

use mislabel_core::{Judge, Run};
use mislabel_neighbors::{
    Agreement, ClusteredSearch, ExactSearch, Hoc, KnnShapley, NeighborGraph, NeighborSearch, Recall, RelationGraph,
    SelfClean, SimiFeat, SimiFeatRule, Wann,
};

use super::{Data, Findings, Runner};
use crate::failure::Result;
use crate::options::{MethodOptions, NeighborOptions};

/// Neighbours that the graph of a method without a number of its own reaches.
const REACH: usize = 50;

/// Samples on which the recall of an approximate search is measured.
const RECALLED: usize = 1000;

/// A graph of `reach` neighbours and what a detector makes of it.
struct NeighborRunner<J> {
    options: NeighborOptions,
    seed: u64,
    reach: usize,
    judge: J,
}

fn runner<J: Judge<NeighborGraph> + 'static>(
    options: &MethodOptions,
    reach: usize,
    judge: J,
) -> Result<Box<dyn Runner>> {
    let (options, seed) = (options.neighbors.clone(), options.reconstruction.seed);
    Ok(Box::new(NeighborRunner { options, seed, reach, judge }))
}

impl<J> NeighborRunner<J> {
    /// The graph, and its recall where the search is approximate.
    fn graph(&self, data: &Data<'_>, run: &Run<'_>) -> Result<(NeighborGraph, Option<Recall>)> {
        let embeddings = data.embeddings()?;
        let (n, d) = embeddings.shape();
        let Some(search) = self.options.approximate(n, self.seed) else {
            // The rows as f32; number and distance of every neighbor.
            data.need("a graph of nearest neighbors", n as u64 * (4 * (d as u64 + 2) + 12 * self.reach as u64))?;
            let search = ExactSearch { distance: self.options.distance() };
            return Ok((search.neighbors(embeddings, self.reach, progress)?, None));
        };
        let search = ClusteredSearch { memory: data.memory, ..search };
        let graph = search.neighbors(embeddings, self.reach, progress)?;
        let recall = graph.recall(embeddings, RECALLED, self.seed, progress)?;
        Ok((graph, Some(recall)))
    }
}

impl<J: Judge<NeighborGraph>> Runner for NeighborRunner<J> {
    fn run(&self, data: &Data<'_>, run: &Run<'_>) -> Result<Findings> {
        let (graph, recall) = self.graph(data, progress)?;
        Ok(Findings { recall, ..Findings::of_issues(self.judge.judge(&graph, data.given, run)?) })
    }
}

pub(super) fn simifeat_rank(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    simifeat(options, SimiFeatRule::Rank(Hoc::default()))
}

pub(super) fn simifeat_vote(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    simifeat(options, SimiFeatRule::Vote)
}

fn simifeat(options: &MethodOptions, rule: SimiFeatRule) -> Result<Box<dyn Runner>> {
    let default = SimiFeat::default();
    let judge = SimiFeat {
        rule,
        neighbors: options.neighbors.neighbors.unwrap_or(default.neighbors),
        draws: options.neighbors.draws.unwrap_or(default.draws),
        share: options.neighbors.share.unwrap_or(default.share),
        seed: options.reconstruction.seed,
    };
    runner(options, judge.reach(), judge)
}

pub(super) fn agreement(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    let default = Agreement::default();
    let neighbors = options.neighbors.neighbors.unwrap_or(default.neighbors);
    runner(options, neighbors, Agreement { neighbors, weighting: options.neighbors.weighting() })
}

pub(super) fn selfclean(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    runner(options, options.neighbors.neighbors.unwrap_or(REACH), SelfClean)
}

pub(super) fn wann(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    let default = Wann::default();
    let most = options.neighbors.neighbors.unwrap_or(default.most);
    runner(options, most, Wann { most, fewest: default.fewest.min(most) })
}

pub(super) fn relation(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    let default = RelationGraph::default();
    let neighbors = options.neighbors.neighbors.unwrap_or(default.neighbors);
    runner(options, neighbors, RelationGraph { neighbors, ..default })
}

pub(super) fn shapley(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    let neighbors = options.neighbors.neighbors.unwrap_or(KnnShapley::default().neighbors);
    // The value for one test sample is off by at most one over the width of the graph.
    runner(options, (10 * neighbors).max(REACH), KnnShapley { neighbors })
}
