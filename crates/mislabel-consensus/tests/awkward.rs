//! Inputs at the edge of what there is: a result or an error that says why, never a panic.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use mislabel_consensus::{Combination, Explainer, MemberIssues};
use mislabel_core::{Embeddings, Error, LabelIssues, LabelQuality, Labels, Run, VerifiedLabels};
use ndarray::{Array1, Array2, array};

/// Rounding of sums and quotients of three weights.
const ROUNDING: f64 = 1e-12;

/// A millionth of every quality is the place in the ranking, so that what ranks apart differs in quality.
const PLACES: f64 = 2e-6;

/// Rounding of products in f32 of rows of unit length.
const SINGLE: f64 = 1e-5;

/// Two classes along two axes, the labels as given.
fn rows(n: usize) -> Array2<f32> {
    Array2::from_shape_fn(
        (n, 3),
        |(i, j)| if i % 2 == j { 3.0 + (i as f32 * 0.7).sin() } else { (i as f32 * 1.3).cos() },
    )
}

#[test]
fn parameters_that_make_no_sense_are_named() {
    let cases = [
        ("sharpness", Combination { sharpness: -1.0, ..Combination::default() }),
        ("accuracy_weight", Combination { accuracy_weight: f64::INFINITY, ..Combination::default() }),
    ];
    for (wanted, combination) in cases {
        match combination.combine(&[member("one", rising()), member("two", rising())], &given()) {
            Err(Error::Parameter { name, .. }) => assert_eq!(name, wanted),
            other => panic!("{wanted}: {other:?}"),
        }
    }
}

fn given() -> Labels {
    Labels::new((0..100).map(|row| row % 4).collect(), 4).unwrap()
}

fn member(name: &str, quality: Vec<f64>) -> MemberIssues {
    let flags = quality.iter().map(|quality| *quality < 0.1).collect();
    let suggested = given().with_values((0..100).map(|row| (row + 1) % 4).collect()).unwrap();
    MemberIssues::new(
        name,
        LabelIssues::new(LabelQuality::new(quality.clone()).unwrap(), flags, suggested, quality).unwrap(),
    )
}

fn rising() -> Vec<f64> {
    Array1::linspace(0.0, 1.0, 100).to_vec()
}

fn mapped(quality: &[f64], by: impl Fn(f64) -> f64) -> Vec<f64> {
    quality.iter().map(|quality| by(*quality)).collect()
}

#[test]
fn a_member_alone_is_the_consensus() {
    let alone = member("alone", rising());
    let combined = Combination::default().combine(std::slice::from_ref(&alone), &given()).unwrap();
    assert_eq!(combined.weights, [1.0]);
    assert_eq!(combined.issues.quality().ranking(), alone.issues.quality().ranking());
    let pairs = combined.issues.quality().as_slice().iter().zip(alone.issues.quality().as_slice());
    assert!(pairs.map(|(combined, alone)| combined - alone).all(|apart| apart.abs() < PLACES));
    assert_eq!(combined.issues.is_issue(), alone.issues.is_issue());
    assert_eq!(combined.issues.suggested(), alone.issues.suggested());
}

#[test]
fn members_of_opposite_opinions_weigh_alike() {
    let members = [member("up", rising()), member("down", mapped(&rising(), |q| 1.0 - q))];
    let combined = Combination::default().combine(&members, &given()).unwrap();
    assert_eq!(combined.weights, [0.5, 0.5]);
    assert_eq!(combined.agreement, array![[1.0, 0.0], [0.0, 1.0]]);
    assert!((combined.support(0) - 0.5).abs() < ROUNDING);
}

#[test]
fn a_member_without_an_opinion_changes_nothing() {
    let speaking = [member("one", rising()), member("two", mapped(&rising(), |q| q * q)), member("three", rising())];
    let mut members = speaking.to_vec();
    members.push(member("mute", vec![0.5; 100]));
    let before = Combination::default().combine(&speaking, &given()).unwrap();
    let after = Combination::default().combine(&members, &given()).unwrap();
    assert_eq!(after.weights[3], 0.0);
    assert_eq!(before.issues.quality().ranking(), after.issues.quality().ranking());
}

#[test]
fn samples_that_tie_everywhere_tie_in_the_consensus() {
    let quality: Vec<f64> = (0..100).map(|row| f64::from(row / 10) / 10.0).collect();
    let members =
        [member("one", quality.clone()), member("two", mapped(&quality, f64::sqrt)), member("three", quality)];
    let combined = Combination::default().combine(&members, &given()).unwrap();
    let quality = combined.issues.quality().as_slice();
    for row in 0..100 {
        assert_eq!(quality[row], quality[row / 10 * 10]);
        assert_eq!(combined.issues.is_issue()[row], row < 10);
    }
}

#[test]
fn members_that_do_not_fit_are_refused() {
    let combine = |members: &[MemberIssues]| Combination::default().combine(members, &given());
    assert!(matches!(combine(&[]), Err(Error::Empty { .. })));
    let few = Labels::new(vec![0, 1], 4).unwrap();
    let short = LabelIssues::new(LabelQuality::new(vec![0.1, 0.2]).unwrap(), vec![true, false], few, vec![0.0, 0.0]);
    let short = MemberIssues::new("short", short.unwrap());
    assert!(matches!(combine(&[member("one", rising()), short]), Err(Error::LengthMismatch { .. })));
    let boastful = member("boastful", rising()).with_accuracy(1.5);
    assert!(matches!(combine(&[member("one", rising()), boastful]), Err(Error::OutOfRange { row: 1, .. })));
}

