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
            // A label may look like a header, and make the first row one.
            let Ok(again) = LabelFile::read(out, &choice) else { return };
            if again.samples() != labels.samples() {
                return;
            }
            for place in 0..labels.samples() {
                let wanted = if place == row { given.written(&[class]).text(0).to_string() } else { labels.values().text(place).to_string() };
                assert_eq!(again.values().text(place).to_string(), wanted, "row {place}");
            }
        });
    });
});
