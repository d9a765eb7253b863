//! Every detector on graphs small enough to work out by hand.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use approx::assert_relative_eq;
use mislabel_core::{Judge, LabelIssues, Labels, Run};
use mislabel_neighbors::{
    Agreement, Distance, Duplicates, KnnShapley, NeighborGraph, Rarity, RelationGraph, SelfClean, SimiFeat,
    SimiFeatRule, Wann, Weighting,
};
use ndarray::{Array2, array};

fn labels(values: &[u32]) -> Labels {
    Labels::new(values.to_vec(), 3).unwrap()
}

/// Sample i's neighbors are i + 1, i + 2, … around the ring, at distances .1, .2, …
fn ring(n: usize, k: usize, distance: Distance) -> NeighborGraph {
    let indices = Array2::from_shape_fn((n, k), |(i, j)| ((i + j + 1) % n) as u32);
    NeighborGraph::new(indices, Array2::from_shape_fn((n, k), |(_, j)| (j + 1) as f64 / 10.0), distance).unwrap()
}

fn judged(detector: &dyn Judge<NeighborGraph>, graph: &NeighborGraph, values: &[u32]) -> LabelIssues {
    detector.judge(graph, &labels(values), &Run::quiet()).unwrap()
}

#[test]
fn agreement_weighs_votes_by_similarity() {
    let agreement = Agreement { neighbors: 3, ..Agreement::default() };
    let issues = judged(&agreement, &ring(6, 5, Distance::Cosine), &[0, 1, 1, 0, 2, 2]);
    assert_relative_eq!(issues.quality().as_slice()[0], 0.7 / 2.4, epsilon = 1e-12); // 1, 1, 0 weigh .9, .8, .7
    assert!(issues.is_issue()[0]);
    assert_eq!(issues.suggested().class(0), 1);
    let issues = judged(&agreement, &ring(6, 5, Distance::Euclidean), &[0, 1, 1, 0, 2, 2]);
    let weights = [1.0 / 2.0, 1.0 / 3.0, 1.0 / 4.0]; // s is .1
    assert_relative_eq!(issues.quality().as_slice()[0], weights[2] / weights.iter().sum::<f64>(), epsilon = 1e-12);
    let uniform = Agreement { neighbors: 3, weighting: Weighting::Uniform };
    assert_relative_eq!(judged(&uniform, &ring(6, 5, Distance::Cosine), &[0, 1, 1, 0, 2, 2]).score()[0], 1.0 / 3.0);
}

#[test]
fn a_tied_vote_goes_to_the_nearest_voter_whatever_the_classes_are_called() {
    let uniform = Agreement { neighbors: 2, weighting: Weighting::Uniform };
    for (near, far) in [(1, 2), (2, 1)] {
        let issues = judged(&uniform, &ring(4, 2, Distance::Cosine), &[0, near, far, 0]);
        assert_eq!(issues.suggested().class(0), near as usize);
    }
}

#[test]
fn neighbors_at_right_angles_vote_all_the_same() {
    let graph = NeighborGraph::new(array![[1], [0]], array![[1.0], [1.5]], Distance::Cosine).unwrap();
    let issues = judged(&Agreement::default(), &graph, &[0, 1]);
    assert_eq!((issues.flagged(), issues.suggested().values()), (2, &[1, 0][..]));
}

#[test]
fn selfclean_is_the_ratio_of_squared_distances() {
    let issues = judged(&SelfClean, &ring(6, 5, Distance::Cosine), &[0, 1, 0, 0, 0, 0]);
    assert_relative_eq!(issues.quality().as_slice()[0], 0.01 / (0.04 + 0.01), epsilon = 1e-12);
    assert_eq!((issues.is_issue()[0], issues.suggested().class(0)), (true, 1)); // most have the given label
    // The only sample of class 1: the farthest neighbor stands for its own class.
    assert_relative_eq!(issues.quality().as_slice()[1], 0.01 / (0.25 + 0.01), epsilon = 1e-12);
    let zeros = NeighborGraph::new(array![[1], [0]], Array2::zeros((2, 1)), Distance::Cosine).unwrap();
    assert_eq!(judged(&SelfClean, &zeros, &[0, 1]).quality().as_slice().to_vec(), [0.5, 0.5]);
    let huge = NeighborGraph::new(
        array![[1, 2], [0, 2], [0, 1]],
        array![[1e-200, 1e300], [1e-200, 1e300], [1e300, 1e300]],
        Distance::Euclidean,
    );
    assert_eq!(judged(&SelfClean, &huge.unwrap(), &[0, 0, 1]).quality().as_slice().to_vec(), [1.0, 1.0, 0.5]);
}

