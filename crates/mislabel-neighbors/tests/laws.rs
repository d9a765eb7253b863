//! Every detector obeys the laws of the testkit behind exact search.

use mislabel_core::{Judge, Pipeline};
use mislabel_neighbors::{
    Agreement, Distance, Duplicates, ExactSearch, Hoc, KNearest, KnnShapley, NeighborGraph, Rarity, RelationGraph,
    SelfClean, SimiFeat, SimiFeatRule, Wann, Weighting,
};
use mislabel_testkit::{Laws, check_laws};

/// Of equal rows, which may have different labels, the first ones are taken, so that ties go by place.
fn first_of_equals() -> Laws {
    Laws { ties: false, ..Laws::default() }
}

fn obeys<J: Judge<NeighborGraph> + Copy + std::fmt::Debug>(detector: J, laws: Laws) {
    for distance in [Distance::Cosine, Distance::Euclidean] {
        let evidence = KNearest { neighbors: Some(20), search: ExactSearch { distance } };
        let verdict = check_laws(&Pipeline::new(evidence, detector), &laws);
        assert_eq!(verdict, Ok(()), "{detector:?} {distance:?}");
    }
}

#[test]
fn agreement_obeys_the_laws() {
    obeys(Agreement { neighbors: 6, weighting: Weighting::Similarity }, first_of_equals());
    obeys(Agreement { neighbors: 6, weighting: Weighting::Uniform }, first_of_equals());
}

#[test]
fn selfclean_obeys_the_laws() {
    obeys(SelfClean, Laws::default());
}

#[test]
fn wann_obeys_the_laws() {
    obeys(Wann { fewest: 3, most: 7 }, first_of_equals());
}

#[test]
fn the_relation_graph_obeys_the_laws() {
    obeys(RelationGraph { neighbors: 6, ..RelationGraph::default() }, first_of_equals());
}

/// A value is a share of a total: a copy takes its part.
#[test]
fn shapley_values_obey_the_laws_but_for_copies() {
    obeys(KnnShapley { neighbors: 5 }, Laws { monotony: false, ..first_of_equals() });
}

/// Random subsets are drawn by place, so that another order of samples makes other subsets.
#[test]
fn simifeat_obeys_the_laws_but_for_the_order_of_samples() {
    let laws = Laws { sample_order: false, ..Laws::default() };
    for rule in [SimiFeatRule::Vote, SimiFeatRule::Rank(Hoc { steps: 200, ..Hoc::default() })] {
        obeys(SimiFeat { rule, neighbors: 6, ..SimiFeat::default() }, laws);
    }
}

/// Rarity does not look at labels, and a single wrong label makes no duplicates.
#[test]
fn rarity_and_duplicates_obey_the_laws_that_concern_them() {
    let laws = Laws { wrong_label: false, ..Laws::default() };
    obeys(Rarity::default(), laws);
    obeys(Duplicates::default(), laws);
}
