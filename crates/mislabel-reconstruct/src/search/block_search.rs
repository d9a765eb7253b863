//! Searching a block of rows for the classes that reconstruct them best.

use std::ops::Range;

use mislabel_core::Result;
use ndarray::Array2;

use crate::rows::scaling::ScaledRows;
use crate::rows::slices::{in_rows, square_norm};
use crate::scoring::block::{ROW_BLOCK, TABLE_BLOCK, squared_errors};
use crate::scoring::class_table::{ClassSlot, ClassTable};
use crate::search::estimates::Estimates;
use crate::search::goal::Goal;
use crate::search::prepared_table::PreparedTable;
use crate::search::scope::{LEADING, PROMISING};
use mislabel_linalg::Products;

/// How much more a product of gathered rows with few components costs than its share of a large one.
const GATHERING: f64 = 2.2;

/// Pairs after which the share that leading components rule out is known well enough.
const LEARNT: usize = 1000;

/// The buffers of one task, kept from block to block.
#[derive(Default)]
pub(crate) struct Search {
    rows: Array2<f32>,
    estimates: Estimates,
    products: Products,
    gathered: Vec<f32>,
    /// Pairs that leading components were asked about, and those they did not rule out: what the next choice of route
    /// goes by.
    tested: usize,
    passed: usize,
}

/// Rows of a block that one class is evaluated for, with what is known of each.
#[derive(Clone, Default)]
struct Pairs {
    rows: Vec<u32>,
    /// Squared error by the components so far.
    error: Vec<f32>,
    /// What they leave open of ‖x − m‖².
    open: Vec<f32>,
}

impl Search {
    /// Reads `count` rows from `start` on and estimates their errors.
    pub(crate) fn read(
        &mut self,
        prepared: &PreparedTable,
        rows: &ScaledRows<'_>,
        start: usize,
        count: usize,
    ) -> Result<()> {
        let features = rows.shape().1;
        if self.rows.dim() != (count, features) {
            self.rows = Array2::zeros((count, features));
        }
        rows.read(start, &mut self.rows)?;
        let mut norms = self.estimates.take_norms();
        norms.clear();
        norms.extend(in_rows(&self.rows).map(|row| square_norm(row) as f32));
        let rows = self.rows.as_slice().expect("the buffer is in standard layout");
        self.estimates.update(rows, norms, prepared.means(), prepared.components());
        Ok(())
    }

    /// The errors of the rows under their own class, where they are `wanted`.
    pub(crate) fn own_errors(
        &mut self,
        prepared: &PreparedTable,
        labels: &[u32],
        wanted: impl Fn(usize) -> bool,
        own: &mut [f32],
    ) {
        let slots = prepared.table().slots();
        let mut lists = vec![Pairs::default(); slots.len()];
        for row in (0..labels.len()).filter(|row| wanted(*row)) {
            let label = labels[row] as usize;
            let place = slots.binary_search_by_key(&label, |slot| slot.class).expect("every own class is fitted");
            self.push(&slots[place], place, row, &mut lists[place]);
        }
        for (place, pairs) in lists.iter_mut().enumerate() {
            self.evaluate(prepared, place, pairs, |_| f32::INFINITY);
            pairs.rows.iter().zip(&pairs.error).for_each(|(row, error)| own[*row as usize] = error.max(0.0));
        }
    }

    /// Offers every class that may matter to `goal`.
    pub(crate) fn search(&mut self, prepared: &PreparedTable, labels: &[u32], goal: &mut impl Goal) {
        let (count, nearest_only) = prepared.nearest();
        let nearest = self.nearest(prepared.table().slots(), labels, count);
        let first = count.min(PROMISING);
        self.offer_nearest(prepared, &nearest, count, 0..first, goal);
        self.offer_nearest(prepared, &nearest, count, first..count, goal);
        if nearest_only {
            return;
        }
        let mut place = 0;
        for group in prepared.table().groups(TABLE_BLOCK) {
            let list = |place: usize| self.undecided(prepared, place, labels, &nearest, goal);
            let lists: Vec<Pairs> = (place..place + group.len()).map(list).collect();
            if self.is_cheaper_one_by_one(group, &lists) {
                for (at, mut pairs) in lists.into_iter().enumerate() {
                    self.offer(prepared, place + at, &mut pairs, goal);
                }
            } else {
                self.offer_together(prepared.table(), group, &lists, goal);
            }
            place += group.len();
        }
    }

