//! Transition matrices of the usual noise models.

use mislabel_core::{Error, NoiseTransition, Result};
use ndarray::Array2;

use crate::asymmetric::{checked_classes, next_class};
use crate::rate::checked_rate;

/// The most classes of a matrix made here: its entries take 34 GB.
const MOST_CLASSES: usize = 65_536;

/// The matrix of symmetric noise over `classes` classes: 1 − η on the diagonal and η / (k − 1) elsewhere, η being
/// `rate` in [0, 1].
///
/// ```
/// use mislabel_noise::symmetric_transition;
///
/// assert_eq!(symmetric_transition(3, 0.5)?.view().row(0).to_vec(), [0.5, 0.25, 0.25]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Parameter`] for the rate or for more than 65,536 classes, [`Error::Empty`] without classes,
/// [`Error::TooFewClasses`] for a rate above 0 with one class.
pub fn symmetric_transition(classes: usize, rate: f64) -> Result<NoiseTransition> {
    check(classes, rate)?;
    let off = if classes > 1 { rate / (classes - 1) as f64 } else { 0.0 };
    let entry = |(truth, given): (usize, usize)| if truth == given { 1.0 - rate } else { off };
    NoiseTransition::from_true_rows(Array2::from_shape_fn((classes, classes), entry))
}

/// The matrix of pair flips over `classes` classes: class i is given i + 1 modulo k with probability `rate`.
///
/// # Errors
/// As [`symmetric_transition`].
pub fn pair_flip_transition(classes: usize, rate: f64) -> Result<NoiseTransition> {
    check(classes, rate)?;
    let targets: Vec<u32> = (0..classes).map(|class| next_class(class, classes)).collect();
    class_map_transition(&targets, rate)
}

/// The matrix of asymmetric noise: class i is given `targets[i]`, `(k,)`, with probability `rate` in [0, 1]; a class
/// that is its own target keeps its labels.
///
/// # Errors
/// [`Error::Parameter`] for the rate or for more than 65,536 classes, [`Error::Empty`] without classes,
/// [`Error::LabelOutOfRange`] for a target that is no class.
pub fn class_map_transition(targets: &[u32], rate: f64) -> Result<NoiseTransition> {
    checked_rate(rate)?;
    check_class_count(targets.len())?;
    checked_classes(targets)?;
    let mut matrix = Array2::eye(targets.len());
    for (class, &target) in targets.iter().enumerate().filter(|(class, target)| *class != **target as usize) {
        matrix[[class, class]] = 1.0 - rate;
        matrix[[class, target as usize]] = rate;
    }
    NoiseTransition::from_true_rows(matrix)
}

/// Checks that a matrix over `classes` classes fits in memory.
pub(crate) fn check_class_count(classes: usize) -> Result<()> {
    if classes <= MOST_CLASSES {
        return Ok(());
    }
    Err(Error::parameter("classes", classes, "at most 65536"))
}

fn check(classes: usize, rate: f64) -> Result<()> {
    checked_rate(rate)?;
    check_class_count(classes)?;
    if classes == 1 && rate > 0.0 {
        return Err(Error::TooFewClasses { found: 1, classes, needed: 2 });
    }
    Ok(())
}
