//! Matrices in files, read in blocks of rows.

use std::path::Path;

use ndarray::{Array2, ArrayViewMut2};

use crate::error::{Error, Result};
use crate::storage::element::{Decoded, Element, decode};
use crate::storage::stored_array::{Backing, StoredArray};

/// Rows that are transposed at once: as many cache lines are written in turn as the first-level cache holds.
const TILE: usize = 64;
/// Rows that are gathered at once from columns: the more, the more often a cache line of a column serves twice.
const GATHERED: usize = 512;
/// Bytes of the widest number.
const WIDEST: usize = 8;

/// A numeric array of shape `(n, d)`, n, d ≥ 1.
#[derive(Debug)]
pub(crate) struct Matrix {
    array: StoredArray,
    rows: usize,
    columns: usize,
    /// Bytes per element.
    size: usize,
}

impl Matrix {
    pub(crate) fn new(array: StoredArray) -> Result<Self> {
        let layout = array.layout();
        if layout.element.is_text() {
            return array.refuse_element("numbers are needed");
        }
        let [rows, columns] = layout.shape[..] else {
            return array.refuse_shape("have two axes, samples and columns");
        };
        if rows == 0 || columns == 0 {
            return array.refuse_shape("have at least one row and one column");
        }
        let size = layout.element.size().expect("numbers have a size");
        Ok(Self { array, rows, columns, size })
    }

    pub(crate) fn path(&self) -> &Path {
        self.array.path()
    }

    pub(crate) fn residence(&self) -> Backing {
        self.array.residence()
    }

    pub(crate) fn shape(&self) -> (usize, usize) {
        (self.rows, self.columns)
    }

    /// Fills `out`, whole rows one after another, with the rows from `start` on; the caller checks the range.
    pub(crate) fn read<V: Decoded>(&self, start: usize, out: &mut [V]) {
        if self.is_row_major() {
            return self.decode(start * self.columns, out);
        }
        for (tile, out) in out.chunks_mut(TILE * self.columns).enumerate() {
            self.transpose(start + tile * TILE, out);
        }
    }

    /// Fills row i of `out` with row `rows[i]`; the caller checks that all are in range.
    pub(crate) fn gather<V: Decoded>(&self, rows: &[u32], out: &mut [V]) {
        if self.is_row_major() {
            for (&row, out) in rows.iter().zip(out.chunks_exact_mut(self.columns)) {
                self.decode(row as usize * self.columns, out);
            }
            return;
        }
        for (rows, out) in rows.chunks(GATHERED).zip(out.chunks_mut(GATHERED * self.columns)) {
            self.gather_tile(rows, out);
        }
    }

    /// The value at `(row, column)` as f64, for messages.
    pub(crate) fn value(&self, row: usize, column: usize) -> f64 {
        let index = if self.is_row_major() { row * self.columns + column } else { column * self.rows + row };
        let mut value = [0.0];
        self.decode(index, &mut value);
        value[0]
    }

    /// Checks that the values of `out`, row i of which is row `row(i)` of the file, are finite.
    pub(crate) fn finite<V: Decoded>(&self, out: &[V], row: impl Fn(usize) -> usize) -> Result<()> {
        // Without an early exit this vectorizes; the search is for the rare case. Integers all fit in f32.
        if !self.element().is_float() || !out.iter().fold(false, |bad, value| bad | !value.is_finite()) {
            return Ok(());
        }
        let Some(index) = out.iter().position(|value| !value.is_finite()) else {
            return Ok(());
        };
        let (row, column) = (row(index / self.columns), index % self.columns);
        Err(Error::Value {
            path: self.path().into(),
            row,
            column: column.to_string(),
            value: self.value(row, column).to_string(),
            requirement: "be a finite number within the range of f32",
        })
    }

    /// A matrix of one row or column is of both orders.
    fn is_row_major(&self) -> bool {
        !self.array.layout().fortran_order || self.rows == 1 || self.columns == 1
    }

    fn element(&self) -> Element {
        self.array.layout().element
    }

    /// Decodes the elements from `index` on, in the order of the file.
    fn decode<V: Decoded>(&self, index: usize, out: &mut [V]) {
        let bytes = &self.array.bytes()[index * self.size..(index + out.len()) * self.size];
        decode(self.element(), self.array.layout().big_endian, bytes, out);
    }

    /// Reads at most [`TILE`] rows from `start` on out of a matrix in column order.
    fn transpose<V: Decoded>(&self, start: usize, out: &mut [V]) {
        let mut buffer = [V::default(); TILE];
        let buffer = &mut buffer[..out.len() / self.columns];
        for column in 0..self.columns {
            self.decode(column * self.rows + start, buffer);
            scatter(buffer, out, column, self.columns);
        }
    }

    fn gather_tile<V: Decoded>(&self, rows: &[u32], out: &mut [V]) {
        let bytes = self.array.bytes();
        let mut cells = [0; GATHERED * WIDEST];
        let mut buffer = [V::default(); GATHERED];
        let buffer = &mut buffer[..rows.len()];
        for column in 0..self.columns {
            let column_bytes = &bytes[column * self.rows * self.size..(column + 1) * self.rows * self.size];
            match self.size {
                1 => pick::<1>(column_bytes, rows, &mut cells),
                2 => pick::<2>(column_bytes, rows, &mut cells),
                4 => pick::<4>(column_bytes, rows, &mut cells),
                _ => pick::<WIDEST>(column_bytes, rows, &mut cells),
            }
            decode(self.element(), self.array.layout().big_endian, &cells, buffer);
            scatter(buffer, out, column, self.columns);
        }
    }
}

/// Copies the elements `rows` of a column of `N` bytes each.
fn pick<const N: usize>(column: &[u8], rows: &[u32], cells: &mut [u8]) {
    let (column, _) = column.as_chunks::<N>();
    let (cells, _) = cells.as_chunks_mut::<N>();
    for (cell, &row) in cells.iter_mut().zip(rows) {
        *cell = column[row as usize];
    }
}

/// Writes `values` down one column of `out`, which has `columns` columns.
fn scatter<V: Copy>(values: &[V], out: &mut [V], column: usize, columns: usize) {
    for (row, value) in out.chunks_exact_mut(columns).zip(values) {
        row[column] = *value;
    }
}

/// Lets `fill` write to `out` as one slice, through a copy if `out` is not contiguous in row order.
pub(crate) fn in_standard_layout<V: Copy + Default>(
    out: &mut ArrayViewMut2<'_, V>,
    fill: impl FnOnce(&mut [V]) -> Result<()>,
) -> Result<()> {
    if let Some(out) = out.as_slice_mut() {
        return fill(out);
    }
    let mut copy = Array2::from_elem(out.dim(), V::default());
    fill(copy.as_slice_mut().expect("a new array is contiguous"))?;
    out.assign(&copy);
    Ok(())
}
