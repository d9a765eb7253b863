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

/// The `wanted` samples of one class with the greatest margins towards one other class; of equals the earlier rows.
///
/// Samples may come in any order. Holds at most twice as many as are wanted; O(1) per sample on average.
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

    /// Samples with a margin below this are not among the wanted.
    pub(crate) fn floor(&self) -> f64 {
        self.floor
    }

    /// Takes the sample `row` into account.
    pub(crate) fn offer(&mut self, row: u32, margin: f64) {
        if margin < self.floor {
            return;
        }
        // Adding 0 makes −0 the 0 that it equals.
        self.leanings.push(Leaning { margin: margin + 0.0, row });
        let held = self.leanings.len();
        if held == self.wanted || held >= 2 * self.wanted.max(2) {
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
        fn the_top_are_those_of_a_stable_sort_in_whatever_order_they_come(
            margins in prop::collection::vec(-3_i8..3, 1..200),
            wanted in 1_usize..30,
            turn in any::<prop::sample::Index>(),
        ) {
            let mut top = TopMargins::new(0, wanted);
            let mut order: Vec<usize> = (0..margins.len()).rev().collect();
            order.rotate_left(turn.index(margins.len()));
            order.into_iter().for_each(|row| top.offer(row as u32, f64::from(margins[row])));
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
