//! Rows of arrays as slices, how many are read at a time, and sums over them.

use ndarray::Array2;

/// Rows read at a time when statistics are gathered: large enough to amortise a call, small enough for the cache.
pub(crate) const CHUNK: usize = 256;

/// Chunks whose sums are held at a time: enough work for many threads.
pub(crate) const GROUP: usize = 256;

/// Adds `values` to `sums`, entry by entry.
pub(crate) fn add(values: &[f64], sums: &mut [f64]) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

/// Σ v², in eight interleaved sums that the compiler keeps in one vector register.
#[inline(always)]
pub(crate) fn square_norm<T: Copy + Into<f64>>(values: &[T]) -> f64 {
    let (blocks, rest) = values.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for block in blocks {
        sums.iter_mut().zip(block).for_each(|(sum, value)| *sum += (*value).into() * (*value).into());
    }
    sums.iter().sum::<f64>() + rest.iter().map(|value| (*value).into() * (*value).into()).sum::<f64>()
}

/// The rows of an array in standard layout, as slices.
pub(crate) fn in_rows<T>(array: &Array2<T>) -> impl Iterator<Item = &[T]> {
    array.as_slice().expect("the array was made in standard layout").chunks_exact(array.ncols())
}

/// The rows of an array in standard layout, as mutable slices.
pub(crate) fn in_rows_mut<T>(array: &mut Array2<T>) -> impl Iterator<Item = &mut [T]> {
    let columns = array.ncols();
    array.as_slice_mut().expect("the array was made in standard layout").chunks_exact_mut(columns)
}