#[test]
fn wann_counts_the_voters_needed() {
    let wann = Wann { fewest: 1, most: 5 };
    // Neighbors of 0: 1, 1, 0, 0, 0.
    let issues = judged(&wann, &ring(6, 5, Distance::Cosine), &[0, 1, 1, 0, 0, 0]);
    assert_relative_eq!(issues.score()[0], 1.0 / 5.0);
    assert_relative_eq!(issues.score()[3], 1.0);
    // Neighbors of 0: 1, 1, 1, 0, 0.
    let issues = judged(&wann, &ring(6, 5, Distance::Cosine), &[0, 1, 1, 1, 0, 0]);
    assert_eq!((issues.score()[0], issues.is_issue()[0], issues.suggested().class(0)), (0.0, true, 1));
    assert_relative_eq!(issues.quality().as_slice()[0], 2.0 / 5.0 / 6.0);
}

#[test]
fn relations_add_support_and_subtract_objection() {
    let graph = ring(4, 3, Distance::Cosine);
    let plain = RelationGraph { neighbors: 3, power: 2.0, rounds: 0, ..RelationGraph::default() };
    let issues = judged(&plain, &graph, &[0, 0, 0, 1]);
    assert_relative_eq!(issues.score()[0], 0.81 + 0.64 - 0.49, epsilon = 1e-12);
    assert_relative_eq!(issues.score()[3], -0.81 - 0.64 - 0.49, epsilon = 1e-12);
    assert_eq!(issues.quality().as_slice()[3], 0.0);
    // Sample 3 is noisy, so that its objection becomes support.
    let refined = RelationGraph { rounds: 1, ..plain };
    assert_relative_eq!(judged(&refined, &graph, &[0, 0, 0, 1]).score()[0], 0.81 + 0.64 + 0.49, epsilon = 1e-12);
}

/// Shapley values by their definition: over all orders, what adding a sample adds to the share of matching votes
/// among the K nearest of those already there.
fn shapley_by_permutations(graph: &NeighborGraph, given: &Labels, voters: usize) -> Vec<f64> {
    let n = graph.len();
    let mut values = vec![0.0; n];
    for test in 0..n {
        let near = graph.neighbors(test);
        let worth = |there: &[u32]| {
            let nearest = near.iter().filter(|sample| there.contains(sample)).take(voters);
            nearest.filter(|sample| given.class(**sample as usize) == given.class(test)).count() as f64 / voters as f64
        };
        let orders = permutations(near.to_vec());
        for order in &orders {
            for place in 0..order.len() {
                let gain = worth(&order[..=place]) - worth(&order[..place]);
                values[order[place] as usize] += gain / orders.len() as f64;
            }
        }
    }
    values
}

fn permutations(of: Vec<u32>) -> Vec<Vec<u32>> {
    if of.len() <= 1 {
        return vec![of];
    }
    let with_first = |place: usize| {
        let mut rest = of.clone();
        let first = rest.remove(place);
        permutations(rest).into_iter().map(move |tail| [vec![first], tail].concat())
    };
    (0..of.len()).flat_map(with_first).collect()
}

#[test]
fn shapley_values_of_a_complete_graph_are_averages_over_all_orders() {
    let given = labels(&[0, 1, 0, 2, 0, 1]);
    let graph = ring(6, 5, Distance::Cosine);
    for neighbors in 1..=5 {
        let shapley = KnnShapley { neighbors };
        let values = shapley.values(&graph, &given, &Run::quiet()).unwrap();
        let expected = shapley_by_permutations(&graph, &given, neighbors);
        assert_relative_eq!(values.as_slice(), expected.as_slice(), epsilon = 1e-12);
        assert_eq!(shapley.truncation_error(&graph), 0.0);
    }
}

