//! Laws of methods that promise not to depend on the scale of embeddings, or on their axes.

use crate::cases::case::Case;
use crate::cases::rows::LabeledRows;
use crate::change::Change;
use crate::laws::answer::{Answer, Correspondence};
use crate::laws::verdicts::{Law, Scoring, after, both, broken};

/// Every feature times `factor` changes no quality, score, flag or suggestion. A power of two loses no digit.
///
/// # Errors
/// The violation.
pub fn scale_does_not_matter<A: Answer>(
    judge: &Scoring<'_, LabeledRows, A>,
    case: &LabeledRows,
    factor: f32,
    tolerance: f64,
) -> Law {
    let law = moved("scale does not matter", judge, case, &case.scaled(factor), tolerance);
    after(|| Change::Scale(factor), law)
}

/// Feature j taken from `axes[j]`, a permutation of 0..d, with its sign turned where that is `turned`, `(d,)`, changes no quality,
/// score, flag or suggestion: a rotation, or a reflection, that loses no digit.
///
/// # Errors
/// The violation.
pub fn rotation_does_not_matter<A: Answer>(
    judge: &Scoring<'_, LabeledRows, A>,
    case: &LabeledRows,
    axes: &[usize],
    turned: &[bool],
    tolerance: f64,
) -> Law {
    let law = moved("rotation does not matter", judge, case, &case.rotated(axes, turned), tolerance);
    after(|| Change::Rotation { axes: axes.to_vec(), turned: turned.to_vec() }, law)
}

fn moved<A: Answer>(
    law: &'static str,
    judge: &Scoring<'_, LabeledRows, A>,
    case: &LabeledRows,
    moved: &LabeledRows,
    tolerance: f64,
) -> Law {
    let Some((plain, moved)) = both(law, judge, case, moved)? else { return Ok(()) };
    let rows: Vec<usize> = (0..case.given().len()).collect();
    let names: Vec<u32> = (0..case.given().class_count() as u32).collect();
    let by = Correspondence { rows: &rows, names: &names, tolerance, named_classes: true };
    plain.agrees(&moved, &by).or_else(|breach| broken(law, breach))
}
