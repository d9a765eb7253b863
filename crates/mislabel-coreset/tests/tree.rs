//! The merge-and-reduce tree: unbiased, bounded, the same however the stream is cut.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should fail")]

use std::ops::ControlFlow;

use mislabel_core::{EmbeddingSource, Embeddings, Error, Labels, Result, Run, progress_fn};
use mislabel_coreset::{
    ClassSize, Coreset, CoresetTree, ImportantSamples, LabelUpdate, MergeReduce, Samples, Sensitivity, TreeError,
};
use ndarray::{Array1, Array2, ArrayViewMut2, Axis, s};
use proptest::prelude::*;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Rounding of sums of a few dozen weights, 330 in all.
const ROUNDING: f64 = 1e-9;

/// n samples over 3 classes in 4 dimensions, with losses.
fn data(n: usize) -> (Array2<f32>, Labels, Array1<f64>) {
    let mut rng = ChaCha8Rng::seed_from_u64(51);
    let labels: Vec<u32> = (0..n).map(|_| rng.random_range(0..3)).collect();
    let value = |(i, j): (usize, usize)| rng.random::<f32>() + if labels[i] as usize == j { 2.0 } else { 0.0 };
    let rows = Array2::from_shape_fn((n, 4), value);
    let losses = (0..n).map(|_| rng.random::<f64>()).collect();
    (rows, Labels::new(labels, 3).unwrap(), losses)
}

fn built(options: MergeReduce, n: usize) -> CoresetTree {
    let (rows, given, losses) = data(n);
    let rows = Embeddings::new(rows.view()).unwrap();
    let samples = Samples::new(&rows, &given).unwrap().with_losses(losses.view()).unwrap();
    options.build(&samples, None, &Run::quiet()).unwrap()
}

fn small(sensitivity: Sensitivity) -> MergeReduce {
    MergeReduce { sensitivity, chunk: 50, size: 20, ..MergeReduce::default() }
}

/// The tree error inside a core error.
fn inner(error: &Error) -> &TreeError {
    match error {
        Error::Source(source) => source.downcast_ref().unwrap(),
        other => panic!("{other} is no error of the tree"),
    }
}

/// The expectation of weighted sums is the full sum: the mean over many seeds is within 4.5 of its deviations.
#[test]
fn weighted_sums_are_unbiased() {
    let (rows, given, _) = data(330);
    let full = |f: &dyn Fn(usize) -> f64| (0..330).map(f).sum::<f64>();
    let measures: [&dyn Fn(usize) -> f64; 3] =
        [&|_| 1.0, &|row| f64::from(rows[[row, 2]]), &|row| f64::from(given.values()[row] == 1)];
    let half = MergeReduce { certain: 0.5, ..small(Sensitivity::default()) };
    for options in Sensitivity::ALL.map(small).into_iter().chain([half]) {
        let coresets =
            (0..400).map(|seed| built(MergeReduce { seed, ..options }, 330).coreset(15, &Run::quiet()).unwrap());
        let coresets: Vec<Coreset> = coresets.collect();
        assert!(coresets.iter().all(|coreset| coreset.len() == 15));
        for measure in measures {
            let weighted = |coreset: &Coreset| {
                let pairs = coreset.weights().into_iter().zip(coreset.ids());
                pairs.map(|(weight, id)| weight * measure(*id as usize)).sum::<f64>()
            };
            let sums: Array1<f64> = coresets.iter().map(weighted).collect();
            let (mean, deviation, expected) = (sums.mean().unwrap(), sums.std(1.0) / 20.0, full(measure));
            assert!((mean - expected).abs() < 4.5 * deviation + 1e-9, "{options:?}: {mean} {expected}");
        }
    }
}

#[test]
fn rows_and_labels_of_a_coreset_are_those_of_its_ids() {
    let (rows, given, _) = data(330);
    let coreset = built(small(Sensitivity::default()), 330).coreset(15, &Run::quiet()).unwrap();
    for (i, id) in coreset.ids().iter().enumerate() {
        assert_eq!(coreset.embeddings().row(i), rows.row(*id as usize));
        assert_eq!(coreset.given().values()[i], given.values()[*id as usize]);
    }
    assert!(coreset.ids().is_sorted(), "the order is that of the stream");
}

