//! Text files as labels and class names, JSON lines as label issues.

#![no_main]

use mislabel_fuzz::readers::{read_class_names, read_issues, read_labels, with_file};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    with_file("txt", bytes, |path| {
        read_labels(path);
        read_class_names(path);
    });
    with_file("jsonl", bytes, read_issues);
});
