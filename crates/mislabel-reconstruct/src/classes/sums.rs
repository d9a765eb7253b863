//! Sums over the rows of a class, the same in every bit however the rows are cut and ordered.

use mislabel_core::{Error, Result};
use mislabel_linalg::{add_lower, row_major};
use ndarray::{Array2, ArrayView2};

use crate::classes::scatter::ClassScatter;
use crate::rows::slices::square_norm;

/// Most rows whose products are summed in f64 before they are added.
const BLOCK: usize = 4096;

/// Most fractional bits: the products of 512 rows are then whole numbers below 2⁵³, which f64 holds without loss.
const MOST_BITS: u32 = 22;

/// Fewest: a feature is then off by up to 2⁻¹⁵, a thousandth of the mean feature of 1,000.
const FEWEST_BITS: u32 = 14;

/// Number, sum and sum of squares of rows, each divided by its length and rounded to multiples of 2⁻ᵇ, as integers.
///
/// Whole numbers add up to the same in any order. So classes may be summed in parts, on several machines, in any order, and
/// rows may be taken out again. How far rounding moves a reconstruction error ratio is measured in docs/distributed.md.
///
/// ```
/// use mislabel_reconstruct::RowSums;
/// use ndarray::array;
///
/// let rows = array![[3.0_f32, 4.0], [0.0, 2.0], [1.0, 0.0]];
/// let mut whole = RowSums::new(2, 20)?;
/// whole.add_rows(rows.view())?;
/// let (mut one, mut other) = (RowSums::new(2, 20)?, RowSums::new(2, 20)?);
/// one.add_rows(rows.slice(ndarray::s![2.., ..]))?;
/// other.add_rows(rows.slice(ndarray::s![..2, ..]))?;
/// one.add(&other)?;
/// assert_eq!((one.entries(), one.count()), (whole.entries(), 3));
/// one.subtract(&other)?;
/// assert_eq!(one.scatter()?.variance(), 0.0); // of a single row
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowSums {
    features: usize,
    bits: u32,
    /// The number of rows; their sums; the lower triangle of the sums of their products, row after row.
    entries: Vec<i64>,
}

impl RowSums {
    /// Of no rows of d `features`, with so many fractional `bits`, from 14 to 22.
    ///
    /// # Errors
    /// [`Error::Empty`] without features, [`Error::Parameter`] for other bits.
    pub fn new(features: usize, bits: u32) -> Result<Self> {
        Self::from_entries(features, bits, vec![0; Self::entries_of(features)])
    }

    /// From the [`entries`](Self::entries) of others.
    ///
    /// # Errors
    /// As [`new`](Self::new); [`Error::LengthMismatch`]; [`Error::OutOfRange`] for a number of rows that is negative or
    /// beyond [`most_rows`](Self::most_rows).
    pub fn from_entries(features: usize, bits: u32, entries: Vec<i64>) -> Result<Self> {
        if features == 0 {
            return Err(Error::Empty { what: "a row of features" });
        }
        if !(FEWEST_BITS..=MOST_BITS).contains(&bits) {
            return Err(Error::parameter("bits", f64::from(bits), "from 14 to 22"));
        }
        mislabel_core::checks::same_length("the sums of a class", Self::entries_of(features), entries.len())?;
        let sums = Self { features, bits, entries };
        sums.check_count(sums.entries[0])?;
        Ok(sums)
    }

    /// How many numbers are held for d `features`: 1 + d + d(d + 1)/2.
    pub fn entries_of(features: usize) -> usize {
        1 + features + features * (features + 1) / 2
    }

    /// Most rows of a class whose sums fit with so many `bits`: 2^(63 − 2b) − 1, 524,287 with 22, eight million with 20.
    pub fn most_rows(bits: u32) -> u64 {
        (1 << (63 - 2 * bits.min(31))) - 1
    }

    /// As many bits as a class of so many `rows` allows; `None` beyond 34 thousand million.
    pub fn bits_for(rows: u64) -> Option<u32> {
        (FEWEST_BITS..=MOST_BITS).rev().find(|bits| rows <= Self::most_rows(*bits))
    }

    /// The sums: number of rows, Σ x·2ᵇ, and the lower triangle of Σ x xᵀ·2²ᵇ, row after row.
    pub fn entries(&self) -> &[i64] {
        &self.entries
    }

