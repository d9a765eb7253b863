//! Verified labels in every format; the first byte says which.

#![no_main]

use mislabel_core::Labels;
use mislabel_fuzz::readers::{read_verified, with_file};
use mislabel_io::{LabelColumn, LabelForm};

const KINDS: [&str; 8] = ["csv", "tsv", "jsonl", "json", "parquet", "arrow", "npz", "safetensors"];

// As in the target `parquet`.
libfuzzer_sys::fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |bytes: &[u8]| {
    let Some((&first, content)) = bytes.split_first() else { return };
    let given = Labels::new(vec![0, 1, 2, 1], 3).and_then(|labels| labels.with_class_names(["cat", "dog", "7"]));
    let given = LabelColumn::new(given.expect("labels"), LabelForm::Strings);
    with_file(KINDS[usize::from(first) % KINDS.len()], content, |path| read_verified(path, &given));
});
