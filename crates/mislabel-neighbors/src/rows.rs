//! Rows in which the nearest by Euclidean distance are the nearest by the distance asked for.

use mislabel_core::{EmbeddingSource, Progress, Result, Stage};
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, s};
use rayon::prelude::*;

use crate::Distance;

/// Rows read at a time.
const CHUNK: usize = 1024;

/// Rows whose median is the centre.
const MIDDLE_OF: usize = 255;

/// The embeddings, moved and scaled so that distances are Euclidean and f32 products of rows are accurate.
///
/// Under cosine every row is divided by its length: then 1 − cos = ‖u − v‖²/2. A zero row becomes the unit vector of a
/// feature of its own, which makes its cosine 0 with every other row and 1 with other zero rows. Under the Euclidean
/// distance rows are divided by one power of two, so that squares neither overflow nor vanish. A middle row is
/// subtracted: no distance changes, but products of rows that share a large part keep their digits. 4·n·d bytes.
pub(crate) struct SearchRows {
    /// `(n, d)`, standard layout.
    rows: Array2<f32>,
    /// ‖v‖²/2 of every row.
    half_squares: Vec<f32>,
    distance: Distance,
    unit: f64,
}

impl SearchRows {
    pub(crate) fn read(source: &dyn EmbeddingSource, distance: Distance, progress: &dyn Progress) -> Result<Self> {
        let mut rows = read_all(source, progress)?;
        let unit = match distance {
            Distance::Cosine => {
                rows = normalised(rows);
                1.0
            }
            Distance::Euclidean => scaled(&mut rows),
        };
        centre(&mut rows);
        let d = rows.ncols();
        let slice = rows.as_slice().expect("the rows were made in standard layout");
        let half_squares = slice.par_chunks_exact(d).map(|row| (0.5 * square(row)) as f32).collect();
        Ok(Self { rows, half_squares, distance, unit })
    }

    /// `(n, d)`; d is one more than that of the embeddings where cosine meets a zero row.
    pub(crate) fn shape(&self) -> (usize, usize) {
        self.rows.dim()
    }

    /// All of them, `(n, d)`.
    pub(crate) fn view(&self) -> ArrayView2<'_, f32> {
        self.rows.view()
    }

    /// The rows numbered `start..start + rows`, one after the other.
    pub(crate) fn block(&self, start: usize, rows: usize) -> &[f32] {
        let d = self.rows.ncols();
        &self.rows.as_slice().expect("the rows were made in standard layout")[start * d..][..rows * d]
    }

    /// ‖v‖²/2 of the rows numbered `start..start + rows`.
    pub(crate) fn half_squares(&self, start: usize, rows: usize) -> &[f32] {
        &self.half_squares[start..][..rows]
    }

    /// ‖u − v‖² in f64, on the scale of the rows here.
    pub(crate) fn squared(&self, a: usize, b: usize) -> f64 {
        square_difference(self.block(a, 1), self.block(b, 1))
    }

    /// The distance asked for, from ‖u − v‖².
    pub(crate) fn distance_of(&self, squared: f64) -> f64 {
        match self.distance {
            Distance::Cosine => (0.5 * squared).min(2.0),
            Distance::Euclidean => squared.sqrt() * self.unit,
        }
    }
}

fn read_all(source: &dyn EmbeddingSource, progress: &dyn Progress) -> Result<Array2<f32>> {
    let mut rows = Array2::zeros(source.shape());
    let stage = Stage::new("reading embeddings", source.shape().0, progress);
    let read = |(chunk, mut out): (usize, ArrayViewMut2<'_, f32>)| {
        source.read_rows(chunk * CHUNK, out.view_mut())?;
        stage.advance(out.nrows())
    };
    rows.axis_chunks_iter_mut(Axis(0), CHUNK).into_par_iter().enumerate().try_for_each(read)?;
    Ok(rows)
}

/// Rows of length 1, zero rows along a new last feature.
fn normalised(mut rows: Array2<f32>) -> Array2<f32> {
    let d = rows.ncols();
    let slice = rows.as_slice_mut().expect("the rows were made in standard layout");
    let zeros: Vec<usize> = slice.par_chunks_exact_mut(d).enumerate().filter_map(normalise).collect();
    if zeros.is_empty() {
        return rows;
    }
    let mut wider = Array2::zeros((rows.nrows(), d + 1));
    wider.slice_mut(s![.., ..d]).assign(&rows);
    zeros.iter().for_each(|row| wider[[*row, d]] = 1.0);
    wider
}

/// Divides a row by its length, or returns its number when that is 0.
fn normalise((number, row): (usize, &mut [f32])) -> Option<usize> {
    let length = square(row).sqrt();
    if length == 0.0 {
        return Some(number);
    }
    row.iter_mut().for_each(|value| *value = (f64::from(*value) / length) as f32);
    None
}

/// Divides all rows by the power of two that brings the largest value to [1, 2), and returns it.
fn scaled(rows: &mut Array2<f32>) -> f64 {
    let largest = rows.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
    if largest == 0.0 {
        return 1.0;
    }
    let unit = f64::from(largest).log2().floor().exp2();
    rows.par_mapv_inplace(|value| (f64::from(value) / unit) as f32);
    unit
}

/// Subtracts a middle row: the median, feature by feature, of rows spread over all of them. A mean would be carried
/// off by a single huge row, and the digits of all others with it.
fn centre(rows: &mut Array2<f32>) {
    let (n, d) = rows.dim();
    let spread: Vec<usize> = (0..MIDDLE_OF.min(n)).map(|i| i * n / MIDDLE_OF.min(n)).collect();
    let middle: Vec<f32> = (0..d).map(|feature| median(spread.iter().map(|row| rows[[*row, feature]]))).collect();
    let slice = rows.as_slice_mut().expect("the rows were made in standard layout");
    slice
        .par_chunks_exact_mut(d)
        .for_each(|row| row.iter_mut().zip(&middle).for_each(|(value, middle)| *value -= middle));
}

fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.collect();
    let half = values.len() / 2;
    *values.select_nth_unstable_by(half, f32::total_cmp).1
}

/// Σ v² in f64.
fn square(row: &[f32]) -> f64 {
    let (blocks, rest) = row.as_chunks::<8>();
    let mut sums = [0.0_f64; 8];
    for block in blocks {
        sums.iter_mut().zip(block).for_each(|(sum, value)| *sum += f64::from(*value) * f64::from(*value));
    }
    sums.iter().sum::<f64>() + rest.iter().map(|value| f64::from(*value) * f64::from(*value)).sum::<f64>()
}

/// Σ (a − b)² in f64, in eight interleaved sums that the compiler keeps in vector registers.
fn square_difference(a: &[f32], b: &[f32]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut sums = [0.0_f64; 8];
    for (a, b) in a.iter().zip(b) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            let difference = f64::from(*a) - f64::from(*b);
            *sum += difference * difference;
        }
    }
    let rest = a_rest.iter().zip(b_rest).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2));
    sums.iter().sum::<f64>() + rest.sum::<f64>()
}