    /// The sums, without the rest.
    pub fn into_entries(self) -> Vec<i64> {
        self.entries
    }

    /// The number of rows.
    pub fn count(&self) -> u64 {
        self.entries[0] as u64
    }

    /// Adds `rows`, `(m, d)`, as they come; a row of zeros stays one. O(m·d²).
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::NotFinite`] with row and feature, [`Error::OutOfRange`] when rows are too many.
    pub fn add_rows(&mut self, rows: ArrayView2<'_, f32>) -> Result<()> {
        mislabel_core::checks::same_length("a row of features", self.features, rows.ncols())?;
        self.check_count(self.entries[0].saturating_add(rows.nrows() as i64))?;
        let at_once = BLOCK.min(1 << (53 - 2 * self.bits));
        for (block, rows) in rows.axis_chunks_iter(ndarray::Axis(0), at_once).enumerate() {
            let rounded = self.rounded(rows, block * at_once)?;
            self.add_rounded(&rounded);
        }
        Ok(())
    }

    /// Rows times 2ᵇ, as whole numbers.
    fn rounded(&self, rows: ArrayView2<'_, f32>, from: usize) -> Result<Array2<f64>> {
        let mut rounded = Array2::zeros(rows.dim());
        let whole = f64::from(1_u32 << self.bits);
        for (row, (values, mut out)) in rows.outer_iter().zip(rounded.outer_iter_mut()).enumerate() {
            let square = values.as_slice().map_or_else(|| square_norm(&values.to_vec()), square_norm);
            if !square.is_finite() {
                let column = values.iter().position(|value| !value.is_finite()).unwrap_or(0);
                let value = f64::from(values[column]);
                return Err(Error::NotFinite { what: "embeddings", row: from + row, column, value });
            }
            let factor = if square > 0.0 { square.sqrt().recip() } else { 0.0 };
            let scaled = values.iter().map(|value| (f64::from(*value) * factor * whole).round_ties_even());
            out.iter_mut().zip(scaled).for_each(|(out, scaled)| *out = scaled);
        }
        Ok(rounded)
    }

    fn add_rounded(&mut self, rounded: &Array2<f64>) {
        let d = self.features;
        let matrix = row_major(rounded);
        let mut products = faer::Mat::zeros(d, d);
        add_lower(&mut products, matrix.transpose(), matrix);
        let (count, rest) = self.entries.split_at_mut(1);
        count[0] += rounded.nrows() as i64;
        let (linear, mut squares) = rest.split_at_mut(d);
        for row in rounded.outer_iter() {
            linear.iter_mut().zip(row).for_each(|(sum, value)| *sum += *value as i64);
        }
        for i in 0..d {
            let (line, below) = squares.split_at_mut(i + 1);
            line.iter_mut().enumerate().for_each(|(j, sum)| *sum += products[(i, j)] as i64);
            squares = below;
        }
    }

    /// Adds the rows of another part.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for other features or bits, [`Error::OutOfRange`] when rows are too many.
    pub fn add(&mut self, other: &Self) -> Result<()> {
        self.like(other)?;
        self.add_entries(&other.entries)
    }

    /// The same, from the [`entries`](Self::entries) of another part of the same features and bits.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn add_entries(&mut self, entries: &[i64]) -> Result<()> {
        mislabel_core::checks::same_length("the sums of a class", self.entries.len(), entries.len())?;
        self.check_count(self.entries[0].saturating_add(entries[0]))?;
        self.entries.iter_mut().zip(entries).for_each(|(sum, other)| *sum += other);
        Ok(())
    }

    /// Takes rows out that were added before.
    ///
    /// # Errors
    /// As [`add`](Self::add); [`Error::OutOfRange`] when there are not as many.
    pub fn subtract(&mut self, other: &Self) -> Result<()> {
        self.like(other)?;
        self.check_count(self.entries[0].saturating_sub(other.entries[0]))?;
        self.entries.iter_mut().zip(&other.entries).for_each(|(sum, other)| *sum -= other);
        Ok(())
    }

    fn like(&self, other: &Self) -> Result<()> {
        mislabel_core::checks::same_length("the features of a class's sums", self.features, other.features)?;
        mislabel_core::checks::same_length("the bits of a class's sums", self.bits as usize, other.bits as usize)
    }

    fn check_count(&self, count: i64) -> Result<()> {
        let most = Self::most_rows(self.bits);
        if u64::try_from(count).is_ok_and(|count| count <= most) {
            return Ok(());
        }
        let (what, high) = ("the number of rows of a class", most as f64);
        Err(Error::OutOfRange { what, row: 0, column: 0, value: count as f64, low: 0.0, high })
    }

    /// Mean and scatter: n·Σ x xᵀ − (Σ x)(Σ x)ᵀ is a whole number, so that nothing is lost where a class varies little.
    ///
    /// # Errors
    /// None of rows that were added.
    pub fn scatter(&self) -> Result<ClassScatter> {
        let d = self.features;
        let count = self.entries[0];
        let (unit, rows) = (f64::from(1_u32 << self.bits).recip(), (count as f64).max(1.0));
        let (linear, squares) = self.entries[1..].split_at(d);
        let mean = linear.iter().map(|sum| *sum as f64 / rows * unit).collect();
        let mut lower = Vec::with_capacity(squares.len());
        let mut at = 0;
        for i in 0..d {
            for j in 0..=i {
                let whole = i128::from(count) * i128::from(squares[at]) - i128::from(linear[i]) * i128::from(linear[j]);
                lower.push(whole as f64 / rows * unit * unit);
                at += 1;
            }
        }
        ClassScatter::new(count as u64, mean, &lower)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::s;
    use proptest::prelude::*;

    fn rows(n: usize, d: usize) -> Array2<f32> {
        Array2::from_shape_fn((n, d), |(i, j)| ((i * 7919 + j * 104_729 + i * j) as f32).sin() * (1.0 + i as f32))
    }

    #[test]
    fn a_block_of_the_largest_products_is_summed_without_loss() {
        for bits in [19, 20, 22] {
            let mut sums = RowSums::new(1, bits).unwrap();
            sums.add_rows(Array2::ones((3 * BLOCK + 5, 1)).view()).unwrap();
            let n = (3 * BLOCK + 5) as i64;
            assert_eq!(sums.entries(), [n, n << bits, n << (2 * bits)]);
            assert_eq!(sums.scatter().unwrap().variance(), 0.0);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(matches!(RowSums::new(0, 20), Err(Error::Empty { .. })));
        assert!(matches!(RowSums::new(3, 23), Err(Error::Parameter { .. })));
        let mut sums = RowSums::new(3, 20).unwrap();
        let mut bad = rows(5, 3);
        bad[[4, 1]] = f32::NAN;
        assert!(matches!(sums.add_rows(bad.view()), Err(Error::NotFinite { row: 4, column: 1, .. })));
        assert!(matches!(sums.add_rows(rows(2, 4).view()), Err(Error::LengthMismatch { .. })));
        let mut full = RowSums::from_entries(1, 20, vec![(1 << 23) - 1, 0, 0]).unwrap();
        assert!(matches!(full.add_rows(rows(1, 1).view()), Err(Error::OutOfRange { .. })));
        assert!(matches!(RowSums::new(1, 20).unwrap().subtract(&full), Err(Error::OutOfRange { .. })));
        assert_eq!((RowSums::bits_for(1), RowSums::bits_for(8_388_608)), (Some(22), Some(19)));
        assert_eq!(RowSums::bits_for(u64::MAX), None);
    }

    proptest! {
        #[test]
        fn any_cut_in_any_order_gives_the_same_sums(cut in 0_usize..=40, turn in 0_usize..40) {
            let rows = rows(40, 7);
            let mut whole = RowSums::new(7, 20).unwrap();
            whole.add_rows(rows.view()).unwrap();
            let order: Vec<usize> = (0..40).map(|row| (row + turn) % 40).collect();
            let turned = rows.select(ndarray::Axis(0), &order);
            let mut parts = RowSums::new(7, 20).unwrap();
            for part in [s![cut.., ..], s![..cut, ..]] {
                let mut sums = RowSums::new(7, 20).unwrap();
                sums.add_rows(turned.slice(part)).unwrap();
                parts.add(&sums).unwrap();
            }
            prop_assert_eq!(parts, whole);
        }
    }
}
