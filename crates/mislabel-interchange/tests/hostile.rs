//! Damaged files are read or refused; nothing panics.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

mod fixture;

use std::path::Path;

use fixture::golden;
use mislabel_interchange::{Format, ReadOptions, WriteOptions};
use proptest::prelude::*;

/// A file that a format reads, as it is and where it lies in the folder that is read.
const FILES: [(&str, &str, &str); 22] = [
    ("table", "ours/table.csv", "t.csv"),
    ("table", "ours/table.jsonl", "t.jsonl"),
    ("table", "theirs/pandas/table.parquet", "t.parquet"),
    ("fiftyone", "theirs/fiftyone/dataset/samples.json", "f/samples.json"),
    ("fiftyone", "theirs/fiftyone/dataset/metadata.json", "f/metadata.json"),
    ("fiftyone", "theirs/fiftyone/view.csv", "v.csv"),
    ("fiftyone", "theirs/fiftyone/classification/labels.json", "labels.json"),
    ("label-studio", "theirs/label-studio/label-studio.json", "l.json"),
    ("label-studio", "theirs/label-studio/label-studio.min.json", "m.json"),
    ("label-studio", "theirs/label-studio/label-studio.csv", "l.csv"),
    ("huggingface", "theirs/huggingface/train.parquet", "h.parquet"),
    ("huggingface", "theirs/huggingface/bytes.parquet", "b.parquet"),
    ("huggingface", "ours/huggingface/metadata.csv", "metadata.csv"),
    ("cleanlab", "theirs/cleanlab/datalab.csv", "c.csv"),
    ("cleanlab", "theirs/cleanlab/datalab.parquet", "c.parquet"),
    ("datumaro", "theirs/datumaro/annotations/train.json", "train.json"),
    ("cvat", "theirs/datumaro/cvat.xml", "a.xml"),
    ("labelbox", "by_hand/labelbox-export.ndjson", "e.ndjson"),
    ("labelbox", "theirs/labelbox/prelabels.ndjson", "p.ndjson"),
    ("scale", "by_hand/scale-tasks.json", "s.json"),
    ("argilla", "theirs/argilla/records.json", "r.json"),
    ("prodigy", "by_hand/prodigy.jsonl", "p.jsonl"),
];

fn read(format: &str, folder: &Path, name: &str, bytes: &[u8]) {
    let Ok(format) = format.parse::<Format>() else { return };
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    if let Some(other) = name.strip_prefix("f/") {
        for kept in ["samples.json", "metadata.json"].into_iter().filter(|kept| *kept != other) {
            std::fs::copy(golden().join("theirs/fiftyone/dataset").join(kept), folder.join("f").join(kept)).unwrap();
        }
    }
    std::fs::write(&path, bytes).unwrap();
    let path = if name.starts_with("f/") { folder.join("f") } else { path };
    if let Ok(received) = format.read(&path, &ReadOptions::default()) {
        // What was read can be written.
        Format::Table.write(&received.samples, folder.join("again.jsonl"), &WriteOptions::default()).ok();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_do_not_panic(
        file in 0..FILES.len(),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        end in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let (format, golden_file, name) = FILES[file];
        let mut bytes = std::fs::read(golden().join(golden_file)).unwrap();
        for (place, value) in places {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if let Some(end) = end {
            bytes.truncate(end.index(bytes.len()));
        }
        let folder = tempfile::tempdir().unwrap();
        read(format, folder.path(), name, &bytes);
    }
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in [("a.json", Format::LabelStudio), ("s.json", Format::Scale), ("r.json", Format::Argilla)] {
        let path = folder.path().join(name);
        std::fs::write(&path, &deep).unwrap();
        assert!(format.read(&path, &ReadOptions::default()).is_err());
    }
    #[cfg(feature = "cvat")]
    {
        let path = folder.path().join("a.xml");
        std::fs::write(&path, "<a>".repeat(100_000)).unwrap();
        assert!(
            Format::Cvat
                .read(&path, &ReadOptions::default())
                .map(|received| received.samples.len())
                .is_ok_and(|n| n == 0)
        );
    }
}
