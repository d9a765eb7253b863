//! Orthonormal coordinates of the samples: leverage is their length.

use faer::{Mat, MatRef};
use mislabel_core::{Error, Result};
use mislabel_linalg::{add_lower, product, row_major, spectrum};
use ndarray::Array2;

use crate::algebra::rows::{Rows, in_rows_mut};

/// Directions whose eigenvalue is below this share of the greatest, in columns of equal variance, count as absent: ten
/// digits of a squared length are five of a length, below what f32 embeddings hold in correlated columns.
const RANK_TOLERANCE: f64 = 1e-10;

/// Columns that vary by less than this share of their size count as constant.
const CONSTANT: f64 = 1e-10;

/// The weighted rows r_i·[1, x_i] or r_i·x_i, centered and brought to columns of equal variance, neither of which changes
/// a leverage.
struct Design<'a> {
    rows: Rows<'a>,
    factors: Vec<f64>,
    mean: Vec<f64>,
    scale: Vec<f64>,
}

impl<'a> Design<'a> {
    fn new(rows: Rows<'a>, factors: Vec<f64>, intercept: bool) -> Result<Self> {
        let d = rows.shape().1;
        let square = |row: usize| factors[row].powi(2);
        let total = total_square(&factors);
        let mut mean = vec![0.0; d];
        if intercept && total > 0.0 {
            mean = rows.sums(d, |row, x, sums| sums.iter_mut().zip(x).for_each(|(sum, x)| *sum += square(row) * x))?;
            mean.iter_mut().for_each(|sum| *sum /= total);
        }
        let spread = rows.sums(2 * d, |row, x, sums| {
            let (centered, raw) = sums.split_at_mut(d);
            for (j, x) in x.iter().enumerate() {
                centered[j] += square(row) * (x - mean[j]).powi(2);
                raw[j] += square(row) * x * x;
            }
        })?;
        let scale = |j: usize| {
            let (centered, raw) = (spread[j].sqrt(), spread[d + j].sqrt());
            if centered > CONSTANT * raw { centered.recip() } else { 0.0 }
        };
        let scale = (0..d).map(scale).collect();
        Ok(Self { rows, factors, mean, scale })
    }

    /// The samples from `start` on, whose rows are `rows`.
    fn block(&self, start: usize, mut rows: Array2<f64>) -> Array2<f64> {
        for (i, row) in in_rows_mut(&mut rows).enumerate() {
            let factor = self.factors[start + i];
            for (j, x) in row.iter_mut().enumerate() {
                *x = factor * (*x - self.mean[j]) * self.scale[j];
            }
        }
        rows
    }

    fn all(&self) -> Result<Array2<f64>> {
        let n = self.rows.shape().0;
        Ok(self.block(0, self.rows.block(0, n)?))
    }
}

/// An orthonormal basis of the columns of r_i·[1, x_i] (or r_i·x_i): sample i is the i-th row of an `(n, rank)` matrix Q
/// with QᵀQ = I, of which blocks are made on demand.
///
/// For n > d from the eigenvectors of the `(d, d)` scatter matrix, else from those of the `(n, n)` Gram matrix.
pub(crate) struct Basis<'a> {
    design: Design<'a>,
    form: Form,
    /// 1/√Σr², when there is an intercept.
    constant: Option<f64>,
}

enum Form {
    /// Turns rows into coordinates, `(d, rank)`.
    Map(Mat<f64>),
    /// The coordinates, `(n, rank)`.
    Coordinates(Mat<f64>),
}

impl<'a> Basis<'a> {
    /// Of `rows` with the row factors r, `(n,)`, not all 0.
    pub(crate) fn new(rows: Rows<'a>, factors: Vec<f64>, intercept: bool) -> Result<Self> {
        let total = total_square(&factors);
        let design = Design::new(rows, factors, intercept)?;
        let (n, d) = rows.shape();
        let form = if n <= d { from_gram(&design)? } else { from_scatter(&design)? };
        let constant = (intercept && total > 0.0).then(|| total.sqrt().recip());
        Ok(Self { design, form, constant })
    }

