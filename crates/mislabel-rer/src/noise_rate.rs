//! The noise rate, estimated from how far the errors are from those of random labels.

use mislabel_core::{ErrorSummary, Labels, Result};

use crate::division::ErrorDivision;
use crate::ratios::belong_together;

/// Which class the mean error of "the rest", Δ_rest, leaves out; m classes have reconstructors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Denominator {
    /// The class of the least error over *all* classes: Δ_rest = (Σ_c Δ_c − min_c Δ_c) / (m − 1).
    /// What the paper's released code computes, and the constants of its threshold were tuned with.
    #[default]
    WithoutLeast,
    /// The given class: Δ_rest = (Σ_c Δ_c − Δ_ỹ) / (m − 1). What the paper's text says.
    WithoutGiven,
}

/// The noise rate η̂ and the two mean error shares that it comes from (arXiv:2412.02596).
///
/// With random labels the own error is like the rest, with clean ones it is the least; the truth lies between:
/// η̂ = (χ₀ − χ_rand) / (1 − χ_rand), χ₀ = mean(Δ_ỹ / Δ_rest), χ_rand = mean(min_c Δ_c / Δ_rest).
///
/// ```
/// use mislabel_core::{ErrorSummary, Labels};
/// use mislabel_rer::{Denominator, NoiseRate};
/// use ndarray::array;
///
/// // Three clean samples and a mislabelled one, each twice as far from the wrong class.
/// let given = Labels::new(vec![0, 0, 1, 1], 2)?;
/// let errors = array![[1.0, 2.0], [1.0, 2.0], [2.0, 1.0], [1.0, 2.0]];
/// let errors = ErrorSummary::from_dense(errors.view(), &given)?;
/// let noise = NoiseRate::new(&errors, &given, Denominator::WithoutLeast)?;
/// assert_eq!((noise.chi_0, noise.chi_rand), (0.625, 0.5));
/// assert_eq!(noise.rate(), Some(0.25));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoiseRate {
    /// χ₀: mean over samples of own error over the rest's.
    pub chi_0: f64,
    /// χ_rand: mean over samples of least error over the rest's.
    pub chi_rand: f64,
    /// η̂ before clamping; `None` when χ_rand = 1: every class reconstructs every sample alike.
    pub raw: Option<f64>,
}

/// 1 − χ_rand below this is rounding in a mean over samples: no class stands out for any sample.
const NO_CONTRAST: f64 = 1e-9;

impl NoiseRate {
    /// The estimate from the errors of n samples and their given labels, `(n,)`.
    ///
    /// # Errors
    /// As [`Ratios::new`](crate::Ratios::new).
    pub fn new(errors: &ErrorSummary, given: &Labels, denominator: Denominator) -> Result<Self> {
        belong_together(errors, given)?;
        let (chi_0, chi_rand) = mean_shares(errors, denominator);
        let raw = (1.0 - chi_rand > NO_CONTRAST).then(|| (chi_0 - chi_rand) / (1.0 - chi_rand));
        Ok(Self { chi_0, chi_rand, raw })
    }

    /// η̂ clamped to [0, 1]; `None` where [`raw`](Self::raw) is.
    pub fn rate(&self) -> Option<f64> {
        self.raw.map(|raw| raw.clamp(0.0, 1.0))
    }
}

/// (χ₀, χ_rand).
fn mean_shares(errors: &ErrorSummary, denominator: Denominator) -> (f64, f64) {
    let division = ErrorDivision::on_scale_of(errors);
    let terms = errors.own().iter().zip(errors.least_other()).zip(errors.sum());
    let others = (errors.reconstructors() - 1) as f64;
    let (mut own_total, mut least_total) = (0.0, 0.0);
    for ((&own, &other), &sum) in terms {
        let least = own.min(other);
        let left_out = match denominator {
            Denominator::WithoutLeast => least,
            Denominator::WithoutGiven => own,
        };
        let rest = (sum - left_out) / others;
        own_total += division.ratio(own, rest);
        least_total += division.ratio(least, rest);
    }
    let n = errors.len() as f64;
    (own_total / n, least_total / n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn estimate(errors: ndarray::Array2<f64>, given: Vec<u32>, denominator: Denominator) -> NoiseRate {
        let given = Labels::new(given, errors.ncols()).unwrap();
        let errors = ErrorSummary::from_dense(errors.view(), &given).unwrap();
        NoiseRate::new(&errors, &given, denominator).unwrap()
    }

    #[test]
    fn the_two_denominators_differ_where_the_given_class_is_not_the_best() {
        let errors = array![[4.0, 1.0, 5.0]];
        let code = estimate(errors.clone(), vec![0], Denominator::WithoutLeast);
        assert_eq!((code.chi_0, code.chi_rand), (4.0 / 4.5, 1.0 / 4.5));
        let text = estimate(errors, vec![0], Denominator::WithoutGiven);
        assert_eq!((text.chi_0, text.chi_rand), (4.0 / 3.0, 1.0 / 3.0));
    }

    #[test]
    fn labels_that_are_all_right_have_noise_rate_zero() {
        let noise = estimate(array![[1.0, 3.0, 5.0], [3.0, 1.0, 4.0]], vec![0, 1], Denominator::WithoutLeast);
        assert_eq!(noise.raw, Some(0.0));
    }

    #[test]
    fn an_estimate_beyond_one_is_clamped_and_its_raw_value_kept() {
        let noise = estimate(array![[5.0, 1.0, 3.0]], vec![0], Denominator::WithoutLeast);
        assert!(noise.raw.unwrap() > 1.0);
        assert_eq!(noise.rate(), Some(1.0));
    }

    #[test]
    fn errors_without_contrast_have_no_noise_rate() {
        let noise = estimate(array![[2.0, 2.0, 2.0], [1.0, 1.0, 1.0]], vec![0, 1], Denominator::WithoutLeast);
        assert_eq!((noise.chi_0, noise.chi_rand, noise.raw, noise.rate()), (1.0, 1.0, None, None));
        assert_eq!(estimate(array![[0.0, 0.0]], vec![0], Denominator::WithoutGiven).raw, None);
    }
}
