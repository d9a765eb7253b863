//! Neighbors of a block of samples as a part of a checkpoint.

use ndarray::{ArrayView2, ArrayViewMut2};

/// Bytes of a neighbor's number and of its distance.
const ENTRY: usize = 12;

/// The neighbors of a block, `(rows, k)`, as bytes: number and distance of every entry, least byte first.
pub(crate) fn bytes(indices: ArrayView2<'_, u32>, distances: ArrayView2<'_, f64>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(indices.len() * ENTRY);
    for (index, distance) in indices.iter().zip(distances) {
        bytes.extend(index.to_le_bytes());
        bytes.extend(distance.to_le_bytes());
    }
    bytes
}

/// Fills `indices` and `distances`, `(rows, k)`, with what [`bytes`] made; `false`, without effect, where that was a block
/// of another size.
pub(crate) fn restore(
    bytes: &[u8],
    mut indices: ArrayViewMut2<'_, u32>,
    mut distances: ArrayViewMut2<'_, f64>,
) -> bool {
    let (entries, rest) = bytes.as_chunks::<ENTRY>();
    if entries.len() != indices.len() || !rest.is_empty() {
        return false;
    }
    for ((entry, index), distance) in entries.iter().zip(&mut indices).zip(&mut distances) {
        let [a, b, c, d, length @ ..] = *entry;
        *index = u32::from_le_bytes([a, b, c, d]);
        *distance = f64::from_le_bytes(length);
    }
    true
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::{bytes, restore};

    #[test]
    fn a_block_comes_back_bit_for_bit_and_only_at_its_size() {
        let (indices, distances) = (array![[1_u32, u32::MAX], [0, 7]], array![[0.1, f64::MIN_POSITIVE], [0.0, 2.0]]);
        let kept = bytes(indices.view(), distances.view());
        let (mut again, mut lengths) = (Array2::zeros((2, 2)), Array2::zeros((2, 2)));
        assert!(restore(&kept, again.view_mut(), lengths.view_mut()));
        assert_eq!((again, lengths), (indices, distances));
        let (mut again, mut lengths) = (Array2::zeros((1, 2)), Array2::zeros((1, 2)));
        assert!(!restore(&kept, again.view_mut(), lengths.view_mut()));
    }
}
