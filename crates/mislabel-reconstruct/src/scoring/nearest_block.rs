//! The nearest classes of a block of rows, beside the summary.

use ndarray::Array2;

use crate::scoring::block_summary::BlockSummary;

/// Of a block of rows the summary, and the classes of least squared error, other than the given one.
pub(crate) struct NearestBlock {
    pub(crate) summary: BlockSummary,
    /// Classes, the nearest first, `(rows, width)`.
    pub(crate) classes: Array2<u32>,
    /// Squared errors under them, `(rows, width)`.
    pub(crate) errors: Array2<f32>,
}

impl NearestBlock {
    /// Of no class so far.
    pub(crate) fn new(rows: usize, width: usize) -> Self {
        Self {
            summary: BlockSummary::new(rows),
            classes: Array2::zeros((rows, width)),
            errors: Array2::from_elem((rows, width), f32::INFINITY),
        }
    }

    /// Takes the least two of the nearest classes, which a search has found, into the summary.
    pub(crate) fn summarize(&mut self) {
        for (row, (classes, errors)) in self.classes.outer_iter().zip(self.errors.outer_iter()).enumerate() {
            (self.summary.class[row], self.summary.least[row]) = (classes[0], errors[0]);
            self.summary.second[row] = errors.get(1).copied().unwrap_or(f32::INFINITY);
        }
    }

    /// Classes and errors row after row, then the summary, little endian.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let classes = self.classes.iter().flat_map(|class| class.to_le_bytes());
        let errors = self.errors.iter().flat_map(|error| error.to_le_bytes());
        classes.chain(errors).chain(self.summary.to_bytes()).collect()
    }

    /// A block of `rows` rows and `width` classes each.
    pub(crate) fn from_bytes(bytes: &[u8], rows: usize, width: usize) -> Option<Self> {
        let (nearest, summary) = bytes.split_at_checked(8 * rows * width)?;
        let (classes, errors) = nearest.as_chunks::<4>().0.split_at(rows * width);
        let classes = classes.iter().map(|word| u32::from_le_bytes(*word)).collect();
        let errors = errors.iter().map(|word| f32::from_le_bytes(*word)).collect();
        Some(Self {
            summary: BlockSummary::from_bytes(summary, rows)?,
            classes: Array2::from_shape_vec((rows, width), classes).ok()?,
            errors: Array2::from_shape_vec((rows, width), errors).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_reads_back_and_other_lengths_are_refused() {
        let mut block = NearestBlock::new(3, 2);
        block.classes[[1, 1]] = 7;
        block.errors[[2, 0]] = 0.5;
        block.summarize();
        assert_eq!(block.summary.least, [f32::INFINITY, f32::INFINITY, 0.5]);
        let bytes = block.to_bytes();
        assert_eq!(NearestBlock::from_bytes(&bytes, 3, 2).map(|read| read.to_bytes()), Some(bytes.clone()));
        assert!(NearestBlock::from_bytes(&bytes[1..], 3, 2).is_none() && NearestBlock::from_bytes(&[], 1, 1).is_none());
    }
}
