//! Corrections go into the file that was reviewed, and into no other.
#![cfg(feature = "files")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use mislabel_io::{Classes, LabelColumn, LabelFile, ReadOptions};
use mislabel_review::{Action, Board, Circumstances, Corrections, Decision, Settlement};

struct Reviewed {
    folder: tempfile::TempDir,
    file: LabelFile,
    given: LabelColumn,
}

fn reviewed(content: &str) -> Reviewed {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("l.txt"), content).unwrap();
    let file = LabelFile::read(folder.path().join("l.txt"), &ReadOptions::default()).unwrap();
    let given = file.column(&Classes::Observed).unwrap();
    Reviewed { folder, file, given }
}

/// Sample 1 becomes class 2, sample 3 is left out, sample 0 is right.
fn corrections(given: &LabelColumn) -> Corrections {
    corrections_of(given, &[(0, Decision::Keep), (1, Decision::Relabel(2)), (3, Decision::Exclude)])
}

fn corrections_of(given: &LabelColumn, decisions: &[(u32, Decision)]) -> Corrections {
    let partial = given.partial().unwrap();
    let mut board = Board::new(&partial);
    for &(row, decision) in decisions {
        let action = Action::Decide { row, decision, circumstances: Circumstances::default() };
        board.record("op", "ann", "", action).unwrap();
    }
    Corrections::of(&board, &partial, Settlement::Newest).unwrap()
}

#[test]
fn labels_change_and_excluded_rows_go_if_that_is_wished() {
    let Reviewed { folder, file, given } = reviewed("cat\r\ndog\r\nemu\r\ncat");
    let corrections = corrections(&given);
    for (drop, wanted) in [(false, "cat\r\nemu\r\nemu\r\ncat"), (true, "cat\r\nemu\r\nemu\r\n")] {
        let out = folder.path().join("fixed.txt");
        corrections.write(&file, &given, drop, &out).unwrap();
        assert_eq!(std::fs::read_to_string(&out).unwrap(), wanted);
    }
}

#[test]
fn corrections_are_not_applied_twice() {
    let Reviewed { folder, file, given } = reviewed("cat\ndog\nemu\ncat\n");
    let (corrections, out) = (corrections(&given), folder.path().join("fixed.txt"));
    corrections.write(&file, &given, false, &out).unwrap();
    let Reviewed { file, .. } = reviewed(&std::fs::read_to_string(&out).unwrap());
    let fixed = file.column(&Classes::Names(mislabel_io::ClassNames::new(["cat", "dog", "emu"]).unwrap())).unwrap();
    let error = corrections.write(&file, &fixed, false, &out).unwrap_err().to_string();
    let expected =
        "row 1 has the label \"emu\", and the review saw \"dog\": the corrections may be in the file already";
    assert!(error.ends_with(expected), "{error}");
}

#[test]
fn rows_without_a_label_keep_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join("l.csv"), folder.path().join("fixed.csv"));
    std::fs::write(&path, "n,label\n1,cat\n2,\n3,dog\n4,emu\n5,cat\n").unwrap();
    let options = ReadOptions { unlabelled: mislabel_io::Unlabelled::Keep, ..ReadOptions::default() };
    let file = LabelFile::read(&path, &options).unwrap();
    let given = file.column(&Classes::Observed).unwrap();
    let decisions = [(0, Decision::Keep), (2, Decision::Relabel(2)), (4, Decision::Exclude)];
    corrections_of(&given, &decisions).write(&file, &given, true, &out).unwrap();
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "n,label\n1,cat\n2,\n3,emu\n4,emu\n");

    let labeled = corrections_of(&given, &[(1, Decision::Relabel(1))]);
    assert_eq!((labeled.labeled(), labeled.labels[&1].from), (1, None));
    labeled.write(&file, &given, false, &out).unwrap();
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "n,label\n1,cat\n2,dog\n3,dog\n4,emu\n5,cat\n");
    let filled = LabelFile::read(&out, &options).unwrap();
    let error =
        labeled.write(&filled, &filled.column(&Classes::Observed).unwrap(), false, &out).unwrap_err().to_string();
    assert!(error.contains("row 1 has the label \"dog\", and the review saw no label"), "{error}");
}
