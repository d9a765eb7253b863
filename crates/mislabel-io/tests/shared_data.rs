//! The benchmark files, where they lie beside the workspace; elsewhere these tests say that they skip.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use std::path::{Path, PathBuf};

use mislabel_core::{EmbeddingSource, ErrorMask};
use mislabel_io::{ClassNames, Classes, EmbeddingFile, LabelFile, ProbabilityFile, ReadOptions};

/// The folder `name` of the shared data.
fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if path.is_dir() {
        return Some(path);
    }
    println!("SKIPPED: {} is not there", path.display());
    None
}

fn labels(folder: &Path, names: &[&str], classes: &Classes) -> Vec<mislabel_core::Labels> {
    let read = |name: &&str| LabelFile::read(folder.join(name), &ReadOptions::default()).unwrap();
    let files: Vec<LabelFile> = names.iter().map(read).collect();
    let columns = LabelFile::columns(&files.iter().collect::<Vec<_>>(), classes).unwrap();
    columns.into_iter().map(|column| column.labels).collect()
}

#[test]
fn half_float_embeddings_and_their_labels_are_read() {
    let Some(folder) = shared("banking77_minilm") else { return };
    let embeddings = EmbeddingFile::open(folder.join("embeddings.npy"), &ReadOptions::default()).unwrap();
    assert_eq!(embeddings.shape(), (10_003, 384));
    // Sentence embeddings have length 1, up to the rounding of half floats.
    let rows = embeddings.to_array().unwrap();
    assert!(rows.rows().into_iter().all(|row| (row.dot(&row) - 1.0).abs() < 2e-3));

    let names = ClassNames::read(folder.join("class_names.txt")).unwrap();
    assert_eq!(names.as_slice().len(), 77);
    let files = ["given_symmetric_0.1_seed51.npy", "true_labels.npy"];
    let labels = labels(&folder, &files, &Classes::Names(names));
    let rate = ErrorMask::between(&labels[0], &labels[1]).unwrap().rate();
    assert!((rate - 0.1).abs() < 0.01, "{rate}");
}

#[test]
fn probabilities_in_column_order_and_their_mask_are_read() {
    let Some(folder) = shared("pred_probs/roman_numeral/resnet18") else { return };
    let file = ProbabilityFile::open(folder.join("pred_probs.npy"), &ReadOptions::default()).unwrap();
    let probabilities = file.to_array().unwrap();
    assert_eq!(probabilities.dim(), (2_831, 10));
    let labels = labels(&folder, &["labels.npy"], &Classes::Count(10));
    let largest = |row: ndarray::ArrayView1<'_, f64>| (0..10).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap();
    let agree = probabilities
        .rows()
        .into_iter()
        .zip(labels[0].values())
        .filter(|(row, label)| largest(row.view()) == **label as usize);
    assert!(agree.count() > 2_831 / 2, "a transposed matrix agrees with a tenth of the labels");
    let mask = LabelFile::read(folder.join("label_errors_mask.npy"), &ReadOptions::default()).unwrap();
    assert!(mask.error_mask().unwrap().errors() > 0);
}
