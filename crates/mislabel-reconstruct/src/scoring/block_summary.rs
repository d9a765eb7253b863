//! What is kept of the errors of a block of rows, in memory and in a checkpoint.

/// Summary of the squared errors of a block of rows under all classes, one entry per row.
#[derive(Clone, Debug, Default)]
pub struct BlockSummary {
    /// Squared error under the class of the row's label; 0 where that class has no reconstructor.
    pub own: Vec<f32>,
    /// Least squared error under another class.
    pub least: Vec<f32>,
    /// Its class.
    pub class: Vec<u32>,
    /// Second least squared error under another class.
    pub second: Vec<f32>,
    /// Sum of the errors (roots) under the other classes; empty where not all of them were evaluated.
    pub sum_others: Vec<f64>,
}

impl BlockSummary {
    /// Of no class so far.
    pub(crate) fn new(rows: usize) -> Self {
        Self {
            own: vec![0.0; rows],
            least: vec![f32::INFINITY; rows],
            class: vec![0; rows],
            second: vec![f32::INFINITY; rows],
            sum_others: Vec::new(),
        }
    }

    /// Takes the squared errors of all rows under `class` into account.
    pub(crate) fn offer(&mut self, class: u32, labels: &[u32], squared: &[f32]) {
        let extremes = self.least.iter_mut().zip(&mut self.class).zip(&mut self.second);
        let rows = squared.iter().zip(labels).zip(extremes.zip(&mut self.own));
        for ((&error, &label), (((least, least_class), second), own)) in rows {
            let is_own = label == class;
            *own = if is_own { error } else { *own };
            let error = if is_own { f32::INFINITY } else { error };
            let better = error < *least;
            *second = if better { *least } else { second.min(error) };
            *least_class = if better { class } else { *least_class };
            *least = least.min(error);
        }
        for ((sum, &error), &label) in self.sum_others.iter_mut().zip(squared).zip(labels) {
            *sum += f64::from(if label == class { 0.0 } else { error.sqrt() });
        }
    }
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
    }
}
