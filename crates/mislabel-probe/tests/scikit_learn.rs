//! The regression has the optimum of scikit-learn's `LogisticRegression(C = 1/λ)`; values by `tests/reference/make.py`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use mislabel_core::{Labels, Run};
use mislabel_probe::{ProbabilityModel, SoftmaxModel, SoftmaxRegression, TrainingSet};
use ndarray::{Array1, Array2};
use serde_json::Value;

/// Products and exponentials are f32: coefficients are known to about the root of its precision, 3e-4, where the
/// objective is flat, and better where it is not. Relative to max(1, |coefficient|).
const COEFFICIENT: f64 = 3e-4;

/// A probability moves by at most a quarter of what its logits move, here sums of a few such coefficients.
const PROBABILITY: f64 = 2e-4;

/// The relative objective, which is flat at the optimum.
const OBJECTIVE: f64 = 1e-6;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn matrix(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(numbers).collect();
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).unwrap()
}

struct Case {
    name: String,
    rows: Array2<f32>,
    labels: Labels,
    weights: Option<Vec<f64>>,
    l2: f64,
    reference: Value,
}

fn cases() -> Vec<Case> {
    let cases: Vec<Value> = serde_json::from_str(include_str!("reference/softmax.json")).unwrap();
    cases.into_iter().map(case).collect()
}

fn case(reference: Value) -> Case {
    let labels = numbers(&reference["labels"]).into_iter().map(|label| label as u32).collect();
    Case {
        name: reference["name"].as_str().unwrap().to_owned(),
        rows: matrix(&reference["rows"]).mapv(|x| x as f32),
        labels: Labels::new(labels, reference["classes"].as_u64().unwrap() as usize).unwrap(),
        weights: reference["weights"].as_array().map(|_| numbers(&reference["weights"])),
        l2: reference["lambda"].as_f64().unwrap(),
        reference,
    }
}

fn fitted(case: &Case) -> SoftmaxModel {
    let training = TrainingSet::new(case.rows.view(), &case.labels, case.weights.as_deref()).unwrap();
    let regression = SoftmaxRegression { l2: Some(case.l2), tolerance: 1e-8, ..SoftmaxRegression::default() };
    regression.model(&training, &Run::quiet()).unwrap()
}

fn assert_close(name: &str, ours: &Array2<f64>, theirs: &Array2<f64>, tolerance: f64) {
    assert_eq!(ours.dim(), theirs.dim(), "{name}");
    for ((place, ours), theirs) in ours.indexed_iter().zip(theirs) {
        let limit = tolerance * theirs.abs().max(1.0);
        assert!((ours - theirs).abs() <= limit, "{name}: {ours} is not {theirs} at {place:?}");
    }
}

/// Rows of all classes, or for two classes the one row of their difference.
fn as_scikit_learn_has_it(rows: &Array2<f64>) -> Array2<f64> {
    if rows.nrows() != 2 {
        return rows.clone();
    }
    (&rows.row(1) - &rows.row(0)).insert_axis(ndarray::Axis(0))
}

#[test]
fn coefficients_and_intercepts_equal_those_of_scikit_learn() {
    for case in cases() {
        let model = fitted(&case);
        let coefficients = as_scikit_learn_has_it(&model.coefficients());
        assert_close(&case.name, &coefficients, &matrix(&case.reference["coefficients"]), COEFFICIENT);
        let intercepts = as_scikit_learn_has_it(&model.intercepts().insert_axis(ndarray::Axis(1)));
        let theirs = Array1::from(numbers(&case.reference["intercepts"])).insert_axis(ndarray::Axis(1));
        assert_close(&case.name, &intercepts, &theirs, COEFFICIENT);
    }
}

#[test]
fn probabilities_equal_those_of_scikit_learn() {
    for case in cases() {
        let ours = fitted(&case).probabilities(case.rows.view()).unwrap();
        assert_close(&case.name, &ours, &matrix(&case.reference["probabilities"]), PROBABILITY);
    }
}

#[test]
fn the_objective_equals_that_of_scikit_learn() {
    for case in cases() {
        let total = case.weights.as_ref().map_or(case.rows.nrows() as f64, |weights| weights.iter().sum());
        let (ours, theirs) = (fitted(&case).objective() * total, case.reference["objective"].as_f64().unwrap());
        assert!((ours / theirs - 1.0).abs() <= OBJECTIVE, "{}: {ours} is not {theirs}", case.name);
    }
}
