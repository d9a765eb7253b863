//! Files of labels, written again with one label changed: what was written reads back as that.

#![no_main]

use std::collections::BTreeMap;

use mislabel_fuzz::readers::{MOST_MEMORY, with_file};
use mislabel_io::{Classes, LabelChanges, LabelFile, ReadOptions};

const KINDS: [&str; 8] = ["csv", "tsv", "txt", "jsonl", "json", "npy", "npz", "parquet"];

// As in the target `parquet`.
libfuzzer_sys::fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |bytes: &[u8]| {
    let Some((&first, content)) = bytes.split_first() else { return };
    let extension = KINDS[first as usize % KINDS.len()];
    let choice = ReadOptions { memory_limit: MOST_MEMORY, ..ReadOptions::default() };
    with_file(extension, content, |path| {
        let Ok(labels) = LabelFile::read(path, &choice) else { return };
        let Ok(given) = labels.column(&Classes::Observed) else { return };
        let row = first as usize % labels.samples();
        let class = given.labels.class_count() as u32 - 1;
        let changes = LabelChanges { labels: BTreeMap::from([(row, class)]), ..LabelChanges::default() };
        with_file(extension, b"", |out| {
            if labels.rewrite(&given, &changes, out).is_err() {
                return;
            }
            let again = LabelFile::read(out, &choice).expect("what was written is read");
            assert_eq!(again.samples(), labels.samples());
            let number = |label: &str| label.parse::<f64>().ok();
            for place in 0..labels.samples() {
                let changed = given.written(&[class]);
                let wanted = if place == row { changed.text(0) } else { labels.values().text(place) };
                let found = again.values().text(place);
                // A number may be spelled in another way where all labels are numbers.
                assert!(found == wanted || number(&wanted).is_some_and(|wanted| number(&found) == Some(wanted)), "row {place}");
            }
        });
    });
});
