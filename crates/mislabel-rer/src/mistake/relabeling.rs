//! The ratios of samples that are known to be mislabeled: every sample given a random other class.

use mislabel_core::{ErrorSummary, Labels, Result};
use ndarray::ArrayView2;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::division::ErrorDivision;
use crate::ratios::{Ratios, belong_together};

/// Ratios of n samples, each relabeled to a random other class that has a reconstructor, `(n,)`: draws of
/// χ | mistake.
///
/// `errors` is the dense matrix Δ, `(n, k)`, of the samples with the labels `given`, `(n,)`; a class without a
/// reconstructor has an infinite column. The same seed gives the same draws. O(n·k).
///
/// # Errors
/// As [`ErrorSummary::from_dense`].
pub fn mistaken_ratios(errors: ArrayView2<'_, f64>, given: &Labels, seed: u64) -> Result<Vec<f64>> {
    // Checks shape and values before anything is indexed.
    ErrorSummary::from_dense(errors, given)?;
    let fitted: Vec<u32> =
        (0..given.class_count() as u32).filter(|class| errors[[0, *class as usize]].is_finite()).collect();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let other = |class: &u32| {
        let place = fitted.partition_point(|fitted| fitted < class);
        fitted[(place + random.random_range(1..fitted.len())) % fitted.len()]
    };
    let relabeled = given.with_values(given.values().iter().map(other).collect())?;
    let errors = ErrorSummary::from_dense(errors, &relabeled)?;
    Ok(Ratios::new(&errors, &relabeled)?.as_slice().to_vec())
}

/// [`mistaken_ratios`] approximated from the summary alone, `(n,)`, for when the dense errors were never kept. O(n).
///
/// Of the m − 1 other classes the summary knows the errors of the least and of the second; the remaining m − 3 are
/// taken to have their mean error, (Σ_c Δ_c − Δ_ỹ − least − second) / (m − 3). Exact for m ≤ 4; beyond, every draw
/// has the right mean but the draws spread too little.
///
/// # Errors
/// As [`Ratios::new`].
pub fn approximate_mistaken_ratios(errors: &ErrorSummary, given: &Labels, seed: u64) -> Result<Vec<f64>> {
    belong_together(errors, given)?;
    let division = ErrorDivision::on_scale_of(errors);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let reconstructors = errors.reconstructors();
    let draw = |row: usize| {
        let (own, least, second) = (errors.own()[row], errors.least_other()[row], errors.second_least_other()[row]);
        match random.random_range(1..reconstructors) {
            1 => division.ratio(least, own.min(second)),
            2 => division.ratio(second, own.min(least)),
            _ => {
                let mean = (errors.estimated_sum(row) - own - least - second) / (reconstructors - 3) as f64;
                division.ratio(mean.max(second), own.min(least))
            }
        }
    };
    Ok((0..errors.len()).map(draw).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    /// The third other error is what is left of the sum of four less three: a double loses a digit or two to that.
    const CANCELLATION: f64 = 1e-9;

    fn dense(classes: usize) -> (Array2<f64>, Labels) {
        let given = Labels::new((0..3000).map(|i| (i % classes) as u32).collect(), classes).unwrap();
        let error =
            |(i, c): (usize, usize)| 0.3 + (i % classes).abs_diff(c) as f64 + 0.01 * ((i * 7 + c * 13) % 10) as f64;
        (Array2::from_shape_fn((3000, classes), error), given)
    }

    fn mean(values: &[f64]) -> f64 {
        values.iter().sum::<f64>() / values.len() as f64
    }

    #[test]
    fn a_relabeled_sample_has_the_ratio_of_its_new_label() {
        let given = Labels::new(vec![0], 2).unwrap();
        let ratios = mistaken_ratios(array![[1.0, 4.0]].view(), &given, 7).unwrap();
        assert_eq!(ratios.to_vec(), [4.0]);
    }

    #[test]
    fn classes_without_a_reconstructor_are_never_drawn() {
        let given = Labels::new(vec![0; 64], 3).unwrap();
        let errors = Array2::from_shape_fn((64, 3), |(_, c)| [1.0, f64::INFINITY, 5.0][c]);
        assert!(mistaken_ratios(errors.view(), &given, 1).unwrap().iter().all(|ratio| *ratio == 5.0));
    }

    #[test]
    fn with_up_to_four_classes_every_approximate_draw_is_a_ratio_under_some_other_label() {
        for classes in 2..=4 {
            let (errors, given) = dense(classes);
            let summary = ErrorSummary::from_dense(errors.view(), &given).unwrap();
            let drawn = approximate_mistaken_ratios(&summary, &given, 9).unwrap();
            for (row, drawn) in drawn.iter().enumerate().take(200) {
                let others = (0..classes).filter(|class| *class != given.class(row));
                let ratio = |class: usize| {
                    let rest = (0..classes).filter(|rest| *rest != class).map(|rest| errors[[row, rest]]);
                    errors[[row, class]] / rest.fold(f64::INFINITY, f64::min)
                };
                assert!(
                    others.map(ratio).any(|ratio| (ratio / drawn - 1.0).abs() < CANCELLATION),
                    "sample {row}: {drawn}"
                );
            }
        }
    }

    #[test]
    fn the_approximation_has_the_exact_distribution_up_to_four_classes_and_a_close_mean_beyond() {
        for (classes, tolerance) in [(2, 1e-12), (3, 0.05), (4, 0.05), (8, 0.05)] {
            let (errors, given) = dense(classes);
            let exact = mean(&mistaken_ratios(errors.view(), &given, 5).unwrap());
            let summary = ErrorSummary::from_dense(errors.view(), &given).unwrap();
            let approximate = mean(&approximate_mistaken_ratios(&summary, &given, 6).unwrap());
            assert!((approximate / exact - 1.0).abs() < tolerance, "{classes} classes: {approximate} against {exact}");
        }
    }
}
