//! What a sample is known by, whatever its place: a hash of its values.

use mislabel_core::{EmbeddingSource, Result, split_seed};
use ndarray::Array2;
use rayon::prelude::*;

use crate::rows::slices::{CHUNK, in_rows};

/// An odd number of evenly spread bits: 2⁶⁴ divided by the golden ratio.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// A number for every row of `source`, `(n,)`: equal for equal rows, otherwise as good as random. O(n·d).
pub(crate) fn identities(source: &dyn EmbeddingSource, seed: u64) -> Result<Vec<u64>> {
    let (n, d) = source.shape();
    let of_chunk = |start: usize| {
        let mut rows = Array2::zeros((CHUNK.min(n - start), d));
        source.read_rows(start, rows.view_mut())?;
        Ok(in_rows(&rows).map(|row| split_seed(seed, &[hash(row)])).collect::<Vec<u64>>())
    };
    let starts: Vec<usize> = (0..n).step_by(CHUNK).collect();
    Ok(starts.into_par_iter().map(of_chunk).collect::<Result<Vec<_>>>()?.concat())
}

/// Adding 0 makes one zero of both.
fn hash(row: &[f32]) -> u64 {
    row.iter().fold(0, |state: u64, x| (state.rotate_left(29) ^ u64::from((x + 0.0).to_bits())).wrapping_mul(SPREAD))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_core::Embeddings;

    #[test]
    fn equal_rows_have_one_identity_and_others_have_their_own() {
        let rows = Array2::from_shape_fn((600, 3), |(i, j)| if j == 1 { (i % 300) as f32 * 1e-3 } else { 0.0 });
        let mut rows = rows;
        rows[[300, 0]] = -0.0;
        let found = identities(&Embeddings::new(rows.view()).unwrap(), 5).unwrap();
        assert_eq!(found[..300], found[300..]);
        let distinct: std::collections::BTreeSet<u64> = found.iter().copied().collect();
        assert_eq!(distinct.len(), 300);
    }
}
