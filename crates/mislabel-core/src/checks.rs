//! Checks for those who implement the traits of this crate: sources, judges, detectors.

use ndarray::{ArrayView1, ArrayView2};

use crate::error::{Error, Result};

/// Checks that `found == expected`, naming `what` otherwise.
///
/// # Errors
/// [`Error::LengthMismatch`] when the two differ.
pub fn same_length(what: &'static str, expected: usize, found: usize) -> Result<()> {
    if expected == found {
        return Ok(());
    }
    Err(Error::LengthMismatch { what, expected, found })
}

/// Checks that `what` has as many classes as the input it belongs to.
///
/// # Errors
/// [`Error::ClassCountMismatch`] unless `found` is `expected`.
pub fn same_class_count(what: &'static str, expected: usize, found: usize) -> Result<()> {
    if found == expected { Ok(()) } else { Err(Error::ClassCountMismatch { what, expected, found }) }
}

/// Checks that rows `start..start + rows` lie within `n`; for implementers of [`EmbeddingSource`](crate::EmbeddingSource).
///
/// # Errors
/// [`Error::OutOfRange`] naming the last row asked for.
pub fn rows_in_range(n: usize, start: usize, rows: usize) -> Result<()> {
    match start.checked_add(rows) {
        Some(end) if end <= n => Ok(()),
        _ => Err(Error::OutOfRange {
            what: "the row range asked for",
            row: start,
            column: 0,
            value: start as f64 + rows as f64,
            low: 0.0,
            high: n as f64,
        }),
    }
}

/// Checks that every value of one row of `what` is finite.
///
/// # Errors
/// [`Error::NotFinite`] naming `row` and the first bad column.
pub fn finite_row(what: &'static str, row: usize, values: ArrayView1<'_, f32>) -> Result<()> {
    // Without an early exit this vectorizes; the search is for the rare case.
    if !values.iter().fold(false, |bad, value| bad | !value.is_finite()) {
        return Ok(());
    }
    match values.iter().position(|v| !v.is_finite()) {
        Some(column) => Err(Error::NotFinite { what, row, column, value: f64::from(values[column]) }),
        None => Ok(()),
    }
}

/// Checks that every row of `rows` is a distribution: entries in [0, 1] that sum to 1 within `tolerance`.
/// `first` is the number of the first row, for messages when `rows` is a block of a larger array.
///
/// # Errors
/// [`Error::OutOfRange`] (NaN too) or [`Error::OffSimplex`], naming the row.
pub fn simplex_rows(what: &'static str, first: usize, rows: ArrayView2<'_, f64>, tolerance: f64) -> Result<()> {
    for (i, row) in rows.outer_iter().enumerate() {
        if !row.to_slice().is_some_and(|row| is_plainly_simplex(row, tolerance)) {
            simplex_row(what, first + i, row, tolerance)?;
        }
    }
    Ok(())
}

fn simplex_row(what: &'static str, row: usize, values: ArrayView1<'_, f64>, tolerance: f64) -> Result<()> {
    // A rounding error above 1 is no defect of the data; anything beyond the tolerance is.
    let bad = values.iter().position(|p| !(0.0..=1.0 + tolerance).contains(p));
    if let Some(column) = bad {
        return Err(Error::OutOfRange { what, row, column, value: values[column], low: 0.0, high: 1.0 });
    }
    let sum = values.sum();
    if (sum - 1.0).abs() > tolerance {
        return Err(Error::OffSimplex { what, row, sum });
    }
    Ok(())
}

/// The check of [`simplex_row`] without saying what is wrong: eight lanes, so that it compiles to vector instructions.
fn is_plainly_simplex(row: &[f64], tolerance: f64) -> bool {
    let (mut least, mut greatest, mut sums) = ([0.0_f64; 8], [0.0_f64; 8], [0.0_f64; 8]);
    let (chunks, rest) = row.as_chunks::<8>();
    let mut last = [0.0; 8];
    last[..rest.len()].copy_from_slice(rest);
    for chunk in chunks.iter().chain([&last]) {
        for (lane, &value) in chunk.iter().enumerate() {
            least[lane] = if value < least[lane] { value } else { least[lane] };
            greatest[lane] = if value > greatest[lane] { value } else { greatest[lane] };
            sums[lane] += value;
        }
    }
    // A NaN makes the sum NaN, which is within no tolerance.
    let in_range = least.iter().all(|p| *p >= 0.0) && greatest.iter().all(|p| *p <= 1.0 + tolerance);
    in_range && (sums.iter().sum::<f64>() - 1.0).abs() <= tolerance
}
