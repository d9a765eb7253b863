//! Arrow files and streams as embeddings, probabilities, labels and label issues.

#![no_main]

use mislabel_fuzz::readers::{read_arrays, read_issues, read_labels, with_file};

// The reader turns panics of the parser into errors, and may. One that it lets through still ends the run.
libfuzzer_sys::fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |bytes: &[u8]| {
    with_file("arrow", bytes, |path| {
        read_arrays(path);
        read_labels(path);
        read_issues(path);
    });
});