#[test]
fn memory_is_bounded_however_long_the_stream() {
    let (rows, given, losses) = data(64);
    let rows = Embeddings::new(rows.view()).unwrap();
    let samples = Samples::new(&rows, &given).unwrap().with_losses(losses.view()).unwrap();
    let mut tree = small(Sensitivity::default()).tree(3, 4).unwrap();
    for call in 1..=400_usize {
        tree.extend(&samples, None, &Run::quiet()).unwrap();
        let chunks = call * 64 / 50;
        assert!(tree.held() <= 50 + 20 * (1 + chunks.max(1).ilog2() as usize), "{} after {call} calls", tree.held());
    }
    assert_eq!(tree.seen(), 25_600);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_tree_does_not_depend_on_how_the_stream_is_cut(cuts in prop::collection::vec(1..90_usize, 1..9), seed: u64) {
        let options = MergeReduce { seed, ..small(Sensitivity::default()) };
        let n = cuts.iter().sum();
        let (rows, given, _) = data(n);
        let mut tree = options.tree(3, 4).unwrap();
        let mut start = 0;
        for cut in cuts {
            let part = rows.slice(s![start..start + cut, ..]);
            let labels = given.with_values(given.values()[start..start + cut].to_vec()).unwrap();
            tree.extend(&Samples::new(&Embeddings::new(part).unwrap(), &labels).unwrap(), None, &Run::quiet()).unwrap();
            start += cut;
        }
        let whole = Embeddings::new(rows.view()).unwrap();
        prop_assert_eq!(tree, options.build(&Samples::new(&whole, &given).unwrap(), None, &Run::quiet()).unwrap());
    }
}

#[test]
fn threads_do_not_matter_and_the_seed_does() {
    let on = |threads, seed| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let options = MergeReduce { chunk: 1_200, size: 300, seed, ..MergeReduce::default() };
            built(options, 4_000).coreset(100, &Run::quiet()).unwrap()
        })
    };
    let alone = on(1, 0);
    assert_eq!(alone, on(2, 0));
    assert_eq!(alone, on(5, 0));
    assert_ne!(alone, on(1, 1));
}

#[test]
fn the_most_important_samples_stay_for_sure_where_places_are_kept_for_them() {
    let (_, _, losses) = data(1_000);
    let tree = built(MergeReduce { certain: 0.5, ..small(Sensitivity::Loss) }, 1_000);
    let mut order: Vec<u64> = (0..1_000).collect();
    order.sort_by(|a, b| losses[*b as usize].total_cmp(&losses[*a as usize]));
    let listed = tree.important_samples(&ImportantSamples::default(), &Run::quiet()).unwrap();
    let listed: Vec<u64> = listed.iter().take(10).map(|sample| sample.id).collect();
    assert_eq!(listed, order[..10]);
}

#[test]
fn important_samples_come_as_asked_for_in_descending_importance() {
    let mut tree = built(small(Sensitivity::default()), 45);
    let all = tree.important_samples(&ImportantSamples::default(), &Run::quiet()).unwrap();
    assert_eq!(all.len(), 45);
    assert!(all.is_sorted_by(|a, b| a.importance >= b.importance));

    let class_size = [(0, ClassSize::Count(2)), (2, ClassSize::All), (1, ClassSize::Count(0))];
    let request = ImportantSamples { class_size: class_size.into(), ..ImportantSamples::default() };
    let listed = tree.important_samples(&request, &Run::quiet()).unwrap();
    let of = |class| all.iter().filter(move |sample| sample.label == class);
    assert_eq!(listed.iter().filter(|sample| sample.label == 0).collect::<Vec<_>>(), of(0).take(2).collect::<Vec<_>>());
    assert_eq!(listed.len(), 2 + of(2).count());

    let ignored = ImportantSamples { ignore: [all[0].id].into(), ..ImportantSamples::default() };
    assert_eq!(tree.important_samples(&ignored, &Run::quiet()).unwrap(), all[1..]);

    assert_eq!(tree.mark_seen(&[all[0].id, 77_777]), [77_777]);
    assert_eq!(tree.important_samples(&ImportantSamples::default(), &Run::quiet()).unwrap(), all[1..]);
    let again = ImportantSamples { already_seen: true, ..ImportantSamples::default() };
    assert_eq!(tree.important_samples(&again, &Run::quiet()).unwrap(), all);

    let many = ImportantSamples { class_size: [(1, ClassSize::Count(1_000))].into(), ..again };
    assert_eq!(tree.important_samples(&many, &Run::quiet()).unwrap().len(), of(1).count());
    let none = ImportantSamples { class_size: [(3, ClassSize::All)].into(), ..ImportantSamples::default() };
    let error = tree.important_samples(&none, &Run::quiet()).unwrap_err();
    assert_eq!(error.to_string(), "class_size[0, 0] is 3, expected a number in [0, 2]");
}

