//! Every importance against a naive twin, and what must not change it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should fail")]

use faer::linalg::solvers::SelfAdjointEigen;
use faer::{Mat, Side};
use mislabel_core::{Embeddings, Labels, Run};
use mislabel_coreset::{
    ClassLeverage, Importance, LewisWeights, LossSensitivity, RootLeverage, Samples, Sensitivity, Uniform,
};
use ndarray::{Array1, Array2, Axis, concatenate};
use proptest::prelude::*;

/// Embeddings are f32 and are centered in f64; inverses of well-conditioned matrices lose few digits.
const TOLERANCE: f64 = 1e-7;

/// A matrix of condition at most 1e5 times its pseudo-inverse has a whole trace, less those five of sixteen digits.
const WHOLE: f64 = 1e-6;

/// A weight of two and two samples add the same products of doubles in another order.
const REORDERED: f64 = 1e-9;

/// Rows with labels and weights: dimensions on both sides of n = d.
#[derive(Clone, Debug)]
struct Case {
    rows: Array2<f32>,
    given: Labels,
    weights: Array1<f64>,
}

fn cases() -> impl Strategy<Value = Case> {
    (2..30_usize, 1..8_usize, 1..4_usize).prop_flat_map(|(n, d, k)| {
        let rows = prop::collection::vec(-2.0..2.0_f32, n * d);
        let labels = prop::collection::vec(0..k as u32, n);
        let weights = prop::collection::vec(0.25..4.0_f64, n);
        (rows, labels, weights).prop_map(move |(rows, labels, weights)| Case {
            rows: Array2::from_shape_vec((n, d), rows).unwrap(),
            given: Labels::new(labels, k).unwrap(),
            weights: weights.into(),
        })
    })
}

impl Case {
    fn measured(&self, importance: &dyn Importance) -> Array1<f64> {
        let rows = Embeddings::new(self.rows.view()).unwrap();
        let samples = Samples::new(&rows, &self.given).unwrap().with_weights(self.weights.view()).unwrap();
        importance.importance(&samples, &Run::quiet()).unwrap()
    }

    /// The rows as the importances see them by default: in f64, of unit norm.
    fn unit_rows(&self) -> Array2<f64> {
        let mut rows = self.rows.mapv(f64::from);
        rows.outer_iter_mut().filter(|row| row.dot(row) > 0.0).for_each(|mut row| row /= row.dot(&row).sqrt());
        rows
    }

    /// w_i·[1, x_i].
    fn folded(&self) -> Array2<f64> {
        let ones = Array2::ones((self.rows.nrows(), 1));
        let rows = concatenate![Axis(1), ones, self.unit_rows()];
        rows * self.weights.view().insert_axis(Axis(1))
    }

    fn weight_share(&self) -> Array1<f64> {
        &self.weights / self.weights.sum()
    }
}

/// The pseudo-inverse of a symmetric matrix.
fn pseudo_inverse(matrix: &Array2<f64>) -> Array2<f64> {
    let size = matrix.nrows();
    let matrix = Mat::from_fn(size, size, |i, j| matrix[[i, j]]);
    let spectrum = SelfAdjointEigen::new(matrix.as_ref(), Side::Lower).unwrap();
    let values = spectrum.S().column_vector();
    let greatest = values.iter().copied().fold(0.0, f64::max);
    let vectors = Array2::from_shape_fn((size, size), |(i, j)| spectrum.U()[(i, j)]);
    let inverse = Array1::from_iter(values.iter().map(|v| if *v > 1e-11 * greatest { 1.0 / v } else { 0.0 }));
    (&vectors * &inverse).dot(&vectors.t())
}

/// a_iᵀ M a_i for every row.
fn quadratic(rows: &Array2<f64>, matrix: &Array2<f64>) -> Array1<f64> {
    rows.outer_iter().map(|row| row.dot(&matrix.dot(&row))).collect()
}

fn naive_leverage(case: &Case) -> Array1<f64> {
    let rows = case.folded();
    quadratic(&rows, &pseudo_inverse(&rows.t().dot(&rows)))
}

fn naive_lewis(case: &Case) -> Array1<f64> {
    let rows = case.folded();
    let mut weights = Array1::ones(rows.nrows());
    for _ in 0..60 {
        let scaled = &rows / &weights.view().insert_axis(Axis(1));
        weights = quadratic(&rows, &pseudo_inverse(&rows.t().dot(&scaled))).mapv(|square| square.max(0.0).sqrt());
    }
    weights
}

