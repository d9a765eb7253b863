//! Faulty estimators of the noise transition matrix: counts of the likeliest class against the given one.

use mislabel_core::checks::same_length;
use mislabel_core::{Error, NoiseTransition, Result};
use mislabel_testkit::{LabeledProbabilities, Laws, check_scores};
use ndarray::Array2;

use crate::Fault;

type Case = LabeledProbabilities;

/// Sums of probabilities of the true class by given class, the first samples weighing `weight(row)`.
fn transition(case: &Case, weight: impl Fn(usize) -> f64, prior: impl Fn(usize) -> f64) -> Result<NoiseTransition> {
    same_length("given labels", case.probabilities.nrows(), case.given.len())?;
    let k = case.given.class_count();
    let mut counts = Array2::from_shape_fn((k, k), |(truth, given)| if truth == given { prior(truth) } else { 0.0 });
    for (row, probabilities) in case.probabilities.outer_iter().enumerate() {
        for truth in 0..k {
            counts[[truth, case.given.class(row)]] += weight(row) * probabilities[truth];
        }
    }
    for mut row in counts.outer_iter_mut() {
        let sum = row.sum();
        row /= sum;
    }
    NoiseTransition::from_true_rows(counts)
}

fn sound(case: &Case) -> Result<NoiseTransition> {
    transition(case, |_| 1.0, |_| 1.0)
}

fn forgets_old_samples(case: &Case) -> Result<NoiseTransition> {
    transition(case, |row| 0.9_f64.powi(row as i32), |_| 1.0)
}

fn trusts_class_zero(case: &Case) -> Result<NoiseTransition> {
    transition(case, |_| 1.0, |class| if class == 0 { 2.0 } else { 1.0 })
}

fn is_refused_where_a_class_is_absent(case: &Case) -> Result<NoiseTransition> {
    match case.given.present_classes() < case.given.class_count() {
        true => Err(Error::Empty { what: "a class" }),
        false => sound(case),
    }
}

pub(crate) fn faults() -> Vec<Fault> {
    let fault = |name, laws, estimator: fn(&Case) -> Result<NoiseTransition>| {
        Fault::new(name, laws, move || check_scores(&estimator, &Laws::default()))
    };
    vec![
        fault("old samples are forgotten", &["sample order does not matter"], forgets_old_samples),
        fault("class 0 is trusted more", &["class names do not matter"], trusts_class_zero),
        fault("an absent class is refused", &["sound input is accepted"], is_refused_where_a_class_is_absent),
    ]
}

#[test]
fn without_a_fault_the_laws_hold() {
    let verdict = check_scores(&sound, &Laws { cases: 200, ..Laws::default() });
    assert!(verdict.is_ok(), "{}", verdict.unwrap_err());
}
