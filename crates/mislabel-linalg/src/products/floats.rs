//! Products of rows and directions whose every entry is the same in whatever company it is computed.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

/// From this many rows and columns on, an entry of faer's product depends on its row, its column and their length
/// alone: one kernel sums in one order, whatever the size of the matrices. Smaller products take other routes and are
/// padded.
const LEAST: usize = 16;

/// The products of m rows with w directions, all of d values, and the buffers they need.
#[derive(Clone, Debug, Default)]
pub struct Products {
    values: Vec<f32>,
    padded_rows: Vec<f32>,
    padded_directions: Vec<f32>,
    rows: usize,
    stride: usize,
}

impl Products {
    /// Multiplies `rows`, `(m, d)`, by `directions`, `(w, d)`, both row by row.
    pub fn multiply(&mut self, rows: &[f32], directions: &[f32], features: usize) {
        self.rows = rows.len() / features;
        let width = (directions.len() / features).max(LEAST);
        self.stride = self.rows.max(LEAST);
        let left = padded(rows, self.stride * features, &mut self.padded_rows);
        let right = padded(directions, width * features, &mut self.padded_directions);
        if self.values.len() < self.stride * width {
            self.values.resize(self.stride * width, 0.0);
        }
        let product = MatMut::from_column_major_slice_mut(&mut self.values[..self.stride * width], self.stride, width);
        let left = MatRef::from_row_major_slice(left, self.stride, features);
        let right = MatRef::from_column_major_slice(right, features, width);
        matmul(product, Accum::Replace, left, right, 1.0, Par::Seq);
    }

    /// The products of all rows with one direction, `(m,)`.
    #[inline]
    pub fn column(&self, direction: usize) -> &[f32] {
        &self.values[direction * self.stride..][..self.rows]
    }
}

/// `values`, followed by zeros if there are fewer than `length`.
fn padded<'a>(values: &'a [f32], length: usize, buffer: &'a mut Vec<f32>) -> &'a [f32] {
    if values.len() >= length {
        return values;
    }
    buffer.clear();
    buffer.extend_from_slice(values);
    buffer.resize(length, 0.0);
    buffer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(count: usize, from: usize) -> Vec<f32> {
        (0..count).map(|i| ((i + from) as f32 * 0.739).sin()).collect()
    }

    #[test]
    fn an_entry_is_the_same_bit_for_bit_in_products_of_any_size() {
        for d in [1, 7, 16, 64, 513, 768] {
            let (rows, directions) = (wave(70 * d, 0), wave(60 * d, 5));
            let mut all = Products::default();
            all.multiply(&rows, &directions, d);
            let mut some = Products::default();
            for (m, w) in [(1, 1), (1, 60), (70, 1), (2, 3), (16, 16), (17, 33), (15, 60), (69, 50)] {
                some.multiply(&rows[d..(m + 1).min(70) * d], &directions[..w * d], d);
                for j in 0..w {
                    let expected = &all.column(j)[1..(m + 1).min(70)];
                    assert_eq!(some.column(j), expected, "{m} x {d} x {w}");
                }
            }
        }
    }
}
