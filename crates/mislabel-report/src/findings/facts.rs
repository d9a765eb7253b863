//! Facts of the data that need no method.

use mislabel_core::{Result, Run};
use mislabel_methods::Dataset;
use serde::Serialize;

use crate::findings::duplicates::CopyFacts;

/// A class of fewer samples is rare whatever the others are.
const FEW: usize = 10;
/// A class is rare if it has fewer than one in so many of the samples of the median class.
const FRACTION: usize = 10;

/// Facts of the data.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct DataFacts {
    /// Classes without samples.
    pub absent: Vec<u32>,
    /// Classes of fewer than 10 samples, or of fewer than a tenth of the median class; the smallest first.
    pub rare: Vec<u32>,
    /// Samples of the smallest class that has any, the median one and the largest.
    pub sizes: [usize; 3],
    /// Copies of samples; `None` without embeddings.
    pub copies: Option<CopyFacts>,
}

impl DataFacts {
    pub(crate) fn new(data: &Dataset<'_>, run: &Run<'_>) -> Result<Self> {
        let counts = data.given().counts();
        let mut present: Vec<(usize, u32)> = counts.iter().copied().zip(0..).filter(|(count, _)| *count > 0).collect();
        present.sort_unstable();
        let size = |place: usize| present.get(place).map_or(0, |(count, _)| *count);
        let (median, last) = (size(present.len() / 2), present.len().saturating_sub(1));
        let few = FEW.max(median / FRACTION);
        let copies = data.embeddings().map(|source| CopyFacts::new(source, data.given(), run)).transpose()?;
        Ok(Self {
            absent: counts.iter().zip(0..).filter(|(count, _)| **count == 0).map(|(_, class)| class).collect(),
            rare: present.iter().filter(|(count, _)| *count < few).map(|(_, class)| *class).collect(),
            sizes: [size(0), median, size(last)],
            copies,
        })
    }
}

#[cfg(test)]
mod tests {
    use mislabel_core::Labels;

    use super::*;

    #[test]
    fn small_classes_are_rare_and_empty_ones_absent() {
        let mut values = vec![0; 300];
        values.extend(vec![1; 200]);
        values.extend(vec![3; 19]);
        values.extend([4]);
        let labels = Labels::new(values, 6).unwrap();
        let facts = DataFacts::new(&Dataset::new(&labels), &Run::quiet()).unwrap();
        assert_eq!((facts.absent, facts.rare), (vec![2, 5], vec![4, 3]));
        assert_eq!(facts.sizes, [1, 200, 300]);
        assert!(facts.copies.is_none());
    }
}
