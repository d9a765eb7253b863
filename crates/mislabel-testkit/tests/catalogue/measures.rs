//! Faulty measures of rankings.

use mislabel_core::{Error, ErrorMask, LabelQuality, Result};
use mislabel_testkit::{Laws, check_metric_laws};

use crate::Fault;

/// The share of pairs of an error and a right label in the right order; half for ties.
fn auroc(quality: &LabelQuality, errors: &ErrorMask, tie: f64) -> f64 {
    let of = |wanted: bool| {
        let rows = quality.as_slice().iter().zip(errors.as_slice());
        rows.filter(move |(_, is_error)| **is_error == wanted).map(|(quality, _)| *quality)
    };
    let pairs: Vec<(f64, f64)> = of(true).flat_map(|wrong| of(false).map(move |right| (wrong, right))).collect();
    let won = |(wrong, right): &(f64, f64)| {
        if wrong < right {
            1.0
        } else if wrong == right {
            tie
        } else {
            0.0
        }
    };
    pairs.iter().map(won).sum::<f64>() / pairs.len() as f64
}

fn sound(quality: &LabelQuality, errors: &ErrorMask) -> Result<f64> {
    Ok(auroc(quality, errors, 0.5))
}

fn precision_by_index(quality: &LabelQuality, errors: &ErrorMask) -> Result<f64> {
    let top = errors.error_count();
    let found = quality.ranking().into_iter().take(top).filter(|row| errors.as_slice()[*row]).count();
    Ok(found as f64 / top as f64)
}

fn upside_down(quality: &LabelQuality, errors: &ErrorMask) -> Result<f64> {
    Ok(1.0 - auroc(quality, errors, 0.5))
}

fn of_a_threshold(quality: &LabelQuality, errors: &ErrorMask) -> Result<f64> {
    let found =
        quality.as_slice().iter().zip(errors.as_slice()).filter(|(quality, is_error)| **is_error && **quality < 0.5);
    Ok(found.count() as f64 / errors.error_count() as f64)
}

fn of_nothing_flagged(quality: &LabelQuality, errors: &ErrorMask) -> Result<f64> {
    let flagged = || quality.as_slice().iter().zip(errors.as_slice()).filter(|(quality, _)| **quality == 0.0);
    Ok(flagged().filter(|(_, is_error)| **is_error).count() as f64 / flagged().count() as f64)
}

fn of_distinct_qualities(quality: &LabelQuality, errors: &ErrorMask) -> Result<f64> {
    let mut values = quality.as_slice().to_vec();
    values.dedup();
    if values.len() < quality.as_slice().len() {
        return Err(Error::Undefined { quantity: "the measure", reason: "neighbors tie" });
    }
    sound(quality, errors)
}

pub(crate) fn faults() -> Vec<Fault> {
    let fault = |name, laws, measure: fn(&LabelQuality, &ErrorMask) -> Result<f64>| {
        Fault::new(name, laws, move || check_metric_laws(&measure, &Laws::default()))
    };
    const ORDER: &[&str] = &["the order of ranked samples does not matter"];
    vec![
        fault("precision with ties by index", ORDER, precision_by_index),
        fault("a measure upside down", &["a better ranking is not worse"], upside_down),
        fault("a threshold on quality", &["only the order of quality matters"], of_a_threshold),
        fault("0/0 where nothing is flagged", &["metrics are numbers"], of_nothing_flagged),
        fault("ties that lie side by side are refused", ORDER, of_distinct_qualities),
    ]
}

#[test]
fn without_a_fault_the_laws_hold() {
    let verdict = check_metric_laws(&sound, &Laws { cases: 1000, ..Laws::default() });
    assert!(verdict.is_ok(), "{}", verdict.unwrap_err());
}
