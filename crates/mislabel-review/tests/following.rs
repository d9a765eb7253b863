//! What follows from decisions: progress, agreement, verified labels, queues, similar samples.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use mislabel_core::{Embeddings, LabelIssues, LabelQuality, Labels, Run};
use mislabel_review::{
    Action, Agreement, Board, Candidates, Circumstances, Decision, Progress, Queue, SampleTable, Samples, Settlement,
    similarities,
};
use ndarray::Array2;

/// Rounding of a few quotients of doubles.
const ROUNDING: f64 = 1e-12;

fn samples() -> Samples {
    let given = Labels::new((0..20).map(|row| row % 4).collect(), 4).unwrap();
    let suggested = given.with_values((0..20).map(|row| if row < 10 { (row + 1) % 4 } else { row % 4 }).collect());
    let quality = LabelQuality::new((0..20).map(|row| f64::from(row) / 20.0).collect()).unwrap();
    let flags = (0..20).map(|row| row < 10).collect();
    Samples::new(given, LabelIssues::new(quality, flags, suggested.unwrap(), vec![0.0; 20]).unwrap()).unwrap()
}

fn decided(decisions: &[(&str, u32, Decision, bool, bool)]) -> Board {
    let mut board = Board::new(samples().given_labels());
    for (at, &(reviewer, row, decision, blind, control)) in decisions.iter().enumerate() {
        let circumstances = Circumstances::new(blind, control, None);
        let action = Action::Decide { row, decision, circumstances };
        board.record(&at.to_string(), reviewer, "", action).unwrap();
    }
    board
}

#[test]
fn progress_counts_what_was_decided_and_how_often_the_method_was_right() {
    let board = decided(&[
        ("ann", 0, Decision::Relabel(1), false, false), // as suggested
        ("ann", 1, Decision::Relabel(3), false, false), // another class
        ("ann", 2, Decision::Keep, true, false),
        ("ann", 3, Decision::Relabel(0), true, false), // as suggested, blind
        ("ann", 4, Decision::Unsure, false, false),
        ("ann", 5, Decision::Exclude, false, false),
        ("ann", 15, Decision::Keep, false, true),
        ("ann", 16, Decision::Relabel(0), false, true), // the given class: right
    ]);
    let progress = Progress::of(&board, &samples());
    assert_eq!((progress.decided, progress.flagged_decided, progress.flagged), (8, 6, 10));
    assert_eq!((progress.kept, progress.relabeled, progress.unsure, progress.excluded), (2, 4, 1, 1));
    let counts = |share: Option<mislabel_review::Share>| share.map(|share| (share.count, share.of));
    assert_eq!(counts(progress.precision), Some((3, 4)));
    assert_eq!(counts(progress.suggestion), Some((2, 3)));
    assert_eq!(counts(progress.controls), Some((0, 2)));
    assert_eq!(counts(progress.accepted_shown), Some((1, 2)));
    assert_eq!(counts(progress.accepted_blind), Some((1, 2)));
}

#[test]
fn agreement_counts_the_same_class_and_corrects_for_chance() {
    let board = decided(&[
        ("ann", 0, Decision::Keep, false, false),
        ("bob", 0, Decision::Relabel(0), false, false), // the given class: the same answer
        ("ann", 1, Decision::Keep, false, false),
        ("bob", 1, Decision::Relabel(2), false, false),
        ("ann", 2, Decision::Unsure, false, false),
        ("bob", 2, Decision::Unsure, false, false),
        ("ann", 3, Decision::Exclude, false, false),
    ]);
    let agreement = Agreement::of(&board, &samples());
    assert_eq!(agreement.len(), 1);
    assert_eq!((agreement[0].one.as_str(), agreement[0].other.as_str()), ("ann", "bob"));
    assert_eq!((agreement[0].same.count, agreement[0].same.of), (2, 3));
    // By chance 2/9: class 0 once each, unsure once each.
    let kappa = (2.0 / 3.0 - 2.0 / 9.0) / (1.0 - 2.0 / 9.0);
    assert!((agreement[0].kappa.unwrap() - kappa).abs() < ROUNDING);
}

