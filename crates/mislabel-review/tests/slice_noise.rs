//! What is known of the noise of a slice.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use mislabel_core::{LabelIssues, LabelQuality, Labels};
use mislabel_review::{Action, Board, Circumstances, Decision, Samples, SliceNoise};

/// Rounding of a sum of three doubles.
const ROUNDING: f64 = 1e-12;

fn samples() -> Samples {
    let given = Labels::new(vec![0, 1, 0, 1], 2).unwrap();
    let quality = LabelQuality::new(vec![0.1, 0.5, 0.9, 1.0]).unwrap();
    let issues = LabelIssues::new(quality, vec![true, true, false, false], given.clone(), vec![0.0; 4]).unwrap();
    Samples::new(given, issues).unwrap()
}

#[test]
fn flags_probabilities_and_decisions_are_counted_in_the_slice_alone() {
    let samples = samples();
    let mut board = Board::new(samples.given_labels());
    for (row, decision) in
        [(0, Decision::Relabel(1)), (1, Decision::Keep), (2, Decision::Unsure), (3, Decision::Relabel(0))]
    {
        let action = Action::Decide { row, decision, circumstances: Circumstances::default() };
        board.record("op", "ann", "", action).unwrap();
    }
    let noise = SliceNoise::of(&[0, 1, 2], &samples, &board);
    assert_eq!(noise.flagged.map(|share| (share.count, share.of)), Some((2, 3)));
    assert_eq!(noise.decided.map(|share| (share.count, share.of)), Some((1, 2)));
    assert_eq!(noise.expected, None, "nobody said that quality is a probability");
    let expected = SliceNoise::of(&[0, 1, 2], &samples.with_probabilities(), &board).expected.unwrap();
    assert!((expected - 1.5).abs() < ROUNDING, "{expected}");
}

#[test]
fn an_empty_slice_has_no_noise() {
    let samples = samples().with_probabilities();
    let noise = SliceNoise::of(&[], &samples, &Board::new(samples.given_labels()));
    assert_eq!((noise.flagged, noise.expected, noise.decided), (None, None, None));
}
