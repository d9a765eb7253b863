//! Finished parts of a soft linear run as bytes, for a checkpoint.

use mislabel_core::{Result, Run};

use crate::scoring::block::BlockSummary;

/// What the checkpoint holds under `name`, or what `compute` gives, which is then kept. Where `part` is `None` nothing is.
/// Bytes that say nothing, of another version say, count as absent.
pub(crate) fn kept_or<T>(
    run: &Run<'_>,
    part: Option<String>,
    decode: impl Fn(&[u8]) -> Option<T>,
    encode: impl Fn(&T) -> Vec<u8>,
    compute: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let Some(part) = part.filter(|_| run.keeps_parts()) else { return compute() };
    if let Some(known) = run.load(&part)?.and_then(|bytes| decode(&bytes)) {
        return Ok(known);
    }
    let value = compute()?;
    run.store(&part, &encode(&value))?;
    Ok(value)
}

/// One byte a sample.
pub(crate) fn flag_bytes(flags: &[bool]) -> Vec<u8> {
    flags.iter().map(|flag| u8::from(*flag)).collect()
}

/// The flags of `rows` samples.
pub(crate) fn flags(bytes: &[u8], rows: usize) -> Option<Vec<bool>> {
    (bytes.len() == rows && bytes.iter().all(|byte| *byte < 2)).then(|| bytes.iter().map(|byte| *byte == 1).collect())
}

impl BlockSummary {
    /// Columns one after another, little endian.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let single = [&self.own, &self.least, &self.second].into_iter().flatten().flat_map(|value| value.to_le_bytes());
        let classes = self.class.iter().flat_map(|class| class.to_le_bytes());
        single.chain(classes).chain(self.sum_others.iter().flat_map(|sum| sum.to_le_bytes())).collect()
    }

    /// A summary of `rows` rows, with sums or without.
    pub(crate) fn from_bytes(bytes: &[u8], rows: usize) -> Option<Self> {
        let (columns, sums) = bytes.split_at_checked(16 * rows)?;
        if !sums.is_empty() && sums.len() != 8 * rows {
            return None;
        }
        let words: Vec<[u8; 4]> = columns.as_chunks::<4>().0.to_vec();
        let single =
            |column: usize| words[column * rows..][..rows].iter().map(|word| f32::from_le_bytes(*word)).collect();
        Some(Self {
            own: single(0),
            least: single(1),
            second: single(2),
            class: words[3 * rows..].iter().map(|word| u32::from_le_bytes(*word)).collect(),
            sum_others: sums.as_chunks::<8>().0.iter().map(|sum| f64::from_le_bytes(*sum)).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_reads_back_bit_for_bit_and_other_lengths_are_refused() {
        let block = BlockSummary {
            own: vec![0.1, f32::INFINITY],
            least: vec![1.0, 2.0],
            class: vec![7, u32::MAX],
            second: vec![f32::INFINITY, 3.5],
            sum_others: vec![0.1, 1e300],
        };
        let bytes = block.to_bytes();
        assert_eq!(BlockSummary::from_bytes(&bytes, 2).map(|read| read.to_bytes()), Some(bytes.clone()));
        assert_eq!(BlockSummary::from_bytes(&bytes[..32], 2).map(|read| read.sum_others), Some(Vec::new()));
        assert!(BlockSummary::from_bytes(&bytes, 4).is_none() && BlockSummary::from_bytes(&bytes[..40], 2).is_none());
        assert_eq!(flags(&flag_bytes(&[true, false]), 2), Some(vec![true, false]));
        assert!(flags(&[1, 2], 2).is_none() && flags(&[1], 2).is_none());
    }
}
