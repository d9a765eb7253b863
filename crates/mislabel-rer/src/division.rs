//! Ratios of errors that are always finite and positive.

use mislabel_core::ErrorSummary;

/// Features are f32: an error below this share of a typical one is rounding, not information.
const ROUNDING: f64 = f32::EPSILON as f64;

/// No ratio leaves `[1 / LIMIT, LIMIT]`, so that fourth powers and sums over any n stay finite.
const LIMIT: f64 = 1e12;

/// Division of errors on the scale of one dataset: numerator and denominator are at least `floor`.
///
/// Both below the floor give exactly 1; only the denominator below it gives a large finite ratio, only the
/// numerator a small positive one. The floor is 2⁻²³ (f32's ε) of the median over samples of max(Δ_own, Δ_other),
/// samples with two zeros left out. A median, so that one outlier cannot make every other error "near zero".
#[derive(Clone, Copy, Debug)]
pub(crate) struct ErrorDivision {
    floor: f64,
}

impl ErrorDivision {
    pub(crate) fn on_scale_of(errors: &ErrorSummary) -> Self {
        let pairs = errors.own().iter().zip(errors.least_other());
        let mut larger: Vec<f64> = pairs.map(|(own, other)| own.max(*other)).filter(|error| *error > 0.0).collect();
        if larger.is_empty() {
            return Self { floor: f64::MIN_POSITIVE };
        }
        let middle = larger.len() / 2;
        let (_, median, _) = larger.select_nth_unstable_by(middle, f64::total_cmp);
        Self { floor: (*median * ROUNDING).max(f64::MIN_POSITIVE) }
    }

    pub(crate) fn ratio(self, numerator: f64, denominator: f64) -> f64 {
        (numerator.max(self.floor) / denominator.max(self.floor)).clamp(1.0 / LIMIT, LIMIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_core::Labels;
    use ndarray::array;

    fn division() -> ErrorDivision {
        let given = Labels::new(vec![0, 0, 0], 2).unwrap();
        let errors = array![[1.0, 2.0], [0.0, 0.0], [1e300, 1.0]];
        ErrorDivision::on_scale_of(&ErrorSummary::from_dense(errors.view(), &given).unwrap())
    }

    #[test]
    fn two_errors_that_are_zero_on_the_scale_of_the_data_divide_to_one() {
        assert_eq!(division().ratio(0.0, 0.0), 1.0);
        let other_scale = ErrorDivision { floor: 1e-7 };
        assert_eq!(other_scale.ratio(1e-9, 3e-11), 1.0);
    }

    #[test]
    fn samples_with_two_zeros_do_not_set_the_scale_and_one_outlier_does_not_either() {
        let given = Labels::new(vec![0; 6], 2).unwrap();
        let errors = array![[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [4.0, 2.0], [1.0, 4.0], [1e300, 1.0]];
        let division = ErrorDivision::on_scale_of(&ErrorSummary::from_dense(errors.view(), &given).unwrap());
        assert_eq!(division.floor, 4.0 * ROUNDING);
    }

    #[test]
    fn a_zero_denominator_gives_a_large_finite_ratio_and_a_zero_numerator_a_small_positive_one() {
        let division = ErrorDivision { floor: 1e-7 };
        assert!((division.ratio(1.0, 0.0) - 1e7).abs() < 1.0);
        assert!(division.ratio(0.0, 1.0) > 0.0);
        assert_eq!(division.ratio(f64::MAX, 0.0), LIMIT);
        assert_eq!(division.ratio(0.0, f64::MAX), 1.0 / LIMIT);
    }

    #[test]
    fn subnormal_and_all_zero_errors_keep_the_floor_a_normal_number() {
        let given = Labels::new(vec![0], 2).unwrap();
        for error in [0.0, 1e-320] {
            let errors = array![[error, error]];
            let division = ErrorDivision::on_scale_of(&ErrorSummary::from_dense(errors.view(), &given).unwrap());
            assert_eq!(division.floor, f64::MIN_POSITIVE);
        }
    }
}
