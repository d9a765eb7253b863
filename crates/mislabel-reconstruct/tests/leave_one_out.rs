//! Own errors are what refitting the class without the sample gives.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use mislabel_core::{ClassEvidence, Embeddings, ErrorSummary, Labels, Run};
use mislabel_reconstruct::{Centroid, Gaussian, RowScaling, SoftLinear};
use ndarray::{Array1, Array2, ArrayView1, Axis, concatenate};
use proptest::prelude::*;

/// Leave-one-out is exact in f64; what remains is the rounding of a Cholesky factorization.
const EXACT: f64 = 1e-6;

/// The plain formula is evaluated in f32 with directions in f32.
const SINGLE: f64 = 2e-3;

/// Own errors of both paths are in doubles: rounding of factorizations of 40 well-conditioned dimensions or fewer.
const OWN_BY_PATH: f64 = 1e-9;

/// Errors under other classes are in f32 on both paths: rounding of errors of order 1.
const OTHER_BY_PATH: f64 = 1e-5;

fn rows_of(x: &Array2<f32>, labels: &Labels, class: usize, without: Option<usize>) -> Array2<f64> {
    let rows: Vec<usize> = (0..labels.len()).filter(|i| labels.class(*i) == class && Some(*i) != without).collect();
    x.select(Axis(0), &rows).mapv(f64::from)
}

/// Solves a symmetric positive definite system by Gaussian elimination; slow and plain on purpose.
fn solve(mut a: Array2<f64>, mut b: Array1<f64>) -> Array1<f64> {
    let n = b.len();
    for i in 0..n {
        for j in i + 1..n {
            let factor = a[[j, i]] / a[[i, i]];
            for k in i..n {
                a[[j, k]] -= factor * a[[i, k]];
            }
            b[j] -= factor * b[i];
        }
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| a[[i, k]] * b[k]).sum();
        b[i] = (b[i] - known) / a[[i, i]];
    }
    b
}

/// Δ² = α uᵀ(C + αI)⁻¹u, straight from the definition.
fn squared_error(x: ArrayView1<'_, f32>, class: &Array2<f64>, alpha: f64) -> f64 {
    let mean = class.mean_axis(Axis(0)).unwrap();
    let centered = class - &mean;
    let covariance = centered.t().dot(&centered) / class.nrows() as f64;
    let u = x.mapv(f64::from) - mean;
    alpha * u.dot(&solve(covariance + Array2::<f64>::eye(u.len()) * alpha, u.clone()))
}

/// log det(C + αI) − d log α, by the pivots of an elimination.
fn spread(class: &Array2<f64>, alpha: f64) -> f64 {
    let centered = class - &class.mean_axis(Axis(0)).unwrap();
    let mut a = centered.t().dot(&centered) / class.nrows() as f64 / alpha + Array2::<f64>::eye(class.ncols());
    for i in 0..class.ncols() {
        for j in i + 1..class.ncols() {
            let factor = a[[j, i]] / a[[i, i]];
            let row = a.row(i).to_owned();
            a.row_mut(j).scaled_add(-factor, &row);
        }
    }
    a.diag().mapv(f64::ln).sum()
}

/// The mean of w_j/(w_j + (n−1)α) over the d directions, alike or weighted by w_j; w_j the eigenvalues of the scatter matrix.
fn mean_factor(class: &Array2<f64>, alpha: f64, tail: f64) -> f64 {
    let centered = class - &class.mean_axis(Axis(0)).unwrap();
    let scatter = centered.t().dot(&centered);
    let d = scatter.nrows();
    let ridge = alpha * (class.nrows() as f64 - 1.0);
    let shrunk = |column: usize| solve(&scatter + &(Array2::<f64>::eye(d) * ridge), scatter.column(column).to_owned());
    let even = (0..d).map(|j| shrunk(j)[j]).sum::<f64>() / d as f64;
    let own = (0..d).map(|j| shrunk(j).dot(&scatter.row(j))).sum::<f64>() / scatter.diag().sum();
    even + tail * (own - even)
}

