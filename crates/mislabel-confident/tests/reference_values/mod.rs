//! Reading the reference values of cleanlab.
#![allow(dead_code, reason = "every test reads its own part")]

use mislabel_core::{Labels, ProbabilityMatrix};
use ndarray::{Array1, Array2, ArrayView1};
use serde_json::Value;

/// How far values may be from cleanlab's: rounding of sums taken in another order.
pub(crate) const CLOSE: f64 = 1e-9;

pub(crate) fn synthetic() -> Value {
    serde_json::from_str(include_str!("../reference/synthetic.json")).unwrap()
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

pub(crate) fn indices(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|v| v.as_u64().unwrap() as usize).collect()
}

pub(crate) fn matrix(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(numbers).collect();
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).unwrap()
}

pub(crate) fn probabilities(value: &Value) -> ProbabilityMatrix {
    ProbabilityMatrix::new(matrix(value)).unwrap()
}

pub(crate) fn labels(value: &Value, classes: usize) -> Labels {
    Labels::new(indices(value).into_iter().map(|label| label as u32).collect(), classes).unwrap()
}

pub(crate) fn flagged(flags: ArrayView1<'_, bool>) -> Vec<usize> {
    flags.iter().enumerate().filter(|(_, flag)| **flag).map(|(row, _)| row).collect()
}

pub(crate) fn assert_close(what: &str, ours: &[f64], theirs: &[f64]) {
    assert_eq!(ours.len(), theirs.len(), "{what}: lengths");
    for (i, (a, b)) in ours.iter().zip(theirs).enumerate() {
        assert!((a - b).abs() <= CLOSE, "{what}: {a} is not {b} at {i}");
    }
}

pub(crate) fn assert_matrix_close(what: &str, ours: &Array2<f64>, theirs: &Value) {
    let theirs = matrix(theirs);
    assert_eq!(ours.dim(), theirs.dim(), "{what}: shapes");
    assert_close(what, &ours.iter().copied().collect::<Vec<_>>(), &theirs.iter().copied().collect::<Vec<_>>());
}

pub(crate) fn assert_vector_close(what: &str, ours: &Array1<f64>, theirs: &Value) {
    assert_close(what, ours.as_slice().unwrap(), &numbers(theirs));
}
