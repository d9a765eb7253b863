//! Classes of every size, degenerate rows, bad parameters, threads, cancellation.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::ops::ControlFlow;

use mislabel_core::{ClassEvidence, Embeddings, Error, ErrorSummary, Labels, Run, progress_fn};
use mislabel_reconstruct::{Centroid, Gaussian, RowScaling, SoftLinear};
use ndarray::{Array2, array, s};
use proptest::prelude::*;

/// Rounding of an own error, which is in doubles.
const ROUNDING: f64 = 1e-9;

/// Rounding of sums in f32 over up to 150 features, in another order.
const SINGLE: f64 = 1e-5;

type Method = Box<dyn ClassEvidence<Evidence = ErrorSummary>>;

fn methods() -> Vec<Method> {
    let mut methods: Vec<Method> = vec![];
    for scaling in [RowScaling::UnitNorm, RowScaling::None] {
        methods.push(Box::new(SoftLinear { scaling, ..SoftLinear::default() }));
        methods.push(Box::new(SoftLinear { scaling, trim: vec![1.06, 1.03], components: 2, ..SoftLinear::default() }));
        methods.push(Box::new(SoftLinear { scaling, components: 0, ..SoftLinear::default() }));
        methods.push(Box::new(Centroid { scaling }));
        methods.push(Box::new(Gaussian { model: SoftLinear { scaling, ..SoftLinear::default() } }));
    }
    methods
}

fn evidence(method: &dyn ClassEvidence<Evidence = ErrorSummary>, x: &Array2<f32>, labels: &Labels) -> ErrorSummary {
    method.evidence(&Embeddings::new(x.view()).unwrap(), labels, &Run::quiet()).unwrap()
}

fn pseudo_random(n: usize, d: usize) -> Array2<f32> {
    Array2::from_shape_fn((n, d), |(i, j)| ((i * 7919 + j * 104_729 + i * j * 31) as f32).sin())
}

#[test]
fn classes_of_every_size_from_none_up_give_finite_errors() {
    let x = pseudo_random(40, 6);
    let mut labels = vec![4; 40];
    labels[0] = 1; // one sample
    labels[1..3].fill(2); // two
    labels[3..6].fill(3); // three; class 0 has none, class 5 has none
    let labels = Labels::new(labels, 6).unwrap();
    for method in methods() {
        let errors = evidence(&*method, &x, &labels);
        assert_eq!(errors.reconstructors(), 4);
        assert!(errors.least_other_class().iter().all(|class| ![0, 5].contains(class)));
        assert!(errors.own().iter().copied().chain(errors.sums().map(|(_, sum)| sum)).all(f64::is_finite));
    }
}

#[test]
fn a_class_that_varies_enormously_more_than_the_others_gives_finite_errors() {
    for factor in [1e6, 1e12, 1e18] {
        for features in [3, 30] {
            let mut x = pseudo_random(30, features);
            x.slice_mut(s![20.., ..]).mapv_inplace(|value| value * factor);
            let labels = Labels::new((0..30).map(|i| i / 10).collect(), 3).unwrap();
            for method in methods() {
                let errors = evidence(&*method, &x, &labels);
                assert!(errors.own().iter().copied().chain(errors.sums().map(|(_, sum)| sum)).all(f64::is_finite));
            }
        }
    }
}

/// Classes of any rank from 0 up, each on a scale of its own, around means that may coincide.
fn uneven_classes() -> impl Strategy<Value = (Array2<f32>, Labels)> {
    let class = || (1_usize..40, 0_usize..4, -14_i32..14, -2.0_f32..2.0);
    (1_usize..14, proptest::collection::vec(class(), 2..5)).prop_map(|(d, classes)| {
        let wave = |a: usize, b: usize| ((a * 7919 + b * 104_729 + a * b * 31) as f32).sin();
        let mut rows = Vec::new();
        let mut labels = Vec::new();
        for (c, &(count, rank, scale, offset)) in classes.iter().enumerate() {
            for i in 0..count {
                let value = |j: usize| (0..rank).map(|r| wave(i + 50 * c, r) * wave(j + 99, r)).sum::<f32>();
                rows.extend((0..d).map(|j| offset + 10_f32.powi(scale) * value(j)));
                labels.push(c as u32);
            }
        }
        let shape = (labels.len(), d);
        (Array2::from_shape_vec(shape, rows).unwrap(), Labels::new(labels, classes.len()).unwrap())
    })
}

