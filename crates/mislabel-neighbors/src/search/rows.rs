//! Rows in which the nearest by Euclidean distance are the nearest by the distance asked for.

use mislabel_core::{EmbeddingSource, Result, Run};
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, s};
use rayon::prelude::*;

use crate::graph::distance::Distance;
use crate::search::marks::{mark, rank};

/// Rows read at a time.
const CHUNK: usize = 1024;

/// Rows whose median is the center: those of the lowest marks, whatever the order of samples.
const MIDDLE_OF: usize = 255;

/// The embeddings, moved and scaled so that distances are Euclidean and f32 products of rows are accurate.
///
/// Under cosine every row is divided by its length: then 1 − cos = ‖u − v‖²/2. A zero row becomes the unit vector of a
/// feature of its own, which makes its cosine 0 with every other row and 1 with other zero rows. Under the Euclidean
/// distance rows are divided by one power of two, so that squares neither overflow nor vanish. A middle row is
/// subtracted: no distance changes, but products of rows that share a large part keep their digits. 4·n·d bytes, and 12·n.
pub(crate) struct SearchRows {
    /// `(n, d)`, standard layout.
    rows: Array2<f32>,
    /// ‖v‖²/2 of every row.
    half_squares: Vec<f32>,
    /// The mark of every row as it was read.
    marks: Vec<u64>,
    /// The last feature of zero rows, which no other row has, where cosine meets one.
    of_zero_rows: Option<f32>,
    distance: Distance,
    unit: f64,
}

impl SearchRows {
    pub(crate) fn read(source: &dyn EmbeddingSource, distance: Distance, run: &Run<'_>) -> Result<Self> {
        let mut rows = read_all(source, run)?;
        let marks = marks_of(&rows);
        let unit = match distance {
            Distance::Cosine => {
                rows = normalized(rows);
                1.0
            }
            Distance::Euclidean => scaled(&mut rows),
        };
        let middle = center(&mut rows, &marks);
        let d = rows.ncols();
        let of_zero_rows = (d > source.shape().1).then(|| 1.0 - middle[d - 1]);
        let slice = rows.as_slice().expect("the rows were made in standard layout");
        let half_squares = slice.par_chunks_exact(d).map(|row| (0.5 * square(row)) as f32).collect();
        Ok(Self { rows, half_squares, marks, of_zero_rows, distance, unit })
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

    /// ‖u − v‖² in f64, on the scale of the rows here; 2 without rounding between a zero row and another under cosine.
    pub(crate) fn squared(&self, a: usize, b: usize) -> f64 {
        let (a, b) = (self.block(a, 1), self.block(b, 1));
        let is_zero = |row: &[f32]| self.of_zero_rows.is_some() && row.last().copied() == self.of_zero_rows;
        if is_zero(a) != is_zero(b) { 2.0 } else { square_difference(a, b) }
    }

    /// Which of several samples at the same distance from sample `own` is nearer: that of the lowest rank.
    pub(crate) fn rank(&self, own: usize, other: usize) -> u64 {
        rank(self.marks[own], self.marks[other])
    }

    /// The distance asked for, from ‖u − v‖².
    pub(crate) fn distance_of(&self, squared: f64) -> f64 {
        distance_of(self.distance, self.unit, squared)
    }
}

/// Rows as [`SearchRows`] has them, to the last bit, but read and prepared whenever they are asked for: O(d) memory.
pub(crate) struct ReadRows<'a> {
    source: &'a dyn EmbeddingSource,
    distance: Distance,
    unit: f64,
    /// Whether there is a zero row under cosine, and so a feature more.
    wider: bool,
    middle: Vec<f32>,
}

