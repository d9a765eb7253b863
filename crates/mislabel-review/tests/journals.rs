//! Nothing that was recorded is lost, and nothing that was not is there.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::path::{Path, PathBuf};

use mislabel_core::{LabelIssues, LabelQuality, Labels};
use mislabel_review::{Action, Circumstances, Decision, Error, Journal, Samples};

fn samples_of(labels: Vec<u32>) -> Samples {
    let n = labels.len();
    let given = Labels::new(labels, 3).unwrap().with_class_names(["cat", "dog", "a \"b\"\n"]).unwrap();
    let quality = LabelQuality::new(vec![0.5; n]).unwrap();
    let issues = LabelIssues::new(quality, vec![true; n], given.clone(), vec![0.0; n]).unwrap();
    Samples::new(given, issues).unwrap()
}

fn samples() -> Samples {
    samples_of((0..60).map(|row| row % 3).collect())
}

fn decide(row: u32, decision: Decision) -> Action {
    Action::Decide { row, decision, circumstances: Circumstances::default() }
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("review.jsonl")
    }
}

/// A journal with a decision on each of the first 20 samples.
fn twenty(path: &Path) {
    let mut journal = Journal::open(path, samples().given_labels()).unwrap();
    for row in 0..20 {
        journal.write(&format!("op {row}"), "ann", vec![decide(row, Decision::Relabel(2))]).unwrap();
    }
}

#[test]
fn everything_recorded_is_there_after_opening_again() {
    let folder = Folder::new();
    let all = [
        decide(0, Decision::Keep),
        decide(1, Decision::Relabel(2)),
        decide(2, Decision::Unsure),
        decide(3, Decision::Exclude),
        Action::Decide { row: 4, decision: Decision::Keep, circumstances: Circumstances::new(true, true, Some(1840)) },
        Action::Clear { row: 0 },
        Action::Note { row: 1, note: "a line\nand \u{2028} another".into() },
        Action::Tag { tag: "odd".into(), rows: vec![5, 6], on: true },
        Action::Tag { tag: "odd".into(), rows: vec![5], on: false },
        Action::Undo { first: 2, last: 2 },
    ];
    let mut journal = Journal::open(folder.path(), samples().given_labels()).unwrap();
    for (at, action) in all.iter().enumerate() {
        journal.write(&format!("op {at}"), "ann", vec![action.clone()]).unwrap();
    }
    let written = journal.board().events().to_vec();
    drop(journal);
    let journal = Journal::open(folder.path(), samples().given_labels()).unwrap();
    assert_eq!(journal.board().events(), written);
    assert_eq!(written.iter().map(|event| &event.action).collect::<Vec<_>>(), all.iter().collect::<Vec<_>>());
    assert!(journal.notices().is_empty());
    assert!(journal.board().verdict(1).is_none(), "the decision on sample 1 was taken back");
    assert_eq!(journal.board().tag("odd").unwrap().iter().copied().collect::<Vec<_>>(), [6]);
    assert_eq!(journal.board().notes(1), ["a line\nand \u{2028} another"]);
}

#[test]
fn a_torn_last_line_is_left_out_with_a_notice_and_replaced_by_the_next() {
    let folder = Folder::new();
    twenty(&folder.path());
    let whole = std::fs::read(folder.path()).unwrap();
    let last = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    for cut in last + 1..whole.len() {
        std::fs::write(folder.path(), &whole[..cut]).unwrap();
        let mut journal = Journal::open(folder.path(), samples().given_labels()).unwrap();
        assert_eq!(journal.board().decided().len(), 19, "cut at {cut}");
        assert!(journal.notices()[0].contains("the last line was cut off"), "{:?}", journal.notices());
        journal.write("op 19", "ann", vec![decide(19, Decision::Relabel(2))]).unwrap();
        drop(journal);
        let journal = Journal::open(folder.path(), samples().given_labels()).unwrap();
        assert_eq!((journal.board().decided().len(), journal.notices().len()), (20, 0));
    }
}

