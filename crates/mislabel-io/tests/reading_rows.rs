//! What reading rows checks.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

mod written;

use half::f16;
use mislabel_core::{EmbeddingSource, Error, ProbabilitySource};
use mislabel_io::{EmbeddingFile, ProbabilityFile, ReadOptions};
use ndarray::Array2;
use written::{file, names, npy};

fn embeddings(bytes: Vec<u8>) -> EmbeddingFile {
    let written = file("rows.npy", bytes);
    EmbeddingFile::open(&written.path, &ReadOptions::default()).unwrap()
}

/// Three rows of two halves, of which the one in row 2, column 1 is `value`.
fn halves(value: f16, fortran_order: bool) -> EmbeddingFile {
    let mut values = [f16::ONE; 6];
    values[5] = value;
    let data: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    embeddings(npy("<f2", fortran_order, "(3, 2)", &data))
}

#[test]
fn a_value_that_is_not_finite_is_named_with_its_row_and_column() {
    for fortran_order in [false, true] {
        for (value, shown) in [(f16::NAN, "NaN"), (f16::INFINITY, "inf"), (f16::NEG_INFINITY, "-inf")] {
            let file = halves(value, fortran_order);
            let problem = format!("rows.npy: row 2, column 1 has the value \"{shown}\"");
            let mut out = Array2::zeros((2, 2));
            assert!(file.read_rows(0, out.view_mut()).is_ok());
            assert!(names(&file.read_rows(1, out.view_mut()).unwrap_err(), &problem));
            assert!(names(&file.gather(&[0, 2], out.view_mut()).unwrap_err(), &problem));
            assert!(names(&file.gather(&[2, 0], out.view_mut()).unwrap_err(), &problem));
        }
    }
}

#[test]
fn a_double_beyond_the_range_of_f32_is_named_with_its_value() {
    let data: Vec<u8> = [0.5, 1e39].iter().flat_map(|value: &f64| value.to_le_bytes()).collect();
    let error = embeddings(npy("<f8", false, "(1, 2)", &data)).to_array().unwrap_err();
    assert!(names(&error, "row 0, column 1 has the value \"1000000000000000000000000000000000000000\""));
}

#[test]
fn requests_that_do_not_fit_are_refused() {
    let file = halves(f16::ONE, false);
    let mut out = Array2::zeros((2, 2));
    assert!(matches!(file.read_rows(2, out.view_mut()), Err(Error::OutOfRange { row: 2, .. })));
    assert!(matches!(file.read_rows(usize::MAX, out.view_mut()), Err(Error::OutOfRange { .. })));
    assert!(matches!(file.gather(&[0, 3], out.view_mut()), Err(Error::OutOfRange { row: 3, .. })));
    assert!(matches!(file.gather(&[0], out.view_mut()), Err(Error::LengthMismatch { .. })));
    let mut wide = Array2::zeros((2, 3));
    assert!(matches!(file.read_rows(0, wide.view_mut()), Err(Error::LengthMismatch { .. })));
    assert!(matches!(file.gather(&[0, 1], wide.view_mut()), Err(Error::LengthMismatch { .. })));
    assert!(file.gather(&[], Array2::zeros((0, 2)).view_mut()).is_ok());
    assert!(file.read_rows(3, Array2::zeros((0, 2)).view_mut()).is_ok());
}

#[test]
fn rows_off_the_simplex_are_named() {
    for (values, problem) in [
        ([0.5, 0.5, 0.9, 0.2], "row 1 sums to 1.1"),
        ([0.5, 0.5, -0.5, 1.5], "[1, 0] is -0.5"),
        ([0.5, 0.5, f64::NAN, 0.5], "[1, 0] is NaN"),
    ] {
        let data: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let written = file("probabilities.npy", npy("<f8", false, "(2, 2)", &data));
        let file = ProbabilityFile::open(&written.path, &ReadOptions::default()).unwrap();
        let mut row = Array2::zeros((1, 2));
        assert!(file.read_rows(0, row.view_mut()).is_ok());
        let error = file.read_rows(1, row.view_mut()).unwrap_err();
        assert!(names(&error, problem) && names(&error, "probabilities.npy"));
        assert!(matches!(file.read_rows(2, row.view_mut()), Err(Error::OutOfRange { .. })));
    }
}

#[test]
fn many_rows_are_gathered_from_columns_in_the_order_asked_for() {
    const ROWS: usize = 700;
    let value = |row: usize, column: usize| (row * 3 + column) as f32;
    let data: Vec<u8> = (0..3).flat_map(|c| (0..ROWS).flat_map(move |r| value(r, c).to_le_bytes())).collect();
    let file = embeddings(npy("<f4", true, "(700, 3)", &data));
    let rows: Vec<u32> = (0..1_500).map(|i| (i * 311 % ROWS) as u32).collect();
    let mut out = Array2::zeros((rows.len(), 3));
    file.gather(&rows, out.view_mut()).unwrap();
    assert_eq!(out, Array2::from_shape_fn((rows.len(), 3), |(i, column)| value(rows[i] as usize, column)));
}