impl<'a> ReadRows<'a> {
    /// Reads all rows once.
    pub(crate) fn new(source: &'a dyn EmbeddingSource, distance: Distance, run: &Run<'_>) -> Result<Self> {
        let (n, d) = source.shape();
        let stage = run.stage("reading embeddings", n);
        let seen = |start: usize| -> Result<(f32, bool, Vec<Marked>)> {
            let mut rows = Array2::zeros((CHUNK.min(n - start), d));
            source.read_rows(start, rows.view_mut())?;
            stage.advance(rows.nrows())?;
            let largest = rows.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
            let zero = rows.outer_iter().any(|row| row.iter().all(|value| *value == 0.0));
            Ok((largest, zero, lowest(marked(start, &marks_of(&rows)))))
        };
        let starts: Vec<usize> = (0..n).step_by(CHUNK).collect();
        let seen = starts.into_par_iter().map(seen).collect::<Result<Vec<_>>>()?;
        let largest = seen.iter().fold(0.0_f32, |largest, (value, _, _)| largest.max(*value));
        let cosine = distance == Distance::Cosine;
        let unit = if cosine { 1.0 } else { power_of_two(largest) };
        let wider = cosine && seen.iter().any(|(_, zero, _)| *zero);
        let mut rows = Self { source, distance, unit, wider, middle: vec![0.0; d + usize::from(wider)] };
        let numbers: Vec<u32> =
            lowest(seen.into_iter().flat_map(|(_, _, marked)| marked)).iter().map(|(_, row)| *row).collect();
        let width = rows.middle.len();
        let mut drawn = vec![0.0; numbers.len() * width];
        rows.gather(&numbers, &mut drawn)?;
        rows.middle = (0..width).map(|feature| median(drawn.iter().skip(feature).step_by(width).copied())).collect();
        Ok(rows)
    }
}

/// Rows in which the nearest by Euclidean distance are the nearest by the distance asked for, wherever they lie.
pub(crate) trait Rows: Send + Sync {
    /// `(n, d)`.
    fn shape(&self) -> (usize, usize);

    /// Writes the rows numbered `rows` one after the other into `out`, `(rows.len(), d)`.
    fn gather(&self, rows: &[u32], out: &mut [f32]) -> Result<()>;

    /// The distance asked for, from ‖u − v‖².
    fn distance_of(&self, squared: f64) -> f64;
}

impl Rows for SearchRows {
    fn shape(&self) -> (usize, usize) {
        Self::shape(self)
    }

    fn gather(&self, rows: &[u32], out: &mut [f32]) -> Result<()> {
        let places = out.chunks_exact_mut(self.rows.ncols());
        rows.iter().zip(places).for_each(|(row, place)| place.copy_from_slice(self.block(*row as usize, 1)));
        Ok(())
    }

    fn distance_of(&self, squared: f64) -> f64 {
        Self::distance_of(self, squared)
    }
}

impl Rows for ReadRows<'_> {
    fn shape(&self) -> (usize, usize) {
        (self.source.shape().0, self.middle.len())
    }

    fn gather(&self, rows: &[u32], out: &mut [f32]) -> Result<()> {
        let (width, d) = (self.middle.len(), self.source.shape().1);
        if self.wider {
            let mut narrow = Array2::zeros((rows.len(), d));
            self.source.gather(rows, narrow.view_mut())?;
            for (row, out) in narrow.outer_iter().zip(out.chunks_exact_mut(width)) {
                row.iter().zip(&mut *out).for_each(|(value, out)| *out = *value);
                out[d] = 0.0;
            }
        } else {
            let view = ArrayViewMut2::from_shape((rows.len(), d), &mut *out).expect("as many values as the shape says");
            self.source.gather(rows, view)?;
        }
        for row in out.chunks_exact_mut(width) {
            match self.distance {
                Distance::Cosine => {
                    if normalize((0, &mut *row)).is_some() {
                        row[width - 1] = 1.0;
                    }
                }
                Distance::Euclidean => row.iter_mut().for_each(|value| *value = (f64::from(*value) / self.unit) as f32),
            }
            row.iter_mut().zip(&self.middle).for_each(|(value, middle)| *value -= middle);
        }
        Ok(())
    }

    fn distance_of(&self, squared: f64) -> f64 {
        distance_of(self.distance, self.unit, squared)
    }
}

/// The distance asked for, from ‖u − v‖² of rows that were divided by `unit`.
fn distance_of(distance: Distance, unit: f64, squared: f64) -> f64 {
    match distance {
        Distance::Cosine => (0.5 * squared).min(2.0),
        Distance::Euclidean => squared.sqrt() * unit,
    }
}