proptest! {
    #[test]
    fn classes_of_any_rank_and_scale_give_finite_errors(
        (x, labels) in uneven_classes(),
        exponent in -12_i32..=12,
        components in 0_usize..20,
        unit_norm in any::<bool>(),
    ) {
        let scaling = if unit_norm { RowScaling::UnitNorm } else { RowScaling::None };
        let model = SoftLinear { shrinkage: 10_f64.powi(exponent), components, scaling, ..SoftLinear::default() };
        for method in [Box::new(Gaussian { model: model.clone() }) as Method, Box::new(model)] {
            let errors = evidence(&*method, &x, &labels);
            prop_assert!(errors.own().iter().copied().chain(errors.sums().map(|(_, sum)| sum)).all(f64::is_finite));
        }
    }
}

#[test]
fn a_sample_alone_in_its_class_is_reconstructed_as_well_as_by_the_next_class() {
    let x = pseudo_random(9, 3);
    let labels = Labels::new(vec![0, 0, 0, 0, 1, 1, 1, 1, 2], 3).unwrap();
    for method in methods() {
        let errors = evidence(&*method, &x, &labels);
        assert_eq!(errors.own()[8], errors.least_other()[8]);
    }
}

#[test]
fn in_a_class_of_two_the_error_is_the_distance_to_the_other() {
    let x = array![[0.0_f32, 0.0], [3.0, 4.0], [10.0, 0.0], [10.0, 1.0], [11.0, 0.0]];
    let labels = Labels::new(vec![0, 0, 1, 1, 1], 2).unwrap();
    let method = SoftLinear { scaling: RowScaling::None, trim: vec![], ..SoftLinear::default() };
    let errors = evidence(&method, &x, &labels);
    assert!((errors.own()[0] - 5.0).abs() < ROUNDING && (errors.own()[1] - 5.0).abs() < ROUNDING);
}

#[test]
fn constant_duplicate_and_zero_rows_give_finite_errors() {
    let labels = Labels::new((0..12).map(|i| i % 3).collect(), 3).unwrap();
    let constant = Array2::from_elem((12, 4), 0.7_f32);
    let zeros = Array2::zeros((12, 4));
    let per_class = Array2::from_shape_fn((12, 4), |(i, j)| if i % 3 == j { 1.0 } else { 0.0 });
    let mut one_apart = per_class.clone();
    one_apart[[0, 0]] = 9.0;
    let tiny = pseudo_random(12, 4) * 1e-30;
    let huge = pseudo_random(12, 4) * 1e30;
    for x in [constant, zeros, per_class, one_apart, tiny, huge] {
        for method in methods() {
            let errors = evidence(&*method, &x, &labels);
            assert!(errors.own().iter().copied().chain(errors.sums().map(|(_, sum)| sum)).all(f64::is_finite), "{x}");
        }
    }
}

#[test]
fn one_feature_and_one_thousand_classes_work() {
    let x = pseudo_random(3000, 1);
    let labels = Labels::new((0..3000).map(|i| i % 1000).collect(), 1000).unwrap();
    for method in methods() {
        assert_eq!(evidence(&*method, &x, &labels).reconstructors(), 1000);
    }
}

#[test]
fn scores_are_the_same_on_any_number_of_threads() {
    let x = pseudo_random(2500, 40);
    let labels = Labels::new((0..2500).map(|i| (i * i % 7) as u32).collect(), 7).unwrap();
    for method in methods() {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| evidence(&*method, &x, &labels))
        };
        let (one, four) = (on(1), on(4));
        assert_eq!(one.own(), four.own());
        assert_eq!(one.least_other(), four.least_other());
        assert!(one.sums().eq(four.sums()));
    }
}

#[test]
fn neither_the_names_of_classes_nor_the_order_of_samples_matter_to_large_classes() {
    // More samples per class than components, in fewer and in more features than samples.
    for features in [60, 150] {
        let x = pseudo_random(400, features);
        let labels = Labels::new((0..400).map(|i| (i % 4) as u32).collect(), 4).unwrap();
        let reversed = Labels::new(labels.values().iter().rev().map(|label| 3 - label).collect(), 4).unwrap();
        for method in methods() {
            let one = evidence(&*method, &x, &labels);
            let other = evidence(&*method, &x.slice(s![..;-1, ..]).to_owned(), &reversed);
            for i in 0..400 {
                let (own, least) = (one.own()[i], one.least_other()[i]);
                assert!((own - other.own()[399 - i]).abs() < SINGLE * own);
                assert!((least - other.least_other()[399 - i]).abs() < SINGLE * least);
            }
        }
    }
}