#[test]
fn who_predicts_more_given_labels_weighs_more() {
    let members = [
        member("one", rising()).with_accuracy(0.9),
        member("two", rising()).with_accuracy(0.9),
        member("blind", rising()).with_accuracy(0.8),
    ];
    let weights = Combination::default().combine(&members, &given()).unwrap().weights;
    assert!(weights[2] < 1e-3 && (weights[0] - weights[1]).abs() < ROUNDING, "{weights:?}");
}

#[test]
fn no_member_that_predicts_anything_still_gives_weights() {
    let members = [
        member("one", rising()).with_accuracy(0.0),
        member("two", rising()).with_accuracy(0.0),
        member("alone", mapped(&rising(), |q| 1.0 - q)).with_accuracy(1.0),
    ];
    let combination = Combination { accuracy_weight: 1e6, ..Combination::default() };
    let weights = combination.combine(&members, &given()).unwrap().weights;
    assert!((weights.iter().sum::<f64>() - 1.0).abs() < ROUNDING && weights.iter().all(|weight| weight.is_finite()));
}

#[test]
fn verified_labels_move_weights_to_the_member_that_is_right() {
    // The first 20 labels are wrong; two of three members rank the others above them.
    let members = [
        member("right", rising()),
        member("wrong", mapped(&rising(), |q| 1.0 - q)),
        member("also wrong", mapped(&rising(), |q| 1.0 - q)),
    ];
    let truth = |row: usize| if row < 20 { (row as u32 + 1) % 4 } else { row as u32 % 4 };
    let verified = |rows: Vec<usize>| {
        let labels = rows.iter().map(|row| truth(*row)).collect();
        VerifiedLabels::new(rows, labels, &given()).unwrap()
    };
    let combination = Combination::default();
    let learnt = combination.combine_verified(&members, &given(), &verified((0..100).step_by(2).collect())).unwrap();
    assert!(learnt.weights[0] > 0.7, "{:?}", learnt.weights);
    assert!(learnt.issues.quality().ranking()[..15].iter().all(|row| *row < 20));
    let flagged: Vec<usize> = (0..100).filter(|row| learnt.issues.is_issue()[*row]).collect();
    assert!(flagged.len().abs_diff(20) <= 6, "{flagged:?}");

    let none = combination.combine_verified(&members, &given(), &VerifiedLabels::none(&given())).unwrap();
    assert_eq!(none, combination.combine(&members, &given()).unwrap());
    let one_sided = combination.combine_verified(&members, &given(), &verified((30..60).collect())).unwrap();
    assert!(one_sided.issues.quality().as_slice().iter().all(|quality| quality.is_finite()));
    let other = VerifiedLabels::none(&Labels::new(vec![0, 1], 4).unwrap());
    assert!(combination.combine_verified(&members, &given(), &other).is_err());
}

/// Issues that doubt no label.
fn unsuspicious(given: &Labels) -> LabelIssues {
    let n = given.len();
    let quality = LabelQuality::new(vec![1.0; n]).unwrap();
    LabelIssues::new(quality, vec![false; n], given.clone(), vec![0.0; n]).unwrap()
}

#[test]
fn explanations_name_the_sample_that_is_none() {
    let data = rows(12);
    let given = Labels::new((0..12).map(|i| i % 2).collect(), 2).unwrap();
    let embeddings = Embeddings::new(data.view()).unwrap();
    let issues = unsuspicious(&given);
    let explainer = Explainer::of_issues(&issues);
    let error = explainer.explanations(&embeddings, &given, &[3, 12], &Run::quiet()).unwrap_err();
    assert_eq!(error.to_string(), "sample 12 at row 1 is not one of the 12 samples");
    assert!(explainer.explanations(&embeddings, &given, &[], &Run::quiet()).unwrap().is_empty());
    let none = Explainer { nearest: 0, ..explainer };
    assert!(none.explanations(&embeddings, &given, &[3], &Run::quiet()).unwrap()[0].same_class.is_empty());
}

#[test]
fn the_nearest_samples_are_those_of_a_plain_search() {
    let data = rows(60);
    let given = Labels::new((0..60).map(|i| i % 3).collect(), 3).unwrap();
    let embeddings = Embeddings::new(data.view()).unwrap();
    let issues = unsuspicious(&given);
    let why = &Explainer::of_issues(&issues).explanations(&embeddings, &given, &[7], &Run::quiet()).unwrap()[0];
    let cosine = |other: usize| {
        let (a, b) = (data.row(7).mapv(f64::from), data.row(other).mapv(f64::from));
        a.dot(&b) / (a.dot(&a) * b.dot(&b)).sqrt()
    };
    let mut same: Vec<usize> = (0..60).filter(|row| *row != 7 && row % 3 == 1).collect();
    same.sort_by(|a, b| cosine(*b).total_cmp(&cosine(*a)));
    let found: Vec<usize> = why.same_class.iter().map(|near| near.sample).collect();
    assert_eq!(found, same[..3]);
    assert!(
        why.other_classes.iter().all(|near| near.class != 1 && (near.similarity - cosine(near.sample)).abs() < SINGLE)
    );
}