#[test]
fn importance_of_a_sample_does_not_count_its_weight() {
    let (rows, given, losses) = data(30);
    let rows = Embeddings::new(rows.view()).unwrap();
    let weights = Array1::from_shape_fn(30, |i| if i == 4 { 10.0 } else { 1.0 });
    let samples = Samples::new(&rows, &given).unwrap().with_losses(losses.view()).unwrap();
    let samples = samples.with_weights(weights.view()).unwrap();
    let tree = small(Sensitivity::Loss).build(&samples, None, &Run::quiet()).unwrap();
    let listed = tree.important_samples(&ImportantSamples::default(), &Run::quiet()).unwrap();
    let mut order: Vec<u64> = (0..30).collect();
    order.sort_by(|a, b| losses[*b as usize].total_cmp(&losses[*a as usize]));
    assert_eq!(listed.iter().map(|sample| sample.id).collect::<Vec<_>>(), order);
    assert_eq!(listed.iter().find(|sample| sample.id == 4).unwrap().weight, 10.0);
}

#[test]
fn a_corrected_label_is_as_if_it_had_come_so() {
    let (rows, given, _) = data(45);
    let rows = Embeddings::new(rows.view()).unwrap();
    let mut wrong = given.values().to_vec();
    wrong[7] = (wrong[7] + 1) % 3;
    let wrong = given.with_values(wrong).unwrap();
    let options = small(Sensitivity::default());
    let right = options.build(&Samples::new(&rows, &given).unwrap(), None, &Run::quiet()).unwrap();
    let mut tree = options.build(&Samples::new(&rows, &wrong).unwrap(), None, &Run::quiet()).unwrap();
    assert_ne!(tree, right);
    let first = tree.important_samples(&ImportantSamples::default(), &Run::quiet()).unwrap()[0];
    assert_eq!(first.id, 7);
    let update = LabelUpdate { id: 7, label: given.values()[7], loss: None };
    let missing = tree.update_labels(&[update, LabelUpdate { id: 99, ..update }]).unwrap();
    assert_eq!((missing, tree), (vec![99], right));
}

#[test]
fn updates_reach_every_level_and_removals_take_their_weight_along() {
    let mut tree = built(small(Sensitivity::Uniform), 330);
    let ids = tree.ids();
    let updates: Vec<LabelUpdate> = ids.iter().map(|id| LabelUpdate { id: *id, label: 2, loss: None }).collect();
    assert!(tree.update_labels(&updates).unwrap().is_empty());
    let all = tree.coreset(usize::MAX, &Run::quiet()).unwrap();
    assert!(all.given().values().iter().all(|label| *label == 2));

    assert_eq!(tree.remove_samples(&[ids[0], ids[30], 5_000]), [5_000]);
    let rest = tree.coreset(usize::MAX, &Run::quiet()).unwrap();
    assert_eq!(rest.len(), all.len() - 2);
    assert!((all.weights().sum() - rest.weights().sum() - all.weights()[0] - all.weights()[30]).abs() < ROUNDING);
    assert_eq!(rest.embeddings(), all.embeddings().select(Axis(0), &(1..30).chain(31..all.len()).collect::<Vec<_>>()));

    assert!(tree.remove_samples(&ids[1..]).contains(&ids[30]));
    assert!(matches!(tree.coreset(5, &Run::quiet()), Err(Error::Empty { what: "the coreset tree" })));
    assert!(tree.important_samples(&ImportantSamples::default(), &Run::quiet()).is_err());
    // And goes on.
    let (rows, given, _) = data(200);
    let rows = Embeddings::new(rows.view()).unwrap();
    tree.extend(&Samples::new(&rows, &given).unwrap(), None, &Run::quiet()).unwrap();
    assert_eq!((tree.seen(), tree.coreset(10, &Run::quiet()).unwrap().len()), (530, 10));
}

#[test]
fn bad_updates_are_refused_and_change_nothing() {
    let tree = built(small(Sensitivity::Loss), 45);
    let update = LabelUpdate { id: 3, label: 1, loss: Some(0.5) };
    let refused = |updates: &[LabelUpdate]| {
        let mut changed = tree.clone();
        let error = changed.update_labels(updates).unwrap_err();
        assert_eq!(changed, tree);
        error
    };
    let error = refused(&[update, LabelUpdate { id: 4, label: 3, loss: Some(0.5) }]);
    assert_eq!(error.to_string(), "label 3 at row 1 is not one of the 3 classes");
    assert!(matches!(inner(&refused(&[update, update])), TreeError::DuplicateId { place: 1, id: 3 }));
    let error = refused(&[LabelUpdate { loss: None, ..update }]);
    assert_eq!(error.to_string(), "loss-weighted sensitivity is undefined: a new label came without its loss");
    for loss in [f64::NAN, -1.0, f64::INFINITY] {
        assert!(matches!(refused(&[LabelUpdate { loss: Some(loss), ..update }]), Error::OutOfRange { .. }));
    }
}

