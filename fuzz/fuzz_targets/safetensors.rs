//! `.safetensors` files as embeddings, probabilities, labels.

#![no_main]

use mislabel_fuzz::readers::{read_arrays, read_labels, with_file};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| with_file("safetensors", bytes, |path| {
    read_arrays(path);
    read_labels(path);
}));