#[test]
fn a_line_torn_elsewhere_is_refused_with_its_number() {
    let folder = Folder::new();
    twenty(&folder.path());
    let text = std::fs::read_to_string(folder.path()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let mut cut: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    cut[9].truncate(30);
    std::fs::write(folder.path(), cut.join("\n") + "\n").unwrap();
    let error = Journal::open(folder.path(), samples().given_labels()).unwrap_err().to_string();
    assert!(error.contains("review.jsonl: line 10 cannot be read"), "{error}");
    assert_eq!(std::fs::read_to_string(folder.path()).unwrap(), cut.join("\n") + "\n", "the file stays as it is");
}

#[test]
fn lines_that_contradict_the_labels_or_each_other_are_refused() {
    let folder = Folder::new();
    twenty(&folder.path());
    let text = std::fs::read_to_string(folder.path()).unwrap();
    let cases = [
        ("\"index\":3,", "\"index\":4,", "line 5 says that the sample 4 has the label \"cat\": it has \"dog\""),
        ("\"index\":3,", "\"index\":60,", "line 5 is about the sample 60: there are 60"),
        ("\"seq\":4,", "\"seq\":3,", "line 5 cannot follow the lines before"),
        ("\"class\":2", "\"class\":3", "line 2 names the class 3: there are 3"),
        ("relabel", "rename", "line 2 has the decision \"rename\""),
        ("{\"v\":1,\"op\"", "{\"v\":2,\"op\"", "line 2 has the version 2"),
    ];
    for (old, new, message) in cases {
        std::fs::write(folder.path(), text.replacen(old, new, 1)).unwrap();
        let error = Journal::open(folder.path(), samples().given_labels()).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn the_journal_of_other_labels_is_refused_with_both_hashes() {
    let folder = Folder::new();
    twenty(&folder.path());
    let others = samples_of(vec![0; 60]);
    match Journal::open(folder.path(), others.given_labels()).unwrap_err() {
        Error::OtherLabels { journal, labels, .. } => {
            assert_ne!(journal, labels);
            assert_eq!(labels, mislabel_review::fingerprint(others.given_labels()));
        }
        error => unreachable!("{error}"),
    }
    std::fs::write(folder.path(), "index,true_label\n").unwrap();
    let error = Journal::open(folder.path(), others.given_labels()).unwrap_err().to_string();
    assert!(error.contains("line 1 is not the header of a journal"), "{error}");
}

#[test]
fn a_second_journal_on_the_same_file_only_reads() {
    let folder = Folder::new();
    let mut first = Journal::open(folder.path(), samples().given_labels()).unwrap();
    first.write("op 1", "ann", vec![decide(0, Decision::Keep)]).unwrap();
    let mut second = Journal::open(folder.path(), samples().given_labels()).unwrap();
    assert!(second.is_read_only() && second.notices()[0].contains("another process"));
    assert_eq!(second.board().decided().len(), 1);
    let refused = second.write("op 2", "bob", vec![decide(1, Decision::Keep)]);
    assert!(matches!(refused, Err(Error::ReadOnly { .. })));
    assert_eq!(second.board().decided().len(), 1);
    drop(first);
    assert!(!Journal::open(folder.path(), samples().given_labels()).unwrap().is_read_only());
}

#[test]
fn an_operation_sent_twice_is_recorded_once() {
    let folder = Folder::new();
    let mut journal = Journal::open(folder.path(), samples().given_labels()).unwrap();
    let forty: Vec<Action> = (0..40).map(|row| decide(row, Decision::Keep)).collect();
    let seq = journal.write("bulk", "ann", forty.clone()).unwrap();
    assert_eq!((seq, journal.write("bulk", "ann", forty).unwrap()), (40, 40));
    assert_eq!(std::fs::read_to_string(folder.path()).unwrap().lines().count(), 41);
}

#[test]
fn a_bulk_operation_of_which_a_part_arrived_is_completed_by_sending_it_again() {
    let folder = Folder::new();
    let forty: Vec<Action> = (0..40).map(|row| decide(row, Decision::Keep)).collect();
    Journal::open(folder.path(), samples().given_labels()).unwrap().write("bulk", "ann", forty.clone()).unwrap();
    let whole = std::fs::read(folder.path()).unwrap();
    std::fs::write(folder.path(), &whole[..whole.len() / 2]).unwrap();
    let mut journal = Journal::open(folder.path(), samples().given_labels()).unwrap();
    assert!(journal.board().decided().len() < 40);
    journal.write("bulk", "ann", forty).unwrap();
    assert_eq!((journal.board().decided().len(), journal.board().last_seq()), (40, 40));
    assert_eq!(journal.undo("back", "ann").unwrap().len(), 40);
    assert_eq!(journal.board().decided().len(), 0);
}

#[test]
fn undo_takes_back_the_whole_of_a_bulk_decision_and_what_was_before_holds_again() {
    let folder = Folder::new();
    let mut journal = Journal::open(folder.path(), samples().given_labels()).unwrap();
    journal.write("one", "ann", vec![decide(3, Decision::Unsure)]).unwrap();
    journal.write("other", "bob", vec![decide(50, Decision::Keep)]).unwrap();
    let forty: Vec<Action> = (0..40).map(|row| decide(row, Decision::Keep)).collect();
    journal.write("bulk", "ann", forty).unwrap();
    assert_eq!(journal.undo("undo", "ann").unwrap(), (0..40).collect::<Vec<u32>>());
    assert_eq!(journal.undo("undo", "ann").unwrap().len(), 40, "sent again: nothing more is taken back");
    assert_eq!(journal.board().verdict(3).unwrap().decision, Decision::Unsure);
    assert_eq!(journal.board().decided().len(), 2);
    assert_eq!(std::fs::read_to_string(folder.path()).unwrap().lines().count(), 1 + 2 + 40 + 1);
    journal.undo("undo 2", "ann").unwrap();
    let nothing = journal.undo("undo 3", "ann").unwrap_err();
    assert_eq!(nothing.to_string(), "\"ann\" has no decision to undo");
    assert!(journal.board().verdict(50).is_some(), "what bob decided stays");
}

#[test]
fn of_several_reviewers_the_newest_decision_holds_and_each_can_be_asked_for() {
    let folder = Folder::new();
    let mut journal = Journal::open(folder.path(), samples().given_labels()).unwrap();
    journal.write("1", "ann", vec![decide(0, Decision::Keep)]).unwrap();
    journal.write("2", "bob", vec![decide(0, Decision::Relabel(1))]).unwrap();
    let board = journal.board();
    assert_eq!(board.verdict(0).unwrap().reviewer, "bob");
    assert_eq!(board.verdict_by(0, "ann").unwrap().decision, Decision::Keep);
    assert!(board.is_disputed(0));
    journal.write("3", "bob", vec![Action::Clear { row: 0 }]).unwrap();
    assert_eq!(journal.board().verdict(0).unwrap().reviewer, "ann");
    assert!(!journal.board().is_disputed(0));
}

#[test]
fn what_cannot_be_recorded_changes_neither_the_file_nor_the_board() {
    let folder = Folder::new();
    let mut journal = Journal::open(folder.path(), samples().given_labels()).unwrap();
    let before = std::fs::read(folder.path()).unwrap();
    let bad = [
        ("op", "ann", decide(60, Decision::Keep)),
        ("op", "ann", decide(0, Decision::Relabel(3))),
        ("", "ann", decide(0, Decision::Keep)),
        ("op", " ", decide(0, Decision::Keep)),
        ("op", "ann", Action::Note { row: 0, note: "x".repeat(2001) }),
        ("op", "ann", Action::Tag { tag: String::new(), rows: vec![0], on: true }),
        ("op", "ann", Action::Undo { first: 1, last: 1 }),
    ];
    for (op, reviewer, action) in bad {
        assert!(journal.write(op, reviewer, vec![decide(1, Decision::Keep), action.clone()]).is_err(), "{action:?}");
    }
    assert_eq!(std::fs::read(folder.path()).unwrap(), before);
    assert_eq!(journal.board().last_seq(), 0);
}

#[test]
fn a_journal_can_be_read_while_another_process_writes_it_and_reading_makes_none() {
    let folder = Folder::new();
    assert!(Journal::read(folder.path(), samples().given_labels()).is_err());
    assert!(!folder.path().exists());
    let mut first = Journal::open(folder.path(), samples().given_labels()).unwrap();
    first.write("op 1", "ann", vec![decide(0, Decision::Keep)]).unwrap();
    let read = Journal::read(folder.path(), samples().given_labels()).unwrap();
    assert_eq!((read.board().decided().len(), read.notices().len()), (1, 0));
}
