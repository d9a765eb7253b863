//! JSON lines and JSON arrays as embeddings, labels and label issues.

#![no_main]

use mislabel_fuzz::readers::{read_arrays, read_issues, read_labels, with_file};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for extension in ["jsonl", "json"] {
        with_file(extension, bytes, |path| {
            read_arrays(path);
            read_labels(path);
            read_issues(path);
        });
    }
});