#[test]
fn ids_of_ones_own_name_the_samples_and_may_not_repeat() {
    let (rows, given, _) = data(3);
    let rows = Embeddings::new(rows.view()).unwrap();
    let samples = Samples::new(&rows, &given).unwrap();
    let mut tree = small(Sensitivity::Uniform).tree(3, 4).unwrap();
    tree.extend(&samples, Some(&[70, u64::MAX, 9]), &Run::quiet()).unwrap();
    assert_eq!(tree.ids(), [70, u64::MAX, 9]);
    let before = tree.clone();
    for (ids, place, id) in [([1, 1, 2], 1, 1), ([5, 70, 6], 1, 70)] {
        let error = tree.extend(&samples, Some(&ids), &Run::quiet()).unwrap_err();
        assert!(
            matches!(inner(&error), TreeError::DuplicateId { place: p, id: i } if (*p, *i) == (place, id)),
            "{error}"
        );
    }
    assert!(matches!(tree.extend(&samples, Some(&[1]), &Run::quiet()), Err(Error::LengthMismatch { what: "ids", .. })));
    assert_eq!(tree, before);
    tree.extend(&samples, None, &Run::quiet()).unwrap();
    assert_eq!(tree.ids()[3..], [3, 4, 5]);
}

/// Rows that turn NaN from some row on, as no honest source does.
struct Broken;

impl EmbeddingSource for Broken {
    fn shape(&self) -> (usize, usize) {
        (200, 4)
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        for (i, mut row) in out.outer_iter_mut().enumerate() {
            row.fill(if start + i == 130 { f32::NAN } else { (start + i) as f32 });
        }
        Ok(())
    }
}

#[test]
fn a_chunk_that_fails_leaves_the_tree_as_it_was() {
    let mut tree = built(small(Sensitivity::default()), 77);
    let before = tree.clone();
    let given = Labels::new(vec![0; 200], 3).unwrap();
    let error = tree.extend(&Samples::new(&Broken, &given).unwrap(), None, &Run::quiet()).unwrap_err();
    assert_eq!(error.to_string(), "embeddings[130, 0] is NaN, expected a finite number");
    assert_eq!(tree, before);

    let (rows, given, _) = data(200);
    let rows = Embeddings::new(rows.view()).unwrap();
    let stop = progress_fn(|_, done, _| match done {
        0..100 => ControlFlow::Continue(()),
        _ => ControlFlow::Break(()),
    });
    let cancelled = tree.extend(&Samples::new(&rows, &given).unwrap(), None, &Run::quiet().with_progress(&stop));
    assert!(matches!(cancelled, Err(Error::Cancelled { .. })));
    assert_eq!(tree, before);
}