fn read_all(source: &dyn EmbeddingSource, run: &Run<'_>) -> Result<Array2<f32>> {
    let mut rows = Array2::zeros(source.shape());
    let stage = run.stage("reading embeddings", source.shape().0);
    let read = |(chunk, mut out): (usize, ArrayViewMut2<'_, f32>)| {
        source.read_rows(chunk * CHUNK, out.view_mut())?;
        stage.advance(out.nrows())
    };
    rows.axis_chunks_iter_mut(Axis(0), CHUNK).into_par_iter().enumerate().try_for_each(read)?;
    Ok(rows)
}

/// Rows of length 1, zero rows along a new last feature.
fn normalized(mut rows: Array2<f32>) -> Array2<f32> {
    let d = rows.ncols();
    let slice = rows.as_slice_mut().expect("the rows were made in standard layout");
    let zeros: Vec<usize> = slice.par_chunks_exact_mut(d).enumerate().filter_map(normalize).collect();
    if zeros.is_empty() {
        return rows;
    }
    let mut wider = Array2::zeros((rows.nrows(), d + 1));
    wider.slice_mut(s![.., ..d]).assign(&rows);
    zeros.iter().for_each(|row| wider[[*row, d]] = 1.0);
    wider
}

/// Divides a row by its length, or returns its number when that is 0.
fn normalize((number, row): (usize, &mut [f32])) -> Option<usize> {
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
    let unit = power_of_two(largest);
    rows.par_mapv_inplace(|value| (f64::from(value) / unit) as f32);
    unit
}

/// The power of two that brings `largest` to [1, 2); 1 for 0.
fn power_of_two(largest: f32) -> f64 {
    if largest == 0.0 { 1.0 } else { f64::from(largest).log2().floor().exp2() }
}

/// The mark and the number of a row.
type Marked = (u64, u32);

/// The mark of every row.
fn marks_of(rows: &Array2<f32>) -> Vec<u64> {
    let slice = rows.as_slice().expect("the rows were made in standard layout");
    slice.par_chunks_exact(rows.ncols()).map(mark).collect()
}

/// The `marks` of the rows from `start` on, with their numbers.
fn marked(start: usize, marks: &[u64]) -> impl Iterator<Item = Marked> {
    marks.iter().enumerate().map(move |(row, mark)| (*mark, (start + row) as u32))
}

/// At most [`MIDDLE_OF`] rows of different marks, the lowest: a draw that depends on the rows alone, and takes equal rows once.
fn lowest(marked: impl Iterator<Item = Marked>) -> Vec<Marked> {
    let mut marked: Vec<Marked> = marked.collect();
    marked.sort_unstable();
    marked.dedup_by_key(|(mark, _)| *mark);
    marked.truncate(MIDDLE_OF);
    marked
}

/// Subtracts a middle row, and returns it: the median, feature by feature, of rows drawn by their `marks`. A mean would be carried
/// off by a single huge row, and the digits of all others with it.
fn center(rows: &mut Array2<f32>, marks: &[u64]) -> Vec<f32> {
    let chunks = marks.par_chunks(CHUNK).enumerate().map(|(chunk, marks)| lowest(marked(chunk * CHUNK, marks)));
    let drawn = lowest(chunks.collect::<Vec<_>>().into_iter().flatten());
    let d = rows.ncols();
    let median_of = |feature| median(drawn.iter().map(|(_, row)| rows[[*row as usize, feature]]));
    let middle: Vec<f32> = (0..d).map(median_of).collect();
    let slice = rows.as_slice_mut().expect("the rows were made in standard layout");
    slice
        .par_chunks_exact_mut(d)
        .for_each(|row| row.iter_mut().zip(&middle).for_each(|(value, middle)| *value -= middle));
    middle
}

fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.collect();
    let half = values.len() / 2;
    *values.select_nth_unstable_by(half, f32::total_cmp).1
}

/// Σ v² in f64.
pub(crate) fn square(row: &[f32]) -> f64 {
    let (blocks, rest) = row.as_chunks::<8>();
    let mut sums = [0.0_f64; 8];
    for block in blocks {
        sums.iter_mut().zip(block).for_each(|(sum, value)| *sum += f64::from(*value) * f64::from(*value));
    }
    sums.iter().sum::<f64>() + rest.iter().map(|value| f64::from(*value) * f64::from(*value)).sum::<f64>()
}

/// Σ (a − b)² in f64, in eight interleaved sums that the compiler keeps in vector registers.
pub(crate) fn square_difference(a: &[f32], b: &[f32]) -> f64 {
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