#[test]
fn truncated_shapley_values_are_off_by_no_more_than_they_say() {
    let n = 30;
    let given = labels(&(0..n).map(|i| (i * i % 7 % 3) as u32).collect::<Vec<u32>>());
    let shapley = KnnShapley { neighbors: 3 };
    let exact = shapley.values(&ring(n, n - 1, Distance::Euclidean), &given, &Run::quiet());
    let exact = exact.unwrap();
    for width in [3, 10, 20] {
        let graph = ring(n, width, Distance::Euclidean);
        // Every sample is listed by n − 1 test samples.
        let bound = shapley.truncation_error(&graph) * (n - 1) as f64;
        let truncated = shapley.values(&graph, &given, &Run::quiet()).unwrap();
        let off = truncated.iter().zip(&exact).fold(0.0_f64, |worst, (found, exact)| worst.max((found - exact).abs()));
        assert!(off <= bound && off > 0.0, "{off} {bound}");
    }
}

#[test]
fn rarity_grows_with_the_mean_distance_and_flags_nothing() {
    let issues = judged(&Rarity { neighbors: 2 }, &ring(4, 3, Distance::Cosine), &[0, 1, 2, 0]);
    assert_relative_eq!(issues.score()[0], 2.0 / (1.0 + (-0.15_f64).exp()) - 1.0, epsilon = 1e-12);
    assert_eq!(issues.flagged(), 0);
}

#[test]
fn duplicates_with_conflicting_labels_are_issues() {
    // 0, 1, 2 are copies; 3 is near 4; 5 is alone.
    let indices = array![[1], [0], [0], [4], [3], [3]];
    let distances = array![[0.0], [0.0], [0.0], [0.05], [0.05], [5.0]];
    let graph = NeighborGraph::new(indices, distances, Distance::Euclidean).unwrap();
    let duplicates = Duplicates { near: 2.0 }; // twice the median, .05
    let groups = duplicates.groups(&graph).unwrap();
    assert_eq!(groups.exact, [vec![0, 1, 2]]);
    assert_eq!(groups.near, [vec![0, 1, 2], vec![3, 4]]);
    let given = labels(&[0, 0, 1, 1, 2, 0]);
    assert_eq!(groups.conflicting(&given).count(), 2);
    let issues = duplicates.judge(&graph, &given, &Run::quiet()).unwrap();
    assert_eq!(issues.is_issue().to_vec(), [false, false, true, true, true, false]);
    assert_eq!(issues.suggested().values(), [0, 0, 0, 1, 2, 0]);
    assert_relative_eq!(issues.quality().as_slice()[2], 1.0 / 3.0);
    assert!(Duplicates { near: f64::NAN }.groups(&graph).is_err());
}

#[test]
fn simifeat_on_the_whole_set_votes_with_the_sample_itself() {
    // share 1: every draw has all samples. Neighbors of 0: 1, 1 at .1, .2; its own distance is 0, its own weight 1.
    let vote = SimiFeat { rule: SimiFeatRule::Vote, neighbors: 3, draws: 4, share: 1.0, seed: 0 };
    let issues = judged(&vote, &ring(6, 5, Distance::Cosine), &[0, 1, 1, 1, 0, 0]);
    assert_relative_eq!(issues.score()[0], 5.0 / 6.0); // .9 + .8 outvote 1
    let own = 1.0 / (1.0_f64 + 1.7 * 1.7).sqrt();
    assert_relative_eq!(issues.quality().as_slice()[0], 1.0 - (4.0 + 2.0 * (1.0 - own)) / 6.0, epsilon = 1e-12);
    assert_eq!((issues.is_issue()[0], issues.suggested().class(0)), (true, 1));
    assert_relative_eq!(issues.score()[1], 1.0 / 6.0);
    assert_relative_eq!(issues.quality().as_slice()[1], 1.0); // all three have class 1
}
