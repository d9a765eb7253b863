//! The samples of a class that lean most towards another one.

use std::cmp::Ordering;

/// A sample and how much more probable another class is than its given one.
#[derive(Clone, Copy, Debug)]
struct Leaning {
    margin: f64,
    row: u32,
}

impl Leaning {
    /// Greater margins first; of equal ones the earlier row.
    fn order(&self, other: &Self) -> Ordering {
        other.margin.total_cmp(&self.margin).then(self.row.cmp(&other.row))
    }
}

/// The `wanted` samples of one class with the greatest margins towards one other class, of a stream of samples.
///
/// Holds at most twice as many as are wanted; O(1) per sample on average.
#[derive(Clone, Debug)]
pub(crate) struct TopMargins {
    /// The class that samples lean towards.
    pub(crate) truth: usize,
    wanted: usize,
    leanings: Vec<Leaning>,
    floor: f64,
}

impl TopMargins {
    pub(crate) fn new(truth: usize, wanted: usize) -> Self {
        Self { truth, wanted, leanings: Vec::new(), floor: f64::NEG_INFINITY }
    }

    /// Takes the sample `row` into account; rows come in ascending order, so that a tie never displaces.
    pub(crate) fn offer(&mut self, row: u32, margin: f64) {
        // Adding 0 makes −0 the 0 that it equals.
        let margin = margin + 0.0;
        if margin <= self.floor {
            return;
        }
        self.leanings.push(Leaning { margin, row });
        if self.leanings.len() >= 2 * self.wanted.max(2) {
            self.prune();
        }
    }

    /// The rows kept, in no particular order.
    pub(crate) fn into_rows(mut self) -> impl Iterator<Item = usize> {
        if self.leanings.len() > self.wanted {
            self.prune();
        }
        self.leanings.into_iter().map(|leaning| leaning.row as usize)
    }

    fn prune(&mut self) {
        let (_, last, _) = self.leanings.select_nth_unstable_by(self.wanted - 1, Leaning::order);
        self.floor = last.margin;
        self.leanings.truncate(self.wanted);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::TopMargins;

    proptest! {
        #[test]
        fn the_top_are_those_of_a_stable_sort(margins in prop::collection::vec(-3_i8..3, 1..200), wanted in 1_usize..30) {
            let mut top = TopMargins::new(0, wanted);
            margins.iter().enumerate().for_each(|(row, &margin)| top.offer(row as u32, f64::from(margin)));
            let mut rows: Vec<usize> = top.into_rows().collect();
            rows.sort_unstable();

            let mut naive: Vec<usize> = (0..margins.len()).collect();
            naive.sort_by_key(|&row| std::cmp::Reverse(margins[row]));
            naive.truncate(wanted);
            naive.sort_unstable();
            prop_assert_eq!(rows, naive);
        }
    }
}
