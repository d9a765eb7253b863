//! Journals of reviews: the lines after a header that fits. Damage is refused with its line, and nothing is changed by reading.

#![no_main]

use std::io::Write as _;

use mislabel_core::{Labels, PartialLabels};
use mislabel_fuzz::readers::with_file;
use mislabel_review::{Corrections, Journal, Settlement};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let labels = Labels::new(vec![0, 1, 1], 2).and_then(|labels| labels.with_class_names(["cat", "dog"]));
    let given = PartialLabels::new(labels.expect("labels"), 4, &[3]).expect("labels of which one is missing");
    with_file("jsonl", b"", |path| {
        drop(Journal::open(path, &given).expect("a new journal"));
        let mut file = std::fs::OpenOptions::new().append(true).open(path).expect("the journal");
        file.write_all(bytes).expect("a file that can be written");
        let before = std::fs::read(path).expect("the journal");
        if let Ok(journal) = Journal::read(path, &given) {
            let board = journal.board();
            for row in 0..4 {
                let _ = (board.verdicts_of(row), board.notes(row), board.is_disputed(row), board.changed_since(0));
            }
            let corrections =
                Corrections::of(board, &given, Settlement::Majority).expect("decisions on samples that exist");
            corrections.apply(&given).expect("classes that exist");
        }
        assert_eq!(std::fs::read(path).expect("the journal"), before);
        let _ = std::fs::remove_file(path.with_extension("jsonl.lock"));
    });
});