#[test]
fn settlements_differ_where_reviewers_do() {
    let mut decisions = vec![
        ("ann", 0, Decision::Relabel(1), false, false),
        ("bob", 0, Decision::Relabel(1), false, false),
        ("cid", 0, Decision::Keep, false, false),
        ("ann", 1, Decision::Keep, false, false),
        ("ann", 2, Decision::Exclude, false, false),
        ("ann", 3, Decision::Unsure, false, false),
    ];
    decisions.push(("bob", 1, Decision::Keep, false, false));
    let (board, samples) = (decided(&decisions), samples());
    let verified = |settlement: Settlement| {
        let verified = settlement.verified(&board, samples.given_labels()).unwrap();
        verified.samples().iter().copied().zip(verified.labels().to_vec()).collect::<Vec<_>>()
    };
    assert_eq!(verified(Settlement::Newest), [(0, 0), (1, 1)]);
    assert_eq!(verified(Settlement::Majority), [(0, 1), (1, 1)]);
    assert_eq!(verified(Settlement::AllAgree), [(1, 1)]);
}

#[test]
fn controls_are_others_and_the_queue_depends_on_nothing_but_the_seed() {
    let samples = samples();
    let queue = Queue::suspects(&samples, 0.4, 3).unwrap();
    let controls: Vec<u32> = queue.rows().iter().copied().filter(|row| queue.is_control(*row)).collect();
    assert_eq!((queue.rows().len(), controls.len()), (17, 7));
    assert!(controls.iter().all(|row| !samples.flagged(*row as usize)));
    let suspects: Vec<u32> = queue.rows().iter().copied().filter(|row| !queue.is_control(*row)).collect();
    assert_eq!(suspects, (0..10).collect::<Vec<u32>>());
    assert_eq!(queue.rows(), Queue::suspects(&samples, 0.4, 3).unwrap().rows());
    assert_ne!(queue.rows(), Queue::suspects(&samples, 0.4, 4).unwrap().rows());
    assert_eq!(Queue::suspects(&samples, 0.9, 3).unwrap().rows().len(), 20, "there are only ten others");
    assert!(Queue::suspects(&samples, 1.0, 3).is_err());
}

#[test]
fn candidates_begin_with_the_suggestion_and_never_repeat() {
    let samples = samples();
    let candidates = Candidates::of(&samples);
    for row in 0..samples.len() {
        let classes = candidates.classes(&samples, row, 9);
        assert_eq!(classes.len(), 3, "all classes but the given one");
        assert!(samples.given(row).is_some_and(|given| !classes.contains(&(given as u32))));
        if samples.flagged(row) {
            assert_eq!(Some(classes[0] as usize), samples.suggested(row));
        }
    }
}

#[test]
fn counter_examples_turn_similarity_away_from_what_they_show() {
    // Three directions: 0 and 1 share the first feature, 2 the second, 3 both.
    let rows =
        Array2::from_shape_vec((5, 3), vec![9., 0., 0., 8., 1., 0., 0., 9., 0., 7., 7., 0., 0., 0., 9.]).unwrap();
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let plain = similarities(&embeddings, &[0], &[], &Run::quiet()).unwrap();
    let turned = similarities(&embeddings, &[0], &[3], &Run::quiet()).unwrap();
    assert!(plain.iter().all(|score| (-1.0..=1.0).contains(score)));
    assert!(turned[3] < 0.0 && turned[3] < plain[3]);
    assert!(similarities(&embeddings, &[], &[], &Run::quiet()).is_err());
    assert!(similarities(&embeddings, &[5], &[], &Run::quiet()).is_err());
}

#[test]
fn a_table_of_samples_may_be_in_any_order_and_errors_name_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("samples.tsv");
    let rows = |rows: &str| std::fs::write(&path, format!("index\tid\ttext\twidth\n{rows}")).unwrap();
    rows(&(0..20).rev().map(|row| format!("{row}\tkey {row}\tsome text\t{row}.5\n")).collect::<String>());
    let joined = SampleTable::read(&path).unwrap().join(samples()).unwrap();
    assert_eq!((joined.id(7), joined.media().kind()), (Some("key 7"), "text"));
    assert_eq!(joined.column("width").unwrap().text(7), "7.5");
    rows("0\ta\tx\t1\n0\tb\tx\t1\n");
    assert!(SampleTable::read(&path).unwrap_err().to_string().ends_with("rows 0 and 1 have the same index 0"));
    rows("0\ta\tx\t1\n7\tb\tx\t1\n");
    let error = SampleTable::read(&path).unwrap_err().to_string();
    assert!(error.ends_with("row 1 has the index \"7\": it must be a number from 0 to 1"), "{error}");
    rows(&(0..20).map(|row| format!("{row}\tkey {}\tx\t1\n", row % 19)).collect::<String>());
    let error = SampleTable::read(&path).unwrap().join(samples()).unwrap_err().to_string();
    assert_eq!(error, "the samples 0 and 19 have the same id \"key 0\": an id stands for one sample");
}
