//! Files of annotation tools; the first byte says which.

#![no_main]

use mislabel_fuzz::readers::{read_samples, with_file};

/// Formats and the extensions of their files.
const KINDS: [(&str, &str); 14] = [
    ("table", "csv"),
    ("table", "jsonl"),
    ("table", "parquet"),
    ("fiftyone", "csv"),
    ("fiftyone", "json"),
    ("label-studio", "json"),
    ("label-studio", "csv"),
    ("huggingface", "parquet"),
    ("cleanlab", "csv"),
    ("datumaro", "json"),
    ("cvat", "xml"),
    ("labelbox", "ndjson"),
    ("scale", "json"),
    ("argilla", "json"),
];

// The reader turns panics of the Parquet parser into errors, and may. One that it lets through still ends the run,
// since libFuzzer's wrapper aborts on unwinding.
libfuzzer_sys::fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |bytes: &[u8]| {
    let Some((&first, content)) = bytes.split_first() else { return };
    let (format, extension) = KINDS[first as usize % KINDS.len()];
    with_file(extension, content, |path| read_samples(format, path));
});