fn alpha(x: &Array2<f32>, labels: &Labels, shrinkage: f64) -> f64 {
    let variance = |class: usize| {
        let rows = rows_of(x, labels, class, None);
        let centered = &rows - &rows.mean_axis(Axis(0)).unwrap();
        (&centered * &centered).sum() / rows.nrows() as f64
    };
    let counts = labels.counts();
    let mut variances: Vec<f64> = (0..labels.class_count()).filter(|c| counts[*c] > 1).map(variance).collect();
    variances.sort_by(f64::total_cmp);
    let middle = variances.len() / 2;
    let median =
        if variances.len() % 2 == 1 { variances[middle] } else { (variances[middle - 1] + variances[middle]) / 2.0 };
    shrinkage * median / x.ncols() as f64
}

fn fit(method: &SoftLinear, x: &Array2<f32>, labels: &Labels) -> ErrorSummary {
    method.evidence(&Embeddings::new(x.view()).unwrap(), labels, &Run::quiet()).unwrap()
}

/// Two or three classes of 2 to 9 rows in 1 to 7 dimensions: more rows than features, and fewer.
fn classes() -> impl Strategy<Value = (Array2<f32>, Labels)> {
    (1_usize..8, proptest::collection::vec(2_usize..10, 2..4)).prop_flat_map(|(d, counts)| {
        let n: usize = counts.iter().sum();
        let labels = counts.iter().enumerate().flat_map(|(c, &count)| vec![c as u32; count]).collect();
        let labels = Labels::new(labels, counts.len()).unwrap();
        let values = proptest::collection::vec(-3.0_f32..3.0, n * d);
        values.prop_map(move |v| (Array2::from_shape_vec((n, d), v).unwrap(), labels.clone()))
    })
}

fn untrimmed() -> SoftLinear {
    SoftLinear { trim: vec![], scaling: RowScaling::None, components: 1000, ..SoftLinear::default() }
}

