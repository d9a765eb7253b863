//! The noise rate, estimated from how far the errors are from those of random labels.

use mislabel_core::{ErrorSummary, Labels, Result};

use crate::division::ErrorDivision;
use crate::ratios::belong_together;

/// Which class the mean error of "the rest", Δ_rest, leaves out; m classes have reconstructors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
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
/// // Three clean samples and a mislabeled one, each twice as far from the wrong class.
/// let given = Labels::new(vec![0, 0, 1, 1], 2)?;
/// let errors = array![[1.0, 2.0], [1.0, 2.0], [2.0, 1.0], [1.0, 2.0]];
/// let errors = ErrorSummary::from_dense(errors.view(), &given)?;
/// let noise = NoiseRate::new(&errors, &given, Denominator::WithoutLeast)?;
/// assert_eq!((noise.chi_0(), noise.chi_rand()), (0.625, 0.5));
/// assert_eq!(noise.rate(), Some(0.25));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct NoiseRate {
    pub(crate) chi_0: f64,
    pub(crate) chi_rand: f64,
    pub(crate) raw: Option<f64>,
    pub(crate) sampling: Option<StandardErrors>,
}

/// Standard errors of estimates from m of the n samples.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct StandardErrors {
    /// How many rows the estimates are from, m.
    pub rows: usize,
    /// Of χ₀; infinite from a single row.
    pub chi_0: f64,
    /// Of χ_rand.
    pub chi_rand: f64,
    /// Of η̂, by the delta method; `None` where η̂ is.
    pub rate: Option<f64>,
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
        let shares = shares(errors, denominator);
        let count = shares.len() as f64;
        let chi_0 = shares.iter().map(|(own, _)| own).sum::<f64>() / count;
        let chi_rand = shares.iter().map(|(_, least)| least).sum::<f64>() / count;
        let mut noise = Self::from_shares(chi_0, chi_rand);
        noise.sampling = errors.sampled().map(|sample| noise.sampling_error(&shares, sample.rows.len(), errors.len()));
        Ok(noise)
    }

    /// The estimate from χ₀ and χ_rand, whoever took the means, of all samples.
    pub fn from_shares(chi_0: f64, chi_rand: f64) -> Self {
        let raw = (1.0 - chi_rand > NO_CONTRAST).then(|| (chi_0 - chi_rand) / (1.0 - chi_rand));
        Self { chi_0, chi_rand, raw, sampling: None }
    }

    /// χ₀: mean over samples of own error over the rest's; finite and positive.
    pub fn chi_0(&self) -> f64 {
        self.chi_0
    }

    /// χ_rand: mean over samples of least error over the rest's; finite and positive.
    pub fn chi_rand(&self) -> f64 {
        self.chi_rand
    }

    /// η̂ before clamping; `None` when χ_rand = 1: every class reconstructs every sample alike.
    pub fn raw(&self) -> Option<f64> {
        self.raw
    }

    /// What is uncertain where the errors under all classes are known of a sample of the rows only.
    pub fn standard_errors(&self) -> Option<StandardErrors> {
        self.sampling
    }

    /// η̂ clamped to [0, 1]; `None` where [`raw`](Self::raw) is.
    pub fn rate(&self) -> Option<f64> {
        self.raw.map(|raw| raw.clamp(0.0, 1.0))
    }

    /// Standard errors of the means of `rows` of n shares drawn without replacement. With a = Δ_ỹ/Δ_rest and
    /// b = min_c Δ_c/Δ_rest, ∂η̂ = (∂χ₀ − (1 − η̂)∂χ_rand)/(1 − χ_rand).
    fn sampling_error(&self, shares: &[(f64, f64)], rows: usize, n: usize) -> StandardErrors {
        let unseen = 1.0 - rows as f64 / n as f64;
        let error = |value: &dyn Fn(f64, f64) -> f64| {
            let squares: f64 = shares.iter().map(|(a, b)| value(a - self.chi_0, b - self.chi_rand).powi(2)).sum();
            if rows == 1 { f64::INFINITY } else { (unseen * squares / (rows as f64 - 1.0) / rows as f64).sqrt() }
        };
        StandardErrors {
            rows,
            chi_0: error(&|a, _| a),
            chi_rand: error(&|_, b| b),
            rate: self.raw.map(|raw| error(&|a, b| (a - (1.0 - raw) * b) / (1.0 - self.chi_rand))),
        }
    }
}

/// (Δ_ỹ/Δ_rest, min_c Δ_c/Δ_rest) of every sample whose Δ_rest is known.
fn shares(errors: &ErrorSummary, denominator: Denominator) -> Vec<(f64, f64)> {
    let division = ErrorDivision::on_scale_of(errors);
    let others = (errors.reconstructors() - 1) as f64;
    let share = |(row, sum): (usize, f64)| {
        let (own, least) = (errors.own()[row], errors.own()[row].min(errors.least_other()[row]));
        let left_out = match denominator {
            Denominator::WithoutLeast => least,
            Denominator::WithoutGiven => own,
        };
        let rest = (sum - left_out) / others;
        (division.ratio(own, rest), division.ratio(least, rest))
    };
    errors.sums().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_core::RowSample;
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

    #[test]
    fn a_sample_of_the_rows_gives_estimates_within_their_standard_errors() {
        let dense = ndarray::Array2::from_shape_fn((4000, 3), |(i, j)| {
            let wave = |a: usize| 1.5 + (a as f64 * 0.7).sin();
            if j == i % 3 { wave(i) * 0.3 } else { wave(i + 13 * j) + 1.0 }
        });
        let given = Labels::new((0..4000).map(|i| ((i + usize::from(i % 7 == 0)) % 3) as u32).collect(), 3).unwrap();
        let all = ErrorSummary::from_dense(dense.view(), &given).unwrap();
        let mut columns = all.clone().into_columns();
        // Every eleventh row: independent of the pattern of labels.
        columns.sampled = Some(RowSample { rows: (0..4000).step_by(11).collect(), disagreements: 0 });
        columns.sum = columns.sum.into_iter().step_by(11).collect();
        let estimate = |errors: &ErrorSummary| NoiseRate::new(errors, &given, Denominator::default()).unwrap();
        let (all, part) = (estimate(&all), estimate(&ErrorSummary::new(columns).unwrap()));
        let error = part.sampling.unwrap();
        assert_eq!((error.rows, all.sampling), (364, None));
        for (exact, sampled, error) in [
            (all.chi_0, part.chi_0, error.chi_0),
            (all.chi_rand, part.chi_rand, error.chi_rand),
            (all.raw.unwrap(), part.raw.unwrap(), error.rate.unwrap()),
        ] {
            assert!((exact - sampled).abs() < 3.0 * error && error < 0.05, "{exact} {sampled} ± {error}");
        }
    }
}
