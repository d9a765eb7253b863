//! The files of real datasets are read.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use mislabel_core::{EmbeddingSource, ErrorMask};
use mislabel_io::{ClassNames, Classes, LabelFile, ReadOptions};
use mislabel_tests::Dataset;

/// Half floats round entries by up to 2⁻¹¹ = 4.9e-4 of them, a squared length by up to twice that.
const HALF_FLOATS: f32 = 2e-3;

/// Three standard errors of a share of 0.1 of 10,003 samples: 3·√(0.1·0.9/10,003) = 0.009.
const RATE: f64 = 0.01;

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn half_float_embeddings_and_their_labels_are_read() {
    let data = Dataset::open("banking77_minilm");
    let embeddings = data.embeddings();
    assert_eq!(embeddings.shape(), (10_003, 384));
    // Sentence embeddings have length 1.
    let rows = embeddings.to_array().unwrap();
    assert!(rows.rows().into_iter().all(|row| (row.dot(&row) - 1.0).abs() < HALF_FLOATS));

    let names = ClassNames::read(data.path("class_names.txt")).unwrap();
    assert_eq!(names.as_slice().len(), 77);
    let files = ["given_symmetric_0.1_seed51.npy", "true_labels.npy"];
    let [given, truth] = data.labels(files, &Classes::Names(names));
    let rate = ErrorMask::between(&given, &truth).unwrap().rate();
    assert!((rate - 0.1).abs() < RATE, "{rate}");
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn probabilities_in_column_order_and_their_mask_are_read() {
    let data = Dataset::open("pred_probs/roman_numeral/resnet18");
    let probabilities = data.probabilities().to_array().unwrap();
    assert_eq!(probabilities.dim(), (2_831, 10));
    let [labels] = data.labels(["labels.npy"], &Classes::Count(10));
    let largest = |row: ndarray::ArrayView1<'_, f64>| (0..10).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap();
    let agree = probabilities
        .rows()
        .into_iter()
        .zip(labels.values())
        .filter(|(row, label)| largest(row.view()) == **label as usize);
    assert!(agree.count() > 2_831 / 2, "a transposed matrix agrees with a tenth of the labels");
    let mask = LabelFile::read(data.path("label_errors_mask.npy"), &ReadOptions::default()).unwrap();
    assert!(mask.error_mask().unwrap().error_count() > 0);
}