/// (weight, mean, scatter) of one class.
fn moments(rows: &Array2<f64>, weights: &Array1<f64>) -> (f64, Array1<f64>, Array2<f64>) {
    let total = weights.sum();
    let mean = weights.dot(rows) / total;
    let centered = rows - &mean;
    (total, mean, (&centered * &weights.view().insert_axis(Axis(1))).t().dot(&centered))
}

fn naive_class_leverage(case: &Case, ridge: f64) -> Array1<f64> {
    let (rows, d) = (case.unit_rows(), case.rows.ncols());
    let members: Vec<Vec<usize>> = (0..case.given.class_count() as u32)
        .map(|class| (0..rows.nrows()).filter(|i| case.given.values()[*i] == class).collect())
        .collect();
    let of_class =
        |m: &Vec<usize>| (!m.is_empty()).then(|| moments(&rows.select(Axis(0), m), &case.weights.select(Axis(0), m)));
    let classes: Vec<_> = members.iter().map(of_class).collect();
    let variances = classes.iter().flatten().map(|(w, _, s)| s.diag().sum() / w);
    let mut variances: Vec<f64> = variances.filter(|variance| *variance > 1e-12).collect();
    variances.sort_by(f64::total_cmp);
    let alpha = variances.get(variances.len() / 2).map_or(0.0, |median| ridge * median / d as f64);
    let of_sample = |i: usize| {
        let (total, mean, scatter) = classes[case.given.class(i)].as_ref().unwrap();
        if scatter.diag().sum() < 1e-12 {
            return case.weights[i] / total; // a class that does not vary
        }
        let centered = &rows.row(i) - mean;
        let inverse = pseudo_inverse(&(scatter + &(Array2::<f64>::eye(d) * (total * alpha))));
        case.weights[i] / total + case.weights[i] * centered.dot(&inverse.dot(&centered))
    };
    (0..rows.nrows()).map(of_sample).collect()
}

fn close(found: &Array1<f64>, expected: &Array1<f64>, tolerance: f64) -> Result<(), TestCaseError> {
    for (row, (found, expected)) in found.iter().zip(expected).enumerate() {
        prop_assert!((found - expected).abs() <= tolerance, "row {row}: {found} where {expected} is expected");
    }
    Ok(())
}

