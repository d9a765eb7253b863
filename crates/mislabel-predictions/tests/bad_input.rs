//! Input that a user can supply and that has no result: the error names what is wrong.

#![allow(clippy::unwrap_used, reason = "tests")]

use mislabel_core::{Embeddings, Error, Judge, Labels, Run};
use mislabel_predictions::{
    Certainty, Logits, Mistakenness, Normalization, Predictions, Representativeness, ZeroShot, hardness, uniqueness,
};
use ndarray::{Array2, array};
use proptest::prelude::*;

/// Entries of 3e-41 are 21,000 steps of the smallest f32: rounded to a step they are off by up to 2.3e-5, cosines by a
/// few times that.
const SUBNORMAL: f32 = 1e-3;

fn message<T>(result: Result<T, Error>) -> String {
    result.err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn logits_that_are_not_finite_are_named() {
    let expected = "logits[1, 0] is NaN, expected a finite number";
    assert_eq!(message(Logits::new(array![[0.0, 1.0], [f32::NAN, 0.0]])), expected);
    assert_eq!(message(Logits::new(Array2::zeros((0, 3)))), "logits must not be empty");
    assert!(message(Logits::with_missing(array![[0.0]], vec![])).contains("expected 1"));
}

#[test]
fn predictions_of_unknown_classes_or_impossible_certainty_are_refused() {
    assert!(message(Predictions::new(vec![Some((3, 0.5))], 3)).contains("label 3 at row 0"));
    for certainty in [f64::NAN, -0.1, 1.5] {
        assert!(matches!(Predictions::new(vec![None, Some((0, certainty))], 3), Err(Error::OutOfRange { row: 1, .. })));
    }
    assert!(Predictions::new(vec![], 3).is_err());
}

#[test]
fn other_shapes_and_thresholds_are_refused() {
    let logits = Logits::new(array![[0.0, 1.0], [1.0, 0.0]]).unwrap();
    let judge =
        |given: Vec<u32>, k| Mistakenness::default().judge(&logits, &Labels::new(given, k).unwrap(), &Run::quiet());
    assert!(message(judge(vec![0], 2)).contains("given labels: 1 entries, expected 2"));
    assert!(message(judge(vec![0, 1], 3)).contains("the given labels: 3 classes"));
    for threshold in [f64::NAN, 1.1] {
        let detector = Mistakenness { threshold, certainty: Certainty::Entropy };
        assert!(detector.judge(&logits, &Labels::new(vec![0, 1], 2).unwrap(), &Run::quiet()).is_err());
    }
}

#[test]
fn texts_without_a_direction_and_scales_without_a_meaning_are_refused() {
    assert!(message(ZeroShot::new(array![[1.0, 0.0], [0.0, 0.0]])).contains("[1, 0]"));
    assert!(ZeroShot::new(array![[1.0, f32::INFINITY]]).is_err());
    let texts = ZeroShot::new(array![[1.0, 0.0], [0.0, 1.0]]).unwrap();
    for scale in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e39, 1e-60] {
        assert!(matches!(texts.clone().with_scale(scale), Err(Error::Parameter { name: "scale", .. })), "{scale}");
    }
    let rows = array![[1.0_f32, 2.0, 3.0]];
    let images = Embeddings::new(rows.view()).unwrap();
    assert!(message(texts.logits(&images, &Run::quiet())).contains("3 entries, expected 2"));
}

#[test]
fn images_and_texts_of_extreme_length_have_the_cosines_of_their_directions() {
    let texts = ZeroShot::new(array![[1e30_f32, 0.0], [0.0, 1e-40]]).unwrap().with_scale(2.0).unwrap();
    let rows = array![[3e37_f32, 4e37], [0.0, 0.0], [3e-41, 4e-41]];
    let logits = texts.logits(&Embeddings::new(rows.view()).unwrap(), &Run::quiet()).unwrap();
    let expected = array![[1.2, 1.6], [0.0, 0.0], [1.2, 1.6]];
    assert!((&logits.view() - &expected).iter().all(|difference: &f32| difference.abs() < SUBNORMAL), "{logits:?}");
}

#[test]
fn distances_that_are_none_are_refused() {
    assert!(uniqueness(Array2::zeros((0, 3)).view()).is_err());
    assert!(uniqueness(array![[1.0, 2.0]].view()).is_err());
    assert!(matches!(uniqueness(array![[0.0, 1.0, f64::NAN]].view()), Err(Error::NotFinite { column: 2, .. })));
    assert!(matches!(uniqueness(array![[2.0, 1.0, 3.0]].view()), Err(Error::OutOfRange { column: 1, .. })));
    assert!(uniqueness(array![[-1.0, 1.0, 3.0]].view()).is_err());
    assert_eq!(uniqueness(Array2::zeros((2, 3)).view()).unwrap(), array![0.0, 0.0]);
}

proptest! {
    #[test]
    fn any_finite_logits_have_finite_opinions(
        logits in prop::collection::vec(prop::num::f32::NORMAL | prop::num::f32::ZERO | prop::num::f32::SUBNORMAL, 12),
        given in prop::collection::vec(0..4_u32, 3),
    ) {
        let logits = Logits::new(Array2::from_shape_vec((3, 4), logits).unwrap()).unwrap();
        let issues = Mistakenness::default().judge(&logits, &Labels::new(given, 4).unwrap(), &Run::quiet()).unwrap();
        prop_assert!(issues.score().iter().all(|score| (0.0..=1.0).contains(score)));
        for hardness in hardness(&logits).into_iter().flatten() {
            prop_assert!((0.0..=4.0_f64.ln() + 1e-12).contains(&hardness));
        }
    }

    #[test]
    fn representativeness_is_in_the_unit_interval_and_one_somewhere_in_each_cluster(
        rows in prop::collection::vec(prop::num::f32::NORMAL, 10),
        clusters in prop::collection::vec(0..3_u32, 5),
    ) {
        let rows = Array2::from_shape_vec((5, 2), rows).unwrap();
        let clusters = Labels::new(clusters, 4).unwrap();
        let embeddings = Embeddings::new(rows.view()).unwrap();
        for normalization in [Normalization::PerCluster, Normalization::Global] {
            let values = Representativeness { normalization }.values(&embeddings, &clusters, &Run::quiet()).unwrap();
            prop_assert!(values.iter().all(|value| (0.0..=1.0).contains(value)));
            prop_assert!(values.iter().any(|value| *value == 1.0));
        }
    }
}