#[test]
fn what_does_not_fit_is_refused() {
    let (rows, given, losses) = data(10);
    let rows = Embeddings::new(rows.view()).unwrap();
    let samples = Samples::new(&rows, &given).unwrap();
    let extend = |classes, features, sensitivity| {
        small(sensitivity)
            .tree(classes, features)
            .unwrap()
            .extend(&samples, None, &Run::quiet())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(extend(4, 4, Sensitivity::Uniform), "the given labels: 3 classes, expected 4");
    assert_eq!(extend(3, 5, Sensitivity::Uniform), "a row of the embeddings: 4 entries, expected 5");
    assert_eq!(
        extend(3, 4, Sensitivity::Loss),
        "loss-weighted sensitivity is undefined: the samples come without losses"
    );
    let wrong = |options: MergeReduce| options.tree(3, 4).unwrap_err().to_string();
    let options = small(Sensitivity::Uniform);
    assert_eq!(
        wrong(MergeReduce { size: 0, ..options }),
        "parameter size is 0: it must be at least 1 and at most chunk"
    );
    assert_eq!(
        wrong(MergeReduce { size: 51, ..options }),
        "parameter size is 51: it must be at least 1 and at most chunk"
    );
    for certain in [1.0, -0.1, f64::NAN] {
        assert!(wrong(MergeReduce { certain, ..options }).starts_with("parameter certain is"), "{certain}");
    }
    assert!(matches!(options.tree(0, 4), Err(Error::Parameter { name: "classes", .. })));
    assert!(matches!(options.tree(usize::MAX, 4), Err(Error::Parameter { name: "classes", .. })));
    assert!(matches!(options.tree(3, 0), Err(Error::Parameter { name: "features", .. })));
    let empty = options.tree(3, 4).unwrap();
    assert!(matches!(empty.coreset(5, &Run::quiet()), Err(Error::Empty { .. })));
    let full = options.build(&samples.with_losses(losses.view()).unwrap(), None, &Run::quiet()).unwrap();
    assert!(matches!(full.coreset(0, &Run::quiet()), Err(Error::Parameter { name: "size", .. })));
}

#[test]
fn importances_are_finite_for_weights_of_any_size() {
    let (rows, given, losses) = data(12);
    let rows = Embeddings::new(rows.view()).unwrap();
    for smallest in [5e-324, 1e-300, 1e-100, 1e-18] {
        let weights = Array1::from_shape_fn(12, |i| if i < 6 { smallest } else { 1e90 });
        for weights in [weights, Array1::from_elem(12, smallest)] {
            let samples = Samples::new(&rows, &given).unwrap().with_losses(losses.view()).unwrap();
            let samples = samples.with_weights(weights.view()).unwrap();
            for sensitivity in Sensitivity::ALL {
                let tree = small(sensitivity).build(&samples, None, &Run::quiet()).unwrap();
                let listed = tree.important_samples(&ImportantSamples::default(), &Run::quiet()).unwrap();
                assert!(listed.iter().all(|sample| sample.importance.is_finite()), "{sensitivity:?} {listed:?}");
                let coreset = tree.coreset(5, &Run::quiet()).unwrap();
                assert!(coreset.weights().iter().all(|w| w.is_finite() && *w > 0.0), "{sensitivity:?} {coreset:?}");
            }
        }
    }
}

#[test]
fn samples_of_no_weight_are_counted_and_forgotten() {
    let (rows, given, _) = data(10);
    let rows = Embeddings::new(rows.view()).unwrap();
    let weights = Array1::from_shape_fn(10, |i| if i < 4 { 0.0 } else { 1.5 });
    let samples = Samples::new(&rows, &given).unwrap().with_weights(weights.view()).unwrap();
    let tree = small(Sensitivity::default()).build(&samples, None, &Run::quiet()).unwrap();
    assert_eq!((tree.seen(), tree.ids()), (10, (4..10).collect()));
    assert_eq!(tree.coreset(10, &Run::quiet()).unwrap().weights(), Array1::from_elem(6, 1.5));
}

/// Whatever the rows and labels, a tree is built and its coreset has positive finite weights.
#[test]
fn awkward_samples_make_a_coreset_too() {
    let constant = |value: f32| Array2::from_elem((40, 3), value);
    let mut spread = constant(0.0);
    spread.indexed_iter_mut().for_each(|((i, j), x)| *x = ((i * 5 + j) % 7) as f32);
    let all = [
        constant(0.0),
        constant(0.7),
        spread.mapv(|x| x * 1e18),
        spread.mapv(|x| x * 1e-18),
        spread.mapv(|x| x * 5e37),
        spread.mapv(|x| x * 1e-42),
        spread,
    ];
    let labels = [vec![0; 40], vec![4; 40], (0..40).map(|i| i / 39).collect(), (0..40).collect::<Vec<u32>>()];
    for (case, rows) in all.iter().enumerate() {
        for values in &labels {
            let given = Labels::new(values.clone(), 50).unwrap();
            let (rows, losses) = (Embeddings::new(rows.view()).unwrap(), Array1::zeros(40));
            let samples = Samples::new(&rows, &given).unwrap().with_losses(losses.view()).unwrap();
            for sensitivity in Sensitivity::ALL {
                let options = MergeReduce { sensitivity, chunk: 7, size: 3, ..MergeReduce::default() };
                let tree = options.build(&samples, None, &Run::quiet()).unwrap();
                let coreset = tree.coreset(2, &Run::quiet()).unwrap();
                let sound = coreset.weights().iter().all(|weight| weight.is_finite() && *weight > 0.0);
                assert!(sound, "{sensitivity:?} {case} {values:?}: {coreset:?}");
                for sample in tree.important_samples(&ImportantSamples::default(), &Run::quiet()).unwrap() {
                    assert!(sample.importance.is_finite() && sample.importance >= 0.0, "{sensitivity:?} {sample:?}");
                }
            }
        }
    }
    let one = Embeddings::new(all[6].slice(s![..1, ..])).unwrap();
    let given = Labels::new(vec![0], 1).unwrap();
    let tree = MergeReduce::default().build(&Samples::new(&one, &given).unwrap(), None, &Run::quiet()).unwrap();
    assert_eq!(tree.coreset(5, &Run::quiet()).unwrap().weights(), Array1::ones(1));
}
