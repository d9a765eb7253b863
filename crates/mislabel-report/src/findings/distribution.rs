//! How values are distributed, those of flagged labels apart.

use serde::Serialize;

/// A histogram of equal bins over [`low`, `high`], those of flagged labels counted apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Histogram {
    /// The start of the first bin.
    pub low: f64,
    /// The end of the last bin.
    pub high: f64,
    /// Flagged labels of every bin.
    pub flagged: Vec<usize>,
    /// The other labels of every bin.
    pub others: Vec<usize>,
}

impl Histogram {
    /// The histogram in `bins` bins of (value, whether flagged); values outside [`low`, `high`] fall into the outermost bins.
    pub(crate) fn new(bins: usize, [low, high]: [f64; 2], values: impl IntoIterator<Item = (f64, bool)>) -> Self {
        let (mut flagged, mut others) = (vec![0; bins], vec![0; bins]);
        for (value, is_issue) in values {
            let counts = if is_issue { &mut flagged } else { &mut others };
            counts[bin(bins, low, high, value)] += 1;
        }
        Self { low, high, flagged, others }
    }

    /// How many values there are.
    pub fn total(&self) -> usize {
        self.flagged.iter().chain(&self.others).sum()
    }

    /// The start of bin `place`, or the end of the one before.
    pub(crate) fn edge(&self, place: usize) -> f64 {
        self.low + (self.high - self.low) * place as f64 / self.flagged.len() as f64
    }
}

fn bin(bins: usize, low: f64, high: f64, value: f64) -> usize {
    let place = (value - low) / (high - low) * bins as f64;
    // Of a NaN, where low and high are one, the first bin.
    (place.max(0.0) as usize).min(bins - 1)
}

#[cfg(test)]
mod tests {
    use super::Histogram;

    #[test]
    fn every_value_falls_into_one_bin() {
        let values = [(0.0, true), (0.24, true), (0.25, false), (1.0, false), (7.0, false), (-1.0, false)];
        let histogram = Histogram::new(4, [0.0, 1.0], values);
        assert_eq!(histogram.flagged, [2, 0, 0, 0]);
        assert_eq!(histogram.others, [1, 1, 0, 2]);
        assert_eq!((histogram.total(), histogram.edge(1)), (6, 0.25));
    }

    #[test]
    fn one_value_alone_has_a_bin() {
        assert_eq!(Histogram::new(3, [2.0, 2.0], [(2.0, true)]).total(), 1);
    }
}