proptest! {
    #[test]
    fn own_error_equals_refitting_without_the_sample((x, labels) in classes(), shrinkage in 0.1_f64..30.0) {
        let errors = fit(&SoftLinear { shrinkage, ..untrimmed() }, &x, &labels);
        let alpha = alpha(&x, &labels, shrinkage);
        for i in 0..labels.len() {
            let expected = squared_error(x.row(i), &rows_of(&x, &labels, labels.class(i), Some(i)), alpha).sqrt();
            let own = errors.own()[i];
            prop_assert!((own - expected).abs() <= EXACT * expected, "sample {i}: {own} against {expected}");
        }
    }

    #[test]
    fn least_other_error_equals_the_definition((x, labels) in classes(), shrinkage in 0.1_f64..30.0) {
        let errors = fit(&SoftLinear { shrinkage, ..untrimmed() }, &x, &labels);
        let alpha = alpha(&x, &labels, shrinkage);
        let scale = x.mapv(|v| f64::from(v).powi(2)).mean().unwrap().sqrt();
        for i in 0..labels.len() {
            let others = (0..labels.class_count()).filter(|c| *c != labels.class(i));
            let all = others.map(|c| squared_error(x.row(i), &rows_of(&x, &labels, c, None), alpha).sqrt());
            let least = all.fold(f64::INFINITY, f64::min);
            prop_assert!((errors.least_other()[i] - least).abs() <= SINGLE * (least + scale));
        }
    }

    #[test]
    fn without_components_the_squared_distance_is_shrunk_by_the_mean_factor(
        (x, labels) in classes(), shrinkage in 0.1_f64..30.0, tail in 0.0_f64..1.0,
    ) {
        let errors = fit(&SoftLinear { shrinkage, components: 0, tail, ..untrimmed() }, &x, &labels);
        let alpha = alpha(&x, &labels, shrinkage);
        let scale = x.mapv(|v| f64::from(v).powi(2)).mean().unwrap().sqrt();
        let error = |i: usize, class: usize| {
            let rows = rows_of(&x, &labels, class, None);
            let u = x.row(i).mapv(f64::from) - rows.mean_axis(Axis(0)).unwrap();
            ((1.0 - mean_factor(&rows, alpha, tail)) * u.dot(&u)).sqrt()
        };
        for i in 0..labels.len() {
            let others = (0..labels.class_count()).filter(|c| *c != labels.class(i));
            let least = others.map(|c| error(i, c)).fold(f64::INFINITY, f64::min);
            prop_assert!((errors.least_other()[i] - least).abs() <= SINGLE * (least + scale));
        }
    }

    #[test]
    fn the_centroid_error_equals_the_distance_to_the_mean_of_the_others((x, labels) in classes()) {
        let centroid = Centroid { scaling: RowScaling::None };
        let errors = centroid.evidence(&Embeddings::new(x.view()).unwrap(), &labels, &Run::quiet()).unwrap();
        for i in 0..labels.len() {
            let others = rows_of(&x, &labels, labels.class(i), Some(i)).mean_axis(Axis(0)).unwrap();
            let expected = (&x.row(i).mapv(f64::from) - &others).mapv(|v| v * v).sum().sqrt();
            prop_assert!((errors.own()[i] - expected).abs() <= EXACT * (1.0 + expected));
        }
    }

    #[test]
    fn gaussian_errors_are_log_likelihoods_with_the_own_sample_left_out((x, labels) in classes(), shrinkage in 0.5_f64..30.0) {
        let method = Gaussian { model: SoftLinear { shrinkage, ..untrimmed() } };
        let errors = method.evidence(&Embeddings::new(x.view()).unwrap(), &labels, &Run::quiet()).unwrap();
        let alpha = alpha(&x, &labels, shrinkage);
        let error = |i: usize, class: usize| {
            let rows = rows_of(&x, &labels, class, Some(i));
            (squared_error(x.row(i), &rows, alpha) / alpha + spread(&rows, alpha)).sqrt()
        };
        for i in 0..labels.len() {
            let expected = error(i, labels.class(i));
            prop_assert!((errors.own()[i] - expected).abs() <= EXACT * expected);
            let others = (0..labels.class_count()).filter(|c| *c != labels.class(i)).map(|c| error(i, c));
            let least = others.fold(f64::INFINITY, f64::min);
            prop_assert!((errors.least_other()[i] - least).abs() <= SINGLE * (1.0 + least));
        }
    }

    #[test]
    fn a_common_offset_and_a_common_factor_change_no_ratio((x, labels) in classes(), offset in -50.0_f32..50.0) {
        let moved = x.mapv(|v| 4.0 * (v + offset));
        let (errors, moved) = (fit(&untrimmed(), &x, &labels), fit(&untrimmed(), &moved, &labels));
        for i in 0..labels.len() {
            // f32 keeps 24 bits of |x| + 50.
            let tolerance = 1e-3 * (1.0 + errors.own()[i]);
            prop_assert!((4.0 * errors.own()[i] - moved.own()[i]).abs() < 4.0 * tolerance);
            prop_assert!((4.0 * errors.least_other()[i] - moved.least_other()[i]).abs() < 40.0 * tolerance);
        }
    }
}

#[test]
fn few_rows_and_many_rows_take_different_paths_to_the_same_errors() {
    // 30 features: zero columns are appended until there are more features than rows.
    let x = Array2::from_shape_fn((60, 20), |(i, j)| ((i * 31 + j * 17 + i * j) as f32).sin() + (i / 30) as f32);
    let padded = concatenate(Axis(1), &[x.view(), Array2::zeros((60, 20)).view()]).unwrap();
    let labels = Labels::new((0..60).map(|i| i / 30).collect(), 2).unwrap();
    // α counts features, so the padded set needs twice the shrinkage.
    let wide = fit(&SoftLinear { shrinkage: 20.0, ..untrimmed() }, &padded, &labels);
    let narrow = fit(&untrimmed(), &x, &labels);
    for i in 0..60 {
        assert!((wide.own()[i] - narrow.own()[i]).abs() < OWN_BY_PATH * narrow.own()[i]);
        assert!((wide.least_other()[i] - narrow.least_other()[i]).abs() < OTHER_BY_PATH);
    }
}
