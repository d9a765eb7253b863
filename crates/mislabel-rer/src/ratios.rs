//! The reconstruction error ratio of every sample.

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{Error, ErrorSummary, LabelQuality, Labels, Result};

use crate::division::ErrorDivision;

/// Reconstruction error ratios χ of n samples, and the classes that reconstruct them better.
///
/// χ(x) = Δ_ỹ(x) / min_{c≠ỹ} Δ_c(x) (arXiv:2412.02596): above 1 another class reconstructs the sample
/// better than its given one. Every χ is finite and positive, within [1e-12, 1e12]. Errors below 2⁻²³ of the
/// dataset's typical error are rounding and count as that much: two of them make χ = 1, a lone one in the
/// denominator a large finite χ.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Ratios {
    values: Vec<f64>,
    suggested: Labels,
    runner_up: Vec<f64>,
    suggestion_margin: Option<Vec<f64>>,
}

impl Ratios {
    /// The ratios of the errors of n samples under the labels `given`, `(n,)`, that the errors were gathered with.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the two differ in samples or classes, [`Error::Undefined`] when a sample's best
    /// *other* class is its given one: the errors belong to other labels.
    pub fn new(errors: &ErrorSummary, given: &Labels) -> Result<Self> {
        belong_together(errors, given)?;
        let division = ErrorDivision::on_scale_of(errors);
        let ratios = |above: &[f64], below: &[f64]| -> Vec<f64> {
            above.iter().zip(below).map(|(above, below)| division.ratio(*above, *below)).collect()
        };
        let (own, other, second) = (errors.own(), errors.least_other(), errors.second_least_other());
        Ok(Self {
            values: ratios(own, other),
            suggested: given.with_values(errors.least_other_class().to_vec())?,
            runner_up: runner_up(errors, division),
            suggestion_margin: (errors.reconstructors() > 2).then(|| ratios(second, other)),
        })
    }

    /// The number of samples n, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "ratios are never empty")]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// χ of every sample, `(n,)`: higher is more suspect.
    pub fn as_slice(&self) -> &[f64] {
        &self.values
    }

    /// The other class that reconstructs each sample best, `(n,)`; never its given label.
    pub fn suggested(&self) -> &Labels {
        &self.suggested
    }

    /// Second best over best error among *all* classes, `(n,)`, at least 1: how clearly one class wins.
    pub fn runner_up(&self) -> &[f64] {
        &self.runner_up
    }

    /// Second best over best error among the classes *other* than the given one, `(n,)`, at least 1: how clearly the
    /// suggested label beats other suggestions. `None` when only two classes have reconstructors.
    pub fn suggestion_margin(&self) -> Option<&[f64]> {
        self.suggestion_margin.as_deref()
    }

    /// Label quality 1/(1 + χ), `(n,)`: ½ at χ = 1, lower is more suspect.
    ///
    /// # Errors
    /// None in practice: every χ is finite and positive.
    pub fn quality(&self) -> Result<LabelQuality> {
        LabelQuality::new(self.values.iter().map(|ratio| 1.0 / (1.0 + ratio)).collect())
    }

    /// How many samples have χ above `threshold`.
    pub fn above(&self, threshold: f64) -> usize {
        self.values.iter().filter(|ratio| **ratio > threshold).count()
    }

    /// The share of samples with χ > 1, in [0, 1].
    pub fn share_above_one(&self) -> f64 {
        self.above(1.0) as f64 / self.len() as f64
    }
}

/// Checks that `errors` were gathered under the labels `given`.
pub(crate) fn belong_together(errors: &ErrorSummary, given: &Labels) -> Result<()> {
    same_length("given labels", errors.len(), given.len())?;
    same_class_count("the given labels", errors.class_count(), given.class_count())?;
    if errors.least_other_class().iter().zip(given.values()).any(|(other, given)| other == given) {
        return Err(Error::Undefined {
            quantity: "the reconstruction error ratio",
            reason: "the errors were gathered under other labels (a best other class is the given one)",
        });
    }
    Ok(())
}

/// Second best over best of all classes.
fn runner_up(errors: &ErrorSummary, division: ErrorDivision) -> Vec<f64> {
    let columns = errors.own().iter().zip(errors.least_other()).zip(errors.second_least_other());
    let ratio = |((&own, &other), &second): ((&f64, &f64), &f64)| {
        if own <= other { division.ratio(other, own) } else { division.ratio(own.min(second), other) }
    };
    columns.map(ratio).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn three_classes() -> (ErrorSummary, Labels) {
        let given = Labels::new(vec![0, 0, 2], 3).unwrap();
        let errors = array![[1.0, 2.0, 8.0], [6.0, 2.0, 3.0], [4.0, 2.0, 3.0]];
        (ErrorSummary::from_dense(errors.view(), &given).unwrap(), given)
    }

    #[test]
    fn the_ratio_is_own_error_over_the_least_other_error() {
        let (errors, given) = three_classes();
        let ratios = Ratios::new(&errors, &given).unwrap();
        assert_eq!(ratios.as_slice(), [0.5, 3.0, 1.5]);
        assert_eq!(ratios.suggested().values(), [1, 1, 1]);
        assert_eq!(ratios.quality().unwrap().as_slice(), [1.0 / 1.5, 0.25, 0.4]);
        assert_eq!(ratios.share_above_one(), 2.0 / 3.0);
    }

    #[test]
    fn the_runner_up_ranks_all_classes_and_the_margin_only_the_others() {
        let (errors, given) = three_classes();
        let ratios = Ratios::new(&errors, &given).unwrap();
        assert_eq!(ratios.runner_up().to_vec(), [2.0, 1.5, 1.5]);
        assert_eq!(ratios.suggestion_margin().unwrap().to_vec(), [4.0, 1.5, 2.0]);
    }

    #[test]
    fn two_classes_have_no_suggestion_margin_but_a_runner_up() {
        let given = Labels::new(vec![0, 1], 2).unwrap();
        let errors = ErrorSummary::from_dense(array![[1.0, 4.0], [1.0, 4.0]].view(), &given).unwrap();
        let ratios = Ratios::new(&errors, &given).unwrap();
        assert!(ratios.suggestion_margin().is_none());
        assert_eq!(ratios.runner_up().to_vec(), [4.0, 4.0]);
    }

    #[test]
    fn errors_gathered_under_other_labels_are_refused() {
        let (errors, _) = three_classes();
        let shorter = Labels::new(vec![0, 0], 3).unwrap();
        assert!(matches!(Ratios::new(&errors, &shorter), Err(Error::LengthMismatch { expected: 3, found: 2, .. })));
        let more_classes = Labels::new(vec![0, 0, 2], 4).unwrap();
        assert!(matches!(Ratios::new(&errors, &more_classes), Err(Error::ClassCountMismatch { .. })));
        let others = Labels::new(vec![0, 1, 2], 3).unwrap();
        assert!(matches!(Ratios::new(&errors, &others), Err(Error::Undefined { .. })));
    }
}