    /// Offers to every row those of its nearest classes that stand at `ranks`.
    fn offer_nearest(
        &mut self,
        prepared: &PreparedTable,
        nearest: &[u32],
        count: usize,
        ranks: Range<usize>,
        goal: &mut impl Goal,
    ) {
        let slots = prepared.table().slots();
        let mut lists = vec![Pairs::default(); slots.len()];
        for (row, places) in nearest.chunks_exact(count).enumerate() {
            for &place in places[ranks.clone()].iter().filter(|place| **place != u32::MAX) {
                let place = place as usize;
                self.push(&slots[place], place, row, &mut lists[place]);
            }
        }
        for (place, mut pairs) in lists.into_iter().enumerate() {
            self.offer(prepared, place, &mut pairs, goal);
        }
    }

    /// Whether gathering the listed rows class by class, leading components first, takes less than multiplying all rows
    /// with everything that the group has. Judged by how many pairs passed the leading components so far; either way
    /// gives the same.
    fn is_cheaper_one_by_one(&self, group: &[ClassSlot], lists: &[Pairs]) -> bool {
        let share = (self.passed + 1) as f64 / (self.tested + 1) as f64;
        let cost = |(slot, pairs): (&ClassSlot, &Pairs)| {
            let leading = self.leading(slot);
            pairs.rows.len() as f64 * (leading as f64 + share * (slot.offsets.len() - leading) as f64)
        };
        let gathered: f64 = group.iter().zip(lists).map(cost).sum();
        let width: usize = group.iter().map(ClassSlot::width).sum();
        let unknown = self.tested < LEARNT && !self.estimates.know_components();
        unknown || GATHERING * gathered < (self.rows.nrows() * width) as f64
    }

    /// Multiplies all rows with a whole group of classes and offers the listed ones.
    fn offer_together(&mut self, table: &ClassTable, group: &[ClassSlot], lists: &[Pairs], goal: &mut impl Goal) {
        let d = self.rows.ncols();
        let (first, width) = (group[0].start, group.iter().map(ClassSlot::width).sum::<usize>());
        let rows = self.rows.as_slice().expect("the buffer is in standard layout");
        let mut next = vec![0; group.len()];
        let mut squared = vec![0.0; ROW_BLOCK];
        for (block, rows) in rows.chunks(ROW_BLOCK * d).enumerate() {
            let start = block * ROW_BLOCK;
            let norms = &self.estimates.norms()[start..start + rows.len() / d];
            self.products.multiply(rows, table.rows(first, width), d);
            for ((slot, pairs), next) in group.iter().zip(lists).zip(&mut next) {
                squared_errors(slot, norms, &self.products, slot.start - first, &mut squared[..norms.len()]);
                let end = pairs.rows.partition_point(|row| (*row as usize) < start + norms.len());
                let listed = pairs.rows[*next..end].iter().map(|row| *row as usize);
                listed.for_each(|row| goal.offer(row, slot.class as u32, squared[row - start]));
                *next = end;
            }
        }
    }

    /// For every row the places of the `count` classes with the least estimated errors, `u32::MAX` where there are
    /// fewer.
    fn nearest(&self, slots: &[ClassSlot], labels: &[u32], count: usize) -> Vec<u32> {
        let mut places = vec![u32::MAX; labels.len() * count];
        let mut least = vec![f32::INFINITY; labels.len() * count];
        let mut errors = Vec::new();
        for (place, slot) in slots.iter().enumerate() {
            self.estimates.errors(slot, place, &mut errors);
            for (row, error) in errors.iter().copied().enumerate() {
                let last = row * count + count - 1;
                if error < least[last] && labels[row] as usize != slot.class {
                    let sorted = &least[last + 1 - count..last];
                    let at = last + 1 - count + sorted.partition_point(|known| *known <= error);
                    least.copy_within(at..last, at + 1);
                    places.copy_within(at..last, at + 1);
                    (least[at], places[at]) = (error, place as u32);
                }
            }
        }
        places
    }

