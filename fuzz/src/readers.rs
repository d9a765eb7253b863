//! Readers of files, given bytes as a file.
//!
//! A reader may return anything but must not panic, hang, or take more memory than [`MOST_MEMORY`] and the file.

use std::path::Path;

use mislabel_core::{EmbeddingSource, ProbabilitySource};
use mislabel_interchange::Format;
use mislabel_io::{
    ClassNames, Classes, EmbeddingFile, IssueTable, LabelColumn, LabelFile, ProbabilityFile, ReadOptions, Unlabelled,
    VerifiedFile, sample_columns,
};
use ndarray::Array2;

/// Bytes that the readers may take for data that cannot be mapped.
pub const MOST_MEMORY: u64 = 1 << 20;

/// Hands the path of a temporary file with this extension and content to `read`.
pub fn with_file(extension: &str, bytes: &[u8], read: impl FnOnce(&Path)) {
    let file = tempfile::Builder::new().suffix(&format!(".{extension}")).tempfile().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("a file that can be written");
    read(file.path());
}

fn choices() -> [ReadOptions; 3] {
    let unlabelled = Unlabelled::Keep;
    let choice = ReadOptions { memory_limit: MOST_MEMORY, unlabelled, ..ReadOptions::default() };
    let named = ReadOptions { array: Some("a".into()), ..choice.clone() };
    [choice.clone(), named, ReadOptions { exclude: vec!["label".into()], ..choice }]
}

/// Reads `path` as embeddings and as probabilities: first and last row, and all where they are few.
pub fn read_arrays(path: &Path) {
    for choice in choices() {
        let Ok(file) = EmbeddingFile::open(path, &choice) else { continue };
        let (n, d) = file.shape();
        let mut row = Array2::zeros((1, d));
        let _ = file.read_rows(n - 1, row.view_mut());
        let _ = file.gather(&[0], row.view_mut());
        if n.saturating_mul(d) < 1 << 16 {
            let _ = file.to_array();
        }
        if let Ok(file) = ProbabilityFile::open(path, &choice) {
            let _ = file.read_rows(0, Array2::zeros((1, d)).view_mut());
        }
    }
}

/// Reads `path` as labels, and joins them to classes.
pub fn read_labels(path: &Path) {
    for choice in choices() {
        let Ok(file) = LabelFile::read(path, &choice) else { continue };
        let _ = file.error_mask();
        let _ = sample_columns(path, &choice, file.understanding(), true);
        let _ = file.column(&Classes::Count(3));
        if let Ok(column) = file.column(&Classes::Observed) {
            assert!(column.labels.values().iter().all(|&label| (label as usize) < column.labels.class_count()));
            assert_eq!(column.labels.len(), file.values().len());
            assert_eq!(column.samples(), file.samples());
        }
    }
}

/// Reads `path` as a table of label issues; what is read can be written.
pub fn read_issues(path: &Path) {
    if let Ok(table) = IssueTable::read(path) {
        let mut csv = Vec::new();
        table.write_csv(&mut csv).expect("memory can be written");
    }
}

/// Reads `path` as verified labels, and joins them to `given`.
pub fn read_verified(path: &Path, given: &LabelColumn) {
    let choice = ReadOptions { memory_limit: MOST_MEMORY, ..ReadOptions::default() };
    let Ok(file) = VerifiedFile::read(path, &choice) else { return };
    let Ok(verified) = file.labels(given) else { return };
    assert!(verified.samples().iter().all(|sample| *sample < given.labels.len()));
    assert!(verified.labels().iter().all(|label| (*label as usize) < given.labels.class_count()));
}

/// Reads `path` as class names.
pub fn read_class_names(path: &Path) {
    let _ = ClassNames::read(path);
}

/// Reads `path` as samples in a format; what is read can be written.
pub fn read_samples(format: &str, path: &Path) {
    let format: Format = format.parse().expect("a format");
    let options = mislabel_interchange::ReadOptions { most_bytes: MOST_MEMORY, ..Default::default() };
    if let Ok(received) = format.read(path, &options) {
        let again = path.with_extension("again.jsonl");
        let _ = Format::Table.write(&received.samples, &again, &mislabel_interchange::WriteOptions::default());
        let _ = std::fs::remove_file(again);
    }
}
