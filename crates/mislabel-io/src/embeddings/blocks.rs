//! Rows of embeddings on their way to a file, read and converted block by block.

use std::path::Path;

use half::f16;
use half::slice::HalfFloatSliceExt;
use mislabel_core::{EmbeddingSource, Error, Result, Run, Stage};
use ndarray::parallel::prelude::*;
use ndarray::{Array2, ArrayViewMut2, Axis, s};
use rayon::slice::ParallelSliceMut;

use crate::error::Error as FileError;

/// Numbers read and converted at a time: 16 MiB of f32.
const BLOCK_VALUES: usize = 1 << 22;
/// Numbers that one thread reads and converts at a time.
const PIECE_VALUES: usize = 1 << 16;

const STAGE: &str = "writing rows";

/// How numbers are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FloatFormat {
    /// 16 bits (f16): 3 decimal digits up to 65,504, half the space and the reading time. The default.
    #[default]
    Half,
    /// 32 bits (f32): as they are.
    Single,
}

impl FloatFormat {
    /// Bytes of a number.
    pub fn bytes(self) -> usize {
        match self {
            Self::Half => 2,
            Self::Single => 4,
        }
    }
}

/// The rows of a source on their way to one file.
pub(crate) struct RowBlocks<'a> {
    pub(crate) path: &'a Path,
    pub(crate) source: &'a dyn EmbeddingSource,
    pub(crate) stored: FloatFormat,
    stage: Stage<'a>,
}

impl<'a> RowBlocks<'a> {
    pub(crate) fn new(path: &'a Path, source: &'a dyn EmbeddingSource, stored: FloatFormat, run: &Run<'a>) -> Self {
        Self { path, source, stored, stage: run.stage(STAGE, source.shape().0) }
    }

    pub(crate) fn io(&self, cause: std::io::Error) -> Error {
        FileError::io(self.path)(cause).into()
    }

    /// Calls `write` with the number of rows and the bytes of every block of rows, in order.
    pub(crate) fn write(&self, mut write: impl FnMut(usize, &[u8]) -> Result<()>) -> Result<()> {
        let (n, d) = self.source.shape();
        let rows = (BLOCK_VALUES / d).clamp(1, n);
        let mut values = Array2::zeros((rows, d));
        let mut bytes = vec![0; rows * d * self.stored.bytes()];
        for start in (0..n).step_by(rows) {
            let count = rows.min(n - start);
            let bytes = &mut bytes[..count * d * self.stored.bytes()];
            self.fill(start, values.slice_mut(s![..count, ..]), bytes)?;
            write(count, bytes)?;
            self.stage.advance(count)?;
        }
        Ok(())
    }

    /// Reads the rows from `start` on into `values` and their bytes into `bytes`, in parallel.
    fn fill(&self, start: usize, mut values: ArrayViewMut2<'_, f32>, bytes: &mut [u8]) -> Result<()> {
        let d = values.ncols();
        let piece = (PIECE_VALUES / d).max(1);
        let pieces = values.axis_chunks_iter_mut(Axis(0), piece).into_par_iter();
        let places = bytes.par_chunks_mut(piece * d * self.stored.bytes()).enumerate();
        pieces.zip(places).try_for_each(|(mut values, (number, bytes))| {
            let first = start + number * piece;
            self.source.read_rows(first, values.view_mut())?;
            let numbers = values.as_slice().expect("rows of a new array are contiguous");
            match self.stored {
                FloatFormat::Half => halves(numbers, bytes).map_err(|place| too_great(first, d, numbers, place)),
                FloatFormat::Single => {
                    let (places, _) = bytes.as_chunks_mut();
                    places.iter_mut().zip(numbers).for_each(|(place, number)| *place = number.to_le_bytes());
                    Ok(())
                }
            }
        })
    }
}

/// Converts `numbers` to f16 in `bytes`, or tells the place of the first that is too great.
fn halves(numbers: &[f32], bytes: &mut [u8]) -> Result<(), usize> {
    let mut halves = vec![f16::ZERO; numbers.len()];
    halves.convert_from_f32_slice(numbers);
    let (places, _) = bytes.as_chunks_mut();
    places.iter_mut().zip(&halves).for_each(|(place, half)| *place = half.to_le_bytes());
    match halves.iter().any(|half| !half.is_finite()) {
        true => Err(halves.iter().position(|half| !half.is_finite()).unwrap_or(0)),
        false => Ok(()),
    }
}

fn too_great(first: usize, d: usize, numbers: &[f32], place: usize) -> Error {
    let most = f16::MAX.to_f64();
    let (row, column, value) = (first + place / d, place % d, f64::from(numbers[place]));
    Error::OutOfRange { what: "embeddings to store as f16", row, column, value, low: -most, high: most }
}