#[test]
fn the_dense_errors_of_new_samples_agree_with_their_summary() {
    let x = pseudo_random(1100, 10);
    let labels = Labels::new((0..1100).map(|i| (i % 5) as u32).collect(), 6).unwrap();
    let train = x.slice(s![..700, ..]);
    let train_labels = labels.with_values(labels.values()[..700].to_vec()).unwrap();
    let method = SoftLinear::default();
    let (fitted, _) = method.fit(&Embeddings::new(train).unwrap(), &train_labels, &Run::quiet()).unwrap();
    let source = Embeddings::new(x.view()).unwrap();
    let dense = fitted.errors(&source, &Run::quiet()).unwrap();
    let summary = fitted.summary(&source, &labels, &Run::quiet()).unwrap();
    let expected = ErrorSummary::from_dense(dense.view(), &labels).unwrap();
    assert!(dense.column(5).iter().all(|error| *error == f64::INFINITY));
    assert_eq!(summary.own(), expected.own());
    assert_eq!(summary.least_other_class(), expected.least_other_class());
    assert_eq!(summary.second_least_other(), expected.second_least_other());
    for ((_, sum), (_, expected)) in summary.sums().zip(expected.sums()) {
        assert!((sum - expected).abs() < SINGLE * expected);
    }
}

#[test]
fn bad_input_is_an_error_that_names_what_is_wrong() {
    let x = pseudo_random(6, 3);
    let source = Embeddings::new(x.view()).unwrap();
    let labels = Labels::new(vec![0, 0, 0, 1, 1, 1], 2).unwrap();
    let message =
        |method: SoftLinear, labels: &Labels| method.evidence(&source, labels, &Run::quiet()).unwrap_err().to_string();
    let good = SoftLinear::default();
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let expected = format!("parameter shrinkage is {bad}: it must be from 1e-12 to 1e12");
        assert_eq!(message(SoftLinear { shrinkage: bad, ..good.clone() }, &labels), expected);
        let expected = format!("parameter trim is {bad}: it must be positive and finite");
        assert_eq!(message(SoftLinear { trim: vec![1.06, bad], ..good.clone() }, &labels), expected);
    }
    let short = Labels::new(vec![0, 1], 2).unwrap();
    assert_eq!(message(good.clone(), &short), "given labels: 2 entries, expected 6");
    let one_class = Labels::new(vec![1; 6], 3).unwrap();
    assert_eq!(message(good.clone(), &one_class), "1 of 3 classes have samples: at least 2 must");
    let (fitted, _) = good.fit(&source, &labels, &Run::quiet()).unwrap();
    let wide = pseudo_random(6, 4);
    let wide = Embeddings::new(wide.view()).unwrap();
    assert!(matches!(
        fitted.summary(&wide, &labels, &Run::quiet()),
        Err(Error::LengthMismatch { expected: 3, found: 4, .. })
    ));
    assert!(matches!(fitted.errors(&wide, &Run::quiet()), Err(Error::LengthMismatch { .. })));
    let more = Labels::new(vec![0, 0, 0, 1, 1, 2], 3).unwrap();
    assert!(matches!(fitted.summary(&source, &more, &Run::quiet()), Err(Error::ClassCountMismatch { .. })));
}

#[test]
fn new_samples_of_a_class_that_was_not_fitted_are_refused() {
    let x = pseudo_random(6, 3);
    let source = Embeddings::new(x.view()).unwrap();
    let labels = Labels::new(vec![0, 0, 0, 1, 1, 1], 3).unwrap();
    let (fitted, _) = Centroid::default().fit(&source, &labels, &Run::quiet()).unwrap();
    let unknown = Labels::new(vec![0, 0, 0, 1, 2, 1], 3).unwrap();
    assert!(matches!(
        fitted.summary(&source, &unknown, &Run::quiet()),
        Err(Error::ClassNotFitted { row: 4, class: 2 })
    ));
}

#[test]
fn an_observer_sees_every_stage_and_can_cancel_each() {
    let x = pseudo_random(30, 3);
    let source = Embeddings::new(x.view()).unwrap();
    let labels = Labels::new((0..30).map(|i| i % 2).collect(), 2).unwrap();
    for method in methods() {
        for cancelled in ["fitting", "scoring"] {
            let stop = progress_fn(move |stage, _, _| match stage == cancelled {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            });
            let run = Run::quiet().with_progress(&stop);
            let error = method.evidence(&source, &labels, &run).unwrap_err();
            assert!(matches!(error, Error::Cancelled { stage } if stage == cancelled));
        }
    }
}