    /// The rows for which the class at `place` is neither their own, nor among the `nearest`, nor ruled out by the
    /// estimates.
    fn undecided(
        &self,
        prepared: &PreparedTable,
        place: usize,
        labels: &[u32],
        nearest: &[u32],
        goal: &impl Goal,
    ) -> Pairs {
        let mut pairs = Pairs::default();
        let slot = &prepared.table().slots()[place];
        let count = nearest.len() / labels.len();
        let mut least = Vec::new();
        self.estimates.least(slot, prepared.bounds(place), place, &mut least);
        for (row, least) in least.into_iter().enumerate() {
            if least <= goal.bar(row)
                && labels[row] as usize != slot.class
                && !nearest[row * count..(row + 1) * count].contains(&(place as u32))
            {
                self.push(slot, place, row, &mut pairs);
            }
        }
        pairs
    }

    fn push(&self, slot: &ClassSlot, place: usize, row: usize, pairs: &mut Pairs) {
        let (error, open) = self.estimates.by_mean(slot, place, row);
        pairs.push(row, error, open);
    }

    fn offer(&mut self, prepared: &PreparedTable, place: usize, pairs: &mut Pairs, goal: &mut impl Goal) {
        self.evaluate(prepared, place, pairs, |row| goal.bar(row));
        let class = prepared.table().slots()[place].class as u32;
        let pairs = pairs.rows.iter().zip(&pairs.error);
        pairs.for_each(|(row, error)| goal.offer(*row as usize, class, error.max(0.0)));
    }

    /// How many components of a class may rule it out: none where eight bits of all of them were asked already.
    fn leading(&self, slot: &ClassSlot) -> usize {
        let most = if self.estimates.know_components() { usize::MAX } else { LEADING };
        most.min(slot.offsets.len())
    }

    /// Leaves the pairs whose error may be below `bar`, with all components counted.
    fn evaluate(&mut self, prepared: &PreparedTable, place: usize, pairs: &mut Pairs, bar: impl Fn(usize) -> f32) {
        let slot = &prepared.table().slots()[place];
        let (leading, count) = (self.leading(slot), slot.offsets.len());
        self.subtract(prepared.table(), slot, 0..leading, pairs);
        if leading == count || pairs.rows.is_empty() {
            return;
        }
        let bound = slot.factors[leading];
        let norms = self.estimates.norms();
        self.tested += pairs.rows.len();
        pairs.retain(|row, error, open| error - bound * open - slot.rounding(norms[row]) <= bar(row));
        self.passed += pairs.rows.len();
        self.subtract(prepared.table(), slot, leading..count, pairs);
    }

    /// Takes what the components `range` of a class explain off the errors.
    fn subtract(&mut self, table: &ClassTable, slot: &ClassSlot, range: Range<usize>, pairs: &mut Pairs) {
        if pairs.rows.is_empty() || range.is_empty() {
            return;
        }
        let d = self.rows.ncols();
        let rows = self.rows.as_slice().expect("the buffer is in standard layout");
        self.gathered.clear();
        pairs.rows.iter().for_each(|row| self.gathered.extend_from_slice(&rows[*row as usize * d..][..d]));
        self.products.multiply(&self.gathered, table.rows(slot.start + 1 + range.start, range.len()), d);
        for (column, j) in range.enumerate() {
            // A component of no weight explains nothing, and leaves its energy open.
            let (offset, weight) = (slot.offsets[j], slot.factors[j].max(f32::MIN_POSITIVE).recip());
            let known = pairs.error.iter_mut().zip(&mut pairs.open);
            for ((error, open), product) in known.zip(self.products.column(column)) {
                let energy = (product - offset) * (product - offset);
                *error -= energy;
                *open -= weight * energy;
            }
        }
        pairs.open.iter_mut().for_each(|open| *open = open.max(0.0));
    }
}

impl Pairs {
    fn push(&mut self, row: usize, error: f32, open: f32) {
        self.rows.push(row as u32);
        self.error.push(error);
        self.open.push(open);
    }

    fn retain(&mut self, keep: impl Fn(usize, f32, f32) -> bool) {
        let mut kept = 0;
        for i in 0..self.rows.len() {
            let (row, error, open) = (self.rows[i], self.error[i], self.open[i]);
            if keep(row as usize, error, open) {
                (self.rows[kept], self.error[kept], self.open[kept]) = (row, error, open);
                kept += 1;
            }
        }
        self.rows.truncate(kept);
        self.error.truncate(kept);
        self.open.truncate(kept);
    }
}
