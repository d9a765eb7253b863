//! Every judge of neighbors fits behind the default search: the pipeline makes a graph as wide as the judge reads.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use mislabel_core::{Detector, Embeddings, Judge, Labels, Pipeline, Run, split_seed};
use mislabel_neighbors::{
    Agreement, DEFAULT_NEIGHBORS, Duplicates, ExactSearch, Hoc, KNearest, KnnShapley, NeighborGraph, NeighborSearch,
    Rarity, RelationGraph, SelfClean, SimiFeat, SimiFeatRule, Wann,
};
use ndarray::Array2;

const SAMPLES: usize = 200;

/// Four clusters in eight dimensions, every ninth label wrong.
fn noisy_clusters() -> (Array2<f32>, Labels) {
    let uniform = |i: usize, j: usize| (split_seed(7, &[i as u64, j as u64]) % 2000) as f32 / 1000.0 - 1.0;
    let rows = Array2::from_shape_fn((SAMPLES, 8), |(i, j)| uniform(SAMPLES + i % 4, j) + 0.5 * uniform(i, j));
    let label = |i: usize| ((i % 4 + usize::from(i.is_multiple_of(9))) % 4) as u32;
    (rows, Labels::new((0..SAMPLES).map(label).collect(), 4).unwrap())
}

fn a_graph_of_the_reach_gives_the_same<J: Judge<NeighborGraph> + Copy>(judge: J) {
    let (rows, given) = noisy_clusters();
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let piped = Pipeline::new(KNearest::default(), judge).detect(&embeddings, &given, &Run::quiet()).unwrap();
    let width = if judge.reach() == 0 { DEFAULT_NEIGHBORS } else { judge.reach() };
    let graph = ExactSearch::default().neighbors(&embeddings, width, &Run::quiet()).unwrap();
    assert_eq!(graph.width(), width.min(SAMPLES - 1));
    assert_eq!(piped, judge.judge(&graph, &given, &Run::quiet()).unwrap());
}

#[test]
fn agreement() {
    a_graph_of_the_reach_gives_the_same(Agreement::default());
}

#[test]
fn simifeat_by_ranks_and_by_votes() {
    a_graph_of_the_reach_gives_the_same(SimiFeat { rule: SimiFeatRule::Rank(Hoc::default()), ..SimiFeat::default() });
    a_graph_of_the_reach_gives_the_same(SimiFeat { rule: SimiFeatRule::Vote, ..SimiFeat::default() });
}

#[test]
fn selfclean() {
    a_graph_of_the_reach_gives_the_same(SelfClean);
}

#[test]
fn wann() {
    a_graph_of_the_reach_gives_the_same(Wann::default());
}

#[test]
fn relation_graph() {
    a_graph_of_the_reach_gives_the_same(RelationGraph::default());
}

#[test]
fn shapley() {
    a_graph_of_the_reach_gives_the_same(KnnShapley::default());
}

#[test]
fn rarity() {
    a_graph_of_the_reach_gives_the_same(Rarity::default());
}

#[test]
fn duplicates() {
    a_graph_of_the_reach_gives_the_same(Duplicates::default());
}