/// Rows without a direction, or with two that nearly coincide, are for `awkward.rs`.
fn well_conditioned(case: &Case) -> bool {
    let rows = case.folded();
    let gram = rows.t().dot(&rows);
    let matrix = Mat::from_fn(gram.nrows(), gram.nrows(), |i, j| gram[[i, j]]);
    let spectrum = SelfAdjointEigen::new(matrix.as_ref(), Side::Lower).unwrap();
    let values: Vec<f64> = spectrum.S().column_vector().iter().copied().collect();
    let greatest = values.iter().copied().fold(0.0, f64::max);
    values.iter().all(|v| v / greatest > 1e-5 || v / greatest < 1e-13)
        && case.rows.outer_iter().all(|row| row.dot(&row) > 1e-4)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn root_leverage_is_the_root_of_the_hat_matrix_diagonal(case in cases()) {
        prop_assume!(well_conditioned(&case));
        let expected = naive_leverage(&case).mapv(|h| h.max(0.0).sqrt()) + case.weight_share();
        close(&case.measured(&RootLeverage::default()), &expected, TOLERANCE.sqrt())?;
    }

    #[test]
    fn leverages_sum_to_the_rank(case in cases()) {
        prop_assume!(well_conditioned(&case));
        let rows = Embeddings::new(case.rows.view()).unwrap();
        let samples = Samples::new(&rows, &case.given).unwrap().with_weights(case.weights.view()).unwrap();
        let leverage = RootLeverage::default().leverage(&samples, &Run::quiet()).unwrap();
        let rank = case.folded();
        let rank = (&rank.t().dot(&rank), &pseudo_inverse(&rank.t().dot(&rank)));
        let rank = rank.0.dot(rank.1).diag().sum();
        prop_assert!((leverage.sum() - rank).abs() < TOLERANCE, "{} {rank}", leverage.sum());
        prop_assert!((rank - rank.round()).abs() < WHOLE);
        close(&leverage, &naive_leverage(&case), TOLERANCE)?;
    }

    #[test]
    fn lewis_weights_are_the_fixed_point(case in cases()) {
        prop_assume!(well_conditioned(&case));
        let expected = naive_lewis(&case) + case.weight_share();
        close(&case.measured(&LewisWeights { tolerance: 1e-6, ..LewisWeights::default() }), &expected, 1e-4)?;
    }

    #[test]
    fn class_leverage_is_ridge_leverage_within_the_class(case in cases(), ridge in 0.01..200.0_f64) {
        prop_assume!(well_conditioned(&case));
        let found = case.measured(&ClassLeverage { ridge, ..ClassLeverage::default() });
        close(&found, &naive_class_leverage(&case, ridge), TOLERANCE)?;
    }

    #[test]
    fn uniform_importance_is_the_share_of_the_weight(case in cases()) {
        close(&case.measured(&Uniform), &case.weight_share(), 1e-15)?;
    }

    #[test]
    fn loss_sensitivity_is_the_share_of_the_loss(case in cases(), scale in 0.1..9.0_f64) {
        let losses: Array1<f64> = case.rows.column(0).mapv(|x| scale * f64::from(x).abs());
        let rows = Embeddings::new(case.rows.view()).unwrap();
        let samples = Samples::new(&rows, &case.given).unwrap().with_weights(case.weights.view()).unwrap();
        let found = LossSensitivity.importance(&samples.with_losses(losses.view()).unwrap(), &Run::quiet()).unwrap();
        close(&found, &(&losses * &case.weights / losses.dot(&case.weights)), 1e-12)?;
    }

    /// Adding a sample of integer weight w is adding w copies, for the importances that are additive in the weight.
    #[test]
    fn a_weight_of_two_is_two_samples_of_class_leverage(case in cases(), row: prop::sample::Index) {
        let case = Case { weights: Array1::ones(case.given.len()), ..case };
        let row = row.index(case.given.len());
        let mut heavy = case.clone();
        heavy.weights[row] = 2.0;
        let twice: Vec<usize> = (0..case.given.len()).chain([row]).collect();
        let twice = Case {
            rows: case.rows.select(Axis(0), &twice),
            given: case.given.with_values(twice.iter().map(|i| case.given.values()[*i]).collect()).unwrap(),
            weights: Array1::ones(twice.len()),
        };
        let (heavy, twice) = (heavy.measured(&ClassLeverage::default()), twice.measured(&ClassLeverage::default()));
        for i in 0..case.given.len() {
            let copies = if i == row { twice[i] + twice[case.given.len()] } else { twice[i] };
            prop_assert!((heavy[i] - copies).abs() < REORDERED, "row {i}: {} {copies}", heavy[i]);
        }
    }

    /// By a power of two: f32 rows keep their digits.
    #[test]
    fn scaling_the_rows_changes_nothing(case in cases(), power in -20..20_i32) {
        let scaled = Case { rows: case.rows.mapv(|x| x * 2.0_f32.powi(power)), ..case.clone() };
        for sensitivity in Sensitivity::ALL.into_iter().filter(|s| !s.needs_losses()) {
            close(&scaled.measured(&sensitivity), &case.measured(&sensitivity), 1e-9)?;
        }
        for raw in [
            Sensitivity::ClassLeverage(ClassLeverage { unit_norm: false, ..ClassLeverage::default() }),
            Sensitivity::RootLeverage(RootLeverage { unit_norm: false, intercept: true }),
        ] {
            close(&scaled.measured(&raw), &case.measured(&raw), 1e-9)?;
        }
    }

    /// Rounding the rotated rows to f32 moves them by 1e-7.
    #[test]
    fn rotating_the_rows_changes_nothing(case in cases(), angle in 0.1..3.0_f64) {
        prop_assume!(well_conditioned(&case) && case.rows.ncols() >= 2);
        let mut rotated = case.clone();
        for mut row in rotated.rows.outer_iter_mut() {
            let (x, y) = (f64::from(row[0]), f64::from(row[1]));
            row[0] = (angle.cos() * x - angle.sin() * y) as f32;
            row[1] = (angle.sin() * x + angle.cos() * y) as f32;
        }
        prop_assume!(well_conditioned(&rotated));
        for sensitivity in Sensitivity::ALL.into_iter().filter(|s| !s.needs_losses()) {
            close(&rotated.measured(&sensitivity), &case.measured(&sensitivity), 2e-2)?;
        }
    }

    #[test]
    fn only_class_leverage_depends_on_labels(case in cases(), labels in prop::collection::vec(0..3_u32, 30)) {
        let values: Vec<u32> = labels[..case.given.len()].to_vec();
        let other = Case { given: Labels::new(values, 3).unwrap(), ..case.clone() };
        for sensitivity in Sensitivity::ALL.into_iter().filter(|s| !s.depends_on_labels()) {
            prop_assert_eq!(other.measured(&sensitivity), case.measured(&sensitivity));
        }
    }
}