    /// The rank of the matrix.
    pub(crate) fn rank(&self) -> usize {
        let columns = match &self.form {
            Form::Map(map) => map.ncols(),
            Form::Coordinates(coordinates) => coordinates.ncols(),
        };
        columns + usize::from(self.constant.is_some())
    }

    /// What `result(coordinates)` gives for every block of coordinates, `(rows, rank)`, in order.
    pub(crate) fn blocks<T: Send>(&self, result: impl Fn(Mat<f64>) -> T + Sync) -> Result<Vec<T>> {
        self.design.rows.blocks(|start, rows| Ok(result(self.coordinates(start, rows))))
    }

    /// The same, handed to `visit` one after the other.
    pub(crate) fn blocks_in_turn<T: Send>(
        &self,
        result: impl Fn(Mat<f64>) -> T + Sync,
        visit: impl FnMut(T),
    ) -> Result<()> {
        self.design.rows.blocks_in_turn(|start, rows| result(self.coordinates(start, rows)), visit)
    }

    fn coordinates(&self, start: usize, rows: Array2<f64>) -> Mat<f64> {
        let count = rows.nrows();
        let inner = match &self.form {
            Form::Map(map) => product(row_major(&self.design.block(start, rows)), map.as_ref()),
            Form::Coordinates(all) => all.subrows(start, count).to_owned(),
        };
        self.with_constant(start, inner.as_ref())
    }

    fn with_constant(&self, start: usize, inner: MatRef<'_, f64>) -> Mat<f64> {
        Mat::from_fn(inner.nrows(), self.rank(), |i, j| match self.constant {
            Some(constant) if j == inner.ncols() => constant * self.design.factors[start + i],
            _ => inner[(i, j)],
        })
    }
}

/// Σr².
fn total_square(factors: &[f64]) -> f64 {
    factors.iter().map(|factor| factor * factor).sum()
}

fn from_scatter(design: &Design<'_>) -> Result<Form> {
    let d = design.rows.shape().1;
    let mut scatter = Mat::zeros(d, d);
    let add = |block: Array2<f64>| add_lower(&mut scatter, row_major(&block).transpose(), row_major(&block));
    design.rows.blocks_in_turn(|start, rows| design.block(start, rows), add)?;
    let (values, vectors) = eigenpairs(scatter.as_ref())?;
    let kept = kept(&values);
    let map = Mat::from_fn(d, kept.len(), |i, j| vectors[(i, kept[j])] / values[kept[j]].sqrt());
    Ok(Form::Map(map))
}

fn from_gram(design: &Design<'_>) -> Result<Form> {
    let rows = design.all()?;
    let (matrix, n) = (row_major(&rows), rows.nrows());
    let mut gram = Mat::zeros(n, n);
    add_lower(&mut gram, matrix, matrix.transpose());
    let (values, vectors) = eigenpairs(gram.as_ref())?;
    let kept = kept(&values);
    Ok(Form::Coordinates(Mat::from_fn(n, kept.len(), |i, j| vectors[(i, kept[j])])))
}

/// Eigenvalues, ascending, and eigenvectors of a symmetric matrix whose lower triangle is `lower`.
fn eigenpairs(lower: MatRef<'_, f64>) -> Result<(Vec<f64>, Mat<f64>)> {
    let reason = "the eigenvalues of the samples' scatter did not converge";
    spectrum(lower).ok_or(Error::Undefined { quantity: "leverage", reason })
}

/// The numbers of the eigenvalues that count.
fn kept(values: &[f64]) -> Vec<usize> {
    let greatest = values.iter().copied().fold(0.0, f64::max);
    (0..values.len()).filter(|j| greatest > 0.0 && values[*j] > RANK_TOLERANCE * greatest).collect()
}
