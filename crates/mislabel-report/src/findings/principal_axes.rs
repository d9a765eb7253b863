//! The two directions in which samples differ most.

use mislabel_core::split_seed;
use ndarray::{Array1, Array2, ArrayView2, Axis};

/// Directions iterated together: more than two, so that the first two settle sooner.
const DIRECTIONS: usize = 8;
/// Rounds; each shrinks the share of direction j in the first two by λ_j/λ_2.
const ROUNDS: usize = 40;

/// The two leading principal axes of rows: a mean, two orthonormal directions, and how much of the variance they show.
#[derive(Clone, Debug)]
pub(crate) struct PrincipalAxes {
    mean: Array1<f32>,
    /// `(d, 2)`; a column of zeros where the rows have fewer dimensions.
    axes: Array2<f32>,
    /// The share of the variance along each, in [0, 1].
    pub(crate) shares: [f64; 2],
}

impl PrincipalAxes {
    /// Of `rows`, `(m, d)`, by orthogonal iteration (Golub & Van Loan, 8.2.4): O(m·d).
    pub(crate) fn fit(rows: &Array2<f32>, seed: u64) -> Self {
        let mean = rows.mean_axis(Axis(0)).unwrap_or_else(|| Array1::zeros(rows.ncols()));
        let centered = rows - &mean;
        let mut basis = start(rows.ncols(), seed);
        for _ in 0..ROUNDS {
            let images = centered.dot(&basis);
            basis = orthonormal(centered.t().dot(&images));
        }
        let axes = oriented(basis);
        let total = squares(centered.view());
        let along = centered.dot(&axes);
        let share = |axis: usize| match total > 0.0 {
            true => squares(along.select(Axis(1), &[axis]).view()) / total,
            false => 0.0,
        };
        Self { mean, shares: [share(0), share(1)], axes }
    }

    /// Where `rows`, `(m, d)`, lie on the axes, `(m, 2)`.
    pub(crate) fn project(&self, rows: &Array2<f32>) -> Array2<f32> {
        (rows - &self.mean).dot(&self.axes)
    }
}

fn squares(values: ArrayView2<'_, f32>) -> f64 {
    values.iter().map(|value| f64::from(*value).powi(2)).sum()
}

/// Directions that no data can be foreseen to be orthogonal to.
fn start(features: usize, seed: u64) -> Array2<f32> {
    let width = DIRECTIONS.min(features).max(2);
    let unit = |row: usize, column: usize| {
        let bits = split_seed(seed, &[row as u64, column as u64]);
        (bits >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    };
    orthonormal(Array2::from_shape_fn((features, width), |(row, column)| unit(row, column) as f32))
}

/// An orthonormal basis of the columns, in their order (Gram–Schmidt, twice); zeros where they are dependent.
fn orthonormal(columns: Array2<f32>) -> Array2<f32> {
    let mut basis = columns.mapv(f64::from);
    for column in 0..basis.ncols() {
        let before = norm(&basis, column);
        for _ in 0..2 {
            for earlier in 0..column {
                let overlap = basis.column(earlier).dot(&basis.column(column));
                let earlier = basis.column(earlier).to_owned();
                basis.column_mut(column).scaled_add(-overlap, &earlier);
            }
        }
        let after = norm(&basis, column);
        let is_dependent = after <= 1e-9 * before || after == 0.0;
        basis.column_mut(column).mapv_inplace(|value| if is_dependent { 0.0 } else { value / after });
    }
    basis.mapv(|value| value as f32)
}

fn norm(basis: &Array2<f64>, column: usize) -> f64 {
    basis.column(column).dot(&basis.column(column)).sqrt()
}

/// The first two columns, each turned so that its largest value is positive: a picture should not flip by chance.
fn oriented(basis: Array2<f32>) -> Array2<f32> {
    let mut axes = basis.select(Axis(1), &[0, 1]);
    for mut axis in axes.columns_mut() {
        let largest =
            axis.iter().copied().fold(0.0_f32, |best, value| if value.abs() > best.abs() { value } else { best });
        if largest < 0.0 {
            axis.mapv_inplace(|value| -value);
        }
    }
    axes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A variance of 2,000 evenly spread values is known to √(0.8/2000) = 2% of it, shares of the whole rather better.
    const SHARES: f64 = 0.02;

    /// Rounding of means in f32: a sum of 2,000 values around 7 has steps of 1e-3 at its end, which are divided by
    /// 2,000.
    const CENTERED: f32 = 1e-4;

    #[test]
    fn the_axes_are_those_along_which_rows_were_stretched() {
        let value =
            |row: usize, column: usize| (split_seed(1, &[row as u64, column as u64]) % 1000) as f32 / 500.0 - 1.0;
        let stretch = [1.0, 1.0, 9.0, 1.0, 3.0];
        let rows = Array2::from_shape_fn((2000, 5), |(row, column)| 7.0 + stretch[column] * value(row, column));
        let axes = PrincipalAxes::fit(&rows, 0);
        assert!(axes.axes[[2, 0]] > 0.99 && axes.axes[[4, 1]] > 0.99, "{:?}", axes.axes);
        assert!((axes.shares[0] - 81.0 / 93.0).abs() < SHARES && (axes.shares[1] - 9.0 / 93.0).abs() < SHARES);
        assert!(axes.project(&rows).mean().unwrap().abs() < CENTERED);
    }

    #[test]
    fn rows_of_one_feature_or_all_alike_have_a_map_too() {
        let line = Array2::from_shape_fn((4, 1), |(row, _)| row as f32);
        let axes = PrincipalAxes::fit(&line, 0);
        assert_eq!(axes.shares, [1.0, 0.0]);
        let alike = Array2::from_elem((4, 3), 2.0);
        assert_eq!(PrincipalAxes::fit(&alike, 0).shares, [0.0, 0.0]);
    }
}
