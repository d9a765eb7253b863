//! Whether rows look like embeddings.

use std::collections::HashSet;

use mislabel_core::EmbeddingSource as _;
use ndarray::{Array2, ArrayView1, s};

use crate::error::Result;
use crate::rows::embedded::Embedded;

/// Rows that are looked at.
const LOOKED_AT: usize = 256;
/// A mean cosine above this says that rows hardly differ.
const ALIKE: f64 = 0.999;

/// What is odd about the rows of `embedded`, a sentence each; empty where nothing is.
///
/// 256 rows of different contents are looked at, evenly spread: rows of zeros, different contents with the same row, and rows
/// that all point one way, as a model gives them whose input is not what it expects. O(256² d).
///
/// # Errors
/// What keeps the rows from being read.
pub fn oddities(embedded: &Embedded) -> Result<Vec<String>> {
    let rows = looked_at(embedded)?;
    let count = rows.nrows();
    let mut odd = Vec::new();
    let zeros = rows.outer_iter().filter(|row| row.iter().all(|value| *value == 0.0)).count();
    if zeros > 0 {
        odd.push(format!("{zeros} of {count} rows that were looked at are zero everywhere"));
    }
    let bits = |row: ArrayView1<'_, f32>| row.iter().map(|value| value.to_bits()).collect::<Vec<u32>>();
    let distinct = rows.outer_iter().map(bits).collect::<HashSet<_>>().len();
    if distinct < count {
        let problem = "different samples have the same row: is the input what the model expects?";
        odd.push(format!("{} of {count} rows that were looked at are those of others: {problem}", count - distinct));
    }
    if let Some(cosine) = mean_cosine(&rows).filter(|cosine| *cosine > ALIKE) {
        odd.push(format!("the rows hardly differ (mean cosine {cosine:.5}): is the input what the model expects?"));
    }
    Ok(odd)
}

/// Rows of different contents, evenly spread.
fn looked_at(embedded: &Embedded) -> Result<Array2<f32>> {
    let (n, d) = embedded.shape();
    let mut seen = HashSet::new();
    let step = n.div_ceil(LOOKED_AT).max(1);
    let different: Vec<usize> =
        (0..n).step_by(step).filter(|row| seen.insert(embedded.samples()[*row].content)).collect();
    let mut rows = Array2::zeros((different.len(), d));
    for (place, row) in different.into_iter().enumerate() {
        embedded.read_rows(row, rows.slice_mut(s![place..=place, ..]))?;
    }
    Ok(rows)
}

/// The mean cosine of pairs of rows that are not zero; `None` for fewer than two rows.
fn mean_cosine(rows: &Array2<f32>) -> Option<f64> {
    let mut sum = ndarray::Array1::<f64>::zeros(rows.ncols());
    let mut count = 0.0;
    for row in rows.outer_iter() {
        let row = row.mapv(f64::from);
        let length = row.dot(&row).sqrt();
        if length > 0.0 {
            sum += &(row / length);
            count += 1.0;
        }
    }
    // The squared length of the sum counts every pair twice and every row once.
    (count > 1.0).then(|| (sum.dot(&sum) - count) / (count * (count - 1.0)))
}
