//! The laws of noise models.

use mislabel_core::{Labels, NoiseModel, NoisyLabels};

use crate::change::Change;
use crate::laws::verdicts::{Law, after, broken, unpanicked};
use crate::violation::Breach;

/// A noise model keeps the number of samples, the classes and their names; its mask is true exactly where the given label
/// differs from the true one; and the same labels and seed give the same noise. On labels that it refuses it says the same
/// error again, and never panics.
///
/// # Errors
/// The violation.
pub fn noise_is_what_it_says(model: &dyn NoiseModel, truth: &Labels, seed: u64) -> Law {
    const LAW: &str = "noise is what it says";
    let corrupted = || unpanicked(LAW, || model.corrupt(truth, seed));
    match (corrupted()?, corrupted()?) {
        (Ok(first), Ok(again)) => {
            belongs(LAW, truth, &first)?;
            mask_is_right(LAW, truth, &first)?;
            after(|| Change::Again, is_the_same(LAW, &first, &again))
        }
        (Err(first), Err(again)) if first.to_string() == again.to_string() => Ok(()),
        (Err(first), Err(again)) => {
            broken(LAW, Breach::OtherError { expected: first.to_string(), found: again.to_string() })
        }
        (Ok(_), Err(error)) => broken(LAW, Breach::RefusedOnce { error: error.to_string(), is_changed: true }),
        (Err(error), Ok(_)) => broken(LAW, Breach::RefusedOnce { error: error.to_string(), is_changed: false }),
    }
}

fn belongs(law: &'static str, truth: &Labels, noisy: &NoisyLabels) -> Law {
    let given = &noisy.given;
    let counts = [
        ("given labels", truth.len(), given.len()),
        ("places of the mask", truth.len(), noisy.errors.len()),
        ("classes", truth.class_count(), given.class_count()),
        ("class names", truth.class_names().map_or(0, <[_]>::len), given.class_names().map_or(0, <[_]>::len)),
    ];
    match counts.into_iter().find(|(_, expected, found)| expected != found) {
        Some((what, expected, found)) => broken(law, Breach::WrongShape { what, expected, found }),
        None => Ok(()),
    }
}

fn mask_is_right(law: &'static str, truth: &Labels, noisy: &NoisyLabels) -> Law {
    let is_error = |row: usize| noisy.given.values()[row] != truth.values()[row];
    match (0..truth.len()).find(|row| noisy.errors.as_slice()[*row] != is_error(*row)) {
        Some(row) => {
            let (expected, found) = (f64::from(u8::from(is_error(row))), f64::from(u8::from(!is_error(row))));
            broken(law, Breach::Differs { column: "error mask", row, expected, found })
        }
        None => Ok(()),
    }
}

fn is_the_same(law: &'static str, first: &NoisyLabels, again: &NoisyLabels) -> Law {
    let values = first.given.values().iter().zip(again.given.values());
    match values.enumerate().find(|(_, (a, b))| a != b) {
        Some((row, (a, b))) => {
            let (expected, found) = (f64::from(*a), f64::from(*b));
            broken(law, Breach::Differs { column: "given label", row, expected, found })
        }
        None => Ok(()),
    }
}
