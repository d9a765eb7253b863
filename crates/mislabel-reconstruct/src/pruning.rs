//! Searching the classes that reconstruct a row best, most classes being ruled out early.
//!
//! With the r leading components of a class known, Δ_c² lies between e − g_{r+1}·ρ and e, where e is the error so far, ρ the
//! part of ‖x − m‖² that they leave open, and g_{r+1} the largest factor left. The classes of the nearest means are evaluated
//! first; what they give rules most others out by their means alone, or by a few components. Every entry of a product is the
//! same in whatever company it is computed ([`Products`]), so what is evaluated equals the exhaustive result bit for bit.

use mislabel_core::{Labels, Progress, Result, Stage, split_seed};
use ndarray::Array2;
use rand::SeedableRng;
use rand::seq::index;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::Classes;
use crate::kept_rows::{flag_bytes, flags, kept_or};
use crate::products::Products;
use crate::reconstructors::{ClassSlot, ClassTable, OwnError};
use crate::scaling::{ScaledRows, in_rows, square_norm};
use crate::scoring::{BlockSummary, ROW_BLOCK, TABLE_BLOCK, squared_errors};

/// Components by which a class is judged that its mean does not rule out. A third of the default 50 decides most pairs.
const LEADING: usize = 16;

/// With fewer classes than this, too large a share of them is near every sample for pruning to save anything.
const LEAST_CLASSES: usize = 32;

/// Nearest means whose classes are evaluated before any class is ruled out.
const PROMISING: usize = 3;

/// Samples of which all classes are evaluated: a share of .5% has a standard error of .055%.
const SAMPLE: usize = 16_384;

/// Rounding of an error in f32, relative to the squares it is computed from: 768 terms of random sign lose some 2e-6.
const ROUNDING: f32 = 2e-5;

/// How much more a product of gathered rows with few components costs than its share of a large one.
const GATHERING: f64 = 2.2;

/// Pairs after which the share that leading components rule out is known well enough.
const LEARNT: usize = 1000;

/// Rows searched together; many, so that every class finds enough of them to multiply.
const SEARCHED: usize = 7680;

/// How classes are searched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SearchScope {
    /// Which classes are evaluated.
    pub(crate) classes: Classes,
    /// Seed of the sample.
    pub(crate) seed: u64,
    /// Rows whose errors under all classes are summed where classes are pruned.
    pub(crate) sample: usize,
    /// With fewer classes than this none is pruned.
    pub(crate) least_classes: usize,
    /// With fewer components than this neither.
    pub(crate) least_components: usize,
    /// Rows searched together; results do not depend on it.
    pub(crate) block: usize,
    /// The round of fitting whose parts a checkpoint may keep.
    pub(crate) round: Option<usize>,
}

impl Default for SearchScope {
    fn default() -> Self {
        Self {
            classes: Classes::All,
            seed: 0,
            sample: SAMPLE,
            least_classes: LEAST_CLASSES,
            least_components: 2 * LEADING,
            block: ROW_BLOCK,
            round: None,
        }
    }
}

impl SearchScope {
    /// Rows to search together: enough for every class to find some, few enough for every thread to find work.
    pub(crate) fn best_block(given: &Labels) -> usize {
        let wanted = (8 * given.classes()).clamp(ROW_BLOCK, SEARCHED);
        let shared = given.len().div_ceil(4 * rayon::current_num_threads());
        wanted.min(shared).next_multiple_of(ROW_BLOCK)
    }

    /// The name in a checkpoint of the rows from `start` on, under the `work` done on them.
    pub(crate) fn part(&self, work: &str, start: usize, rows: usize) -> Option<String> {
        self.round.map(|round| format!("soft linear/round {round}/{work}/rows {start} to {}", start + rows))
    }

    /// Whether any class of `table` may be left out.
    pub(crate) fn prunes(&self, table: &ClassTable) -> bool {
        let components = table.slots().iter().map(|slot| slot.offsets.len()).max().unwrap_or(0);
        let pays = table.slots().len() >= self.least_classes && components >= self.least_components;
        self.classes != Classes::All && pays
    }

    /// The rows of n whose errors under all classes are summed, ascending.
    pub(crate) fn sampled_rows(&self, n: usize) -> Vec<u32> {
        let mut random = ChaCha8Rng::seed_from_u64(split_seed(self.seed, &[n as u64]));
        let drawn = index::sample(&mut random, n, self.sample.min(n));
        let mut rows: Vec<u32> = drawn.into_iter().map(|row| row as u32).collect();
        rows.sort_unstable();
        rows
    }

    /// How many nearest means are evaluated, and whether no other class is.
    fn nearest(&self) -> (usize, bool) {
        match self.classes {
            Classes::Nearest(count) => (count, true),
            Classes::All | Classes::Pruned => (PROMISING, false),
        }
    }
}

/// The classes of a table, ready to be searched.
pub(crate) struct Pruning<'a> {
    table: &'a ClassTable,
    /// All means, one after another.
    means: Vec<f32>,
    scope: SearchScope,
}

/// What a search is for.
trait Goal {
    /// A class whose squared error certainly exceeds this changes nothing for the row.
    fn bar(&self, row: usize) -> f32;
    /// Takes the squared error of a row under a class other than its own into account.
    fn offer(&mut self, row: usize, class: u32, squared: f32);
}

impl Goal for BlockSummary {
    fn bar(&self, row: usize) -> f32 {
        self.second[row]
    }

    fn offer(&mut self, row: usize, class: u32, squared: f32) {
        // Classes come in any order; of equal errors the one of the earlier class is the least.
        if squared < self.least[row] || squared == self.least[row] && class < self.class[row] {
            self.second[row] = self.least[row];
            (self.least[row], self.class[row]) = (squared, class);
        } else if squared < self.second[row] {
            self.second[row] = squared;
        }
    }
}

/// Which rows of a block no other class reconstructs so well that χ exceeds the threshold.
struct Passed<'a> {
    own: &'a [OwnError],
    threshold: f64,
    bars: Vec<f32>,
    passed: Vec<bool>,
}

impl Goal for Passed<'_> {
    fn bar(&self, row: usize) -> f32 {
        self.bars[row]
    }

    fn offer(&mut self, row: usize, _: u32, squared: f32) {
        if self.own[row].exceeds(self.threshold, squared) {
            self.passed[row] = false;
            self.bars[row] = f32::NEG_INFINITY;
        }
    }
}

impl<'a> Pruning<'a> {
    pub(crate) fn new(table: &'a ClassTable, scope: SearchScope) -> Self {
        let means = table.slots().iter().flat_map(|slot| table.rows(slot.start, 1)).copied().collect();
        Self { table, means, scope }
    }

    /// The least two errors of every row; own errors where `own` says [`OwnError::Plain`]. Sums are left out.
    pub(crate) fn summaries(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        own: &[OwnError],
        progress: &dyn Progress,
    ) -> Result<Vec<BlockSummary>> {
        let n = given.len();
        let stage = Stage::new("searching classes", n, progress);
        let size = self.scope.block;
        let starts: Vec<usize> = (0..n).step_by(size).collect();
        let block = |search: &mut Search, start: usize| {
            let labels = &given.values()[start..n.min(start + size)];
            let decode = |bytes: &[u8]| BlockSummary::from_bytes(bytes, labels.len());
            let part = self.scope.part("search", start, labels.len());
            let summary = kept_or(progress.checkpoint(), part, decode, BlockSummary::to_bytes, || {
                search.read(rows, start, labels.len())?;
                let mut summary = BlockSummary::new(labels.len());
                let plain = |row: usize| own.get(start + row).copied().unwrap_or(OwnError::Plain) == OwnError::Plain;
                search.own_errors(self, labels, plain, &mut summary.own);
                search.search(self, labels, &mut summary);
                Ok(summary)
            })?;
            stage.advance(labels.len())?;
            Ok(summary)
        };
        starts.into_par_iter().map_init(Search::default, block).collect()
    }

    /// For every sample whether no other class has Δ_c < Δ_own/`threshold`; `own` must not hold [`OwnError::Plain`].
    pub(crate) fn passed(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        own: &[OwnError],
        threshold: f64,
        progress: &dyn Progress,
    ) -> Result<Vec<bool>> {
        let stage = Stage::new("screening", given.len(), progress);
        let (n, size) = (given.len(), self.scope.block);
        let block = |search: &mut Search, start: usize| {
            let range = start..n.min(start + size);
            let decode = |bytes: &[u8]| flags(bytes, range.len());
            let part = self.scope.part("screening", start, range.len());
            let passed = kept_or(
                progress.checkpoint(),
                part,
                decode,
                |flags| flag_bytes(flags),
                || {
                    search.read(rows, start, range.len())?;
                    let own = &own[range.clone()];
                    let bars = own.iter().map(|own| own.limit(threshold)).collect();
                    let mut goal = Passed { own, threshold, bars, passed: vec![true; range.len()] };
                    search.search(self, &given.values()[range.clone()], &mut goal);
                    Ok(goal.passed)
                },
            )?;
            stage.advance(range.len())?;
            Ok(passed)
        };
        let starts: Vec<usize> = (0..n).step_by(size).collect();
        Ok(starts.into_par_iter().map_init(Search::default, block).collect::<Result<Vec<_>>>()?.concat())
    }
}

/// The buffers of one task, kept from block to block.
#[derive(Default)]
struct Search {
    rows: Array2<f32>,
    norms: Vec<f32>,
    means: Products,
    products: Products,
    gathered: Vec<f32>,
    /// Pairs that leading components were asked about, and those they did not rule out: what the next choice of route goes by.
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
    fn read(&mut self, rows: &ScaledRows<'_>, start: usize, count: usize) -> Result<()> {
        let features = rows.shape().1;
        if self.rows.dim() != (count, features) {
            self.rows = Array2::zeros((count, features));
        }
        rows.read(start, &mut self.rows)?;
        self.norms.clear();
        self.norms.extend(in_rows(&self.rows).map(|row| square_norm(row) as f32));
        Ok(())
    }

    /// The errors of the rows under their own class, where they are `wanted`.
    fn own_errors(&mut self, pruning: &Pruning<'_>, labels: &[u32], wanted: impl Fn(usize) -> bool, own: &mut [f32]) {
        let rows: Vec<usize> = (0..labels.len()).filter(|row| wanted(*row)).collect();
        if rows.is_empty() {
            return;
        }
        self.multiply_means(pruning);
        let slots = pruning.table.slots();
        let mut lists = vec![Pairs::default(); slots.len()];
        for row in rows {
            let label = labels[row] as usize;
            let place = slots.binary_search_by_key(&label, |slot| slot.class).expect("every own class is fitted");
            self.push(&slots[place], place, row, &mut lists[place]);
        }
        for (place, pairs) in lists.iter_mut().enumerate() {
            self.evaluate(pruning, place, pairs, |_| f32::INFINITY);
            pairs.rows.iter().zip(&pairs.error).for_each(|(row, error)| own[*row as usize] = error.max(0.0));
        }
    }

    /// Offers every class that may matter to `goal`.
    fn search(&mut self, pruning: &Pruning<'_>, labels: &[u32], goal: &mut impl Goal) {
        let (count, nearest_only) = pruning.scope.nearest();
        self.multiply_means(pruning);
        let nearest = self.nearest(pruning.table.slots(), labels, count);
        let first = count.min(PROMISING);
        self.offer_nearest(pruning, &nearest, count, 0..first, goal);
        self.offer_nearest(pruning, &nearest, count, first..count, goal);
        if nearest_only {
            return;
        }
        let mut place = 0;
        for group in pruning.table.groups(TABLE_BLOCK) {
            let list = |place: usize| self.undecided(pruning, place, labels, &nearest, goal);
            let lists: Vec<Pairs> = (place..place + group.len()).map(list).collect();
            if self.is_cheaper_one_by_one(group, &lists) {
                for (at, mut pairs) in lists.into_iter().enumerate() {
                    self.offer(pruning, place + at, &mut pairs, goal);
                }
            } else {
                self.offer_together(pruning.table, group, &lists, goal);
            }
            place += group.len();
        }
    }

    /// Offers to every row those of its nearest classes that stand at `ranks`.
    fn offer_nearest(
        &mut self,
        pruning: &Pruning<'_>,
        nearest: &[u32],
        count: usize,
        ranks: std::ops::Range<usize>,
        goal: &mut impl Goal,
    ) {
        let mut lists = vec![Pairs::default(); pruning.table.slots().len()];
        for (row, places) in nearest.chunks_exact(count).enumerate() {
            for &place in places[ranks.clone()].iter().filter(|place| **place != u32::MAX) {
                let place = place as usize;
                self.push(&pruning.table.slots()[place], place, row, &mut lists[place]);
            }
        }
        for (place, mut pairs) in lists.into_iter().enumerate() {
            self.offer(pruning, place, &mut pairs, goal);
        }
    }

    /// Whether gathering the listed rows class by class, leading components first, takes less than multiplying all rows with
    /// everything that the group has. Judged by how many pairs passed the leading components so far; either way gives the same.
    fn is_cheaper_one_by_one(&self, group: &[ClassSlot], lists: &[Pairs]) -> bool {
        let share = (self.passed + 1) as f64 / (self.tested + 1) as f64;
        let cost = |(slot, pairs): (&ClassSlot, &Pairs)| {
            let leading = LEADING.min(slot.offsets.len());
            pairs.rows.len() as f64 * (leading as f64 + share * (slot.offsets.len() - leading) as f64)
        };
        let gathered: f64 = group.iter().zip(lists).map(cost).sum();
        let width: usize = group.iter().map(ClassSlot::width).sum();
        self.tested < LEARNT || GATHERING * gathered < (self.norms.len() * width) as f64
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
            let norms = &self.norms[start..start + rows.len() / d];
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

    fn multiply_means(&mut self, pruning: &Pruning<'_>) {
        let rows = self.rows.as_slice().expect("the buffer is in standard layout");
        self.means.multiply(rows, &pruning.means, self.rows.ncols());
    }

    /// For every row the places of the `count` classes with the least error by means alone, `u32::MAX` where there are fewer.
    fn nearest(&self, slots: &[ClassSlot], labels: &[u32], count: usize) -> Vec<u32> {
        let mut places = vec![u32::MAX; labels.len() * count];
        let mut errors = vec![f32::INFINITY; labels.len() * count];
        for (place, slot) in slots.iter().enumerate() {
            let products = self.norms.iter().zip(self.means.column(place));
            for (row, (norm, product)) in products.enumerate() {
                let error = slot.unexplained(*norm, *product);
                let last = row * count + count - 1;
                if error < errors[last] && labels[row] as usize != slot.class {
                    let sorted = &errors[last + 1 - count..last];
                    let at = last + 1 - count + sorted.partition_point(|known| *known <= error);
                    errors.copy_within(at..last, at + 1);
                    places.copy_within(at..last, at + 1);
                    (errors[at], places[at]) = (error, place as u32);
                }
            }
        }
        places
    }

    /// The rows for which the class at `place` is neither their own, nor among the `nearest`, nor ruled out by its mean.
    fn undecided(
        &self,
        pruning: &Pruning<'_>,
        place: usize,
        labels: &[u32],
        nearest: &[u32],
        goal: &impl Goal,
    ) -> Pairs {
        let mut pairs = Pairs::default();
        let slot = &pruning.table.slots()[place];
        let bound = slot.factors.first().copied().unwrap_or(0.0);
        let count = nearest.len() / labels.len();
        for (row, (norm, product)) in self.norms.iter().zip(self.means.column(place)).enumerate() {
            let (error, open) = (slot.unexplained(*norm, *product), norm - 2.0 * product + slot.square);
            if error - bound * open - slot.rounding(*norm) <= goal.bar(row)
                && labels[row] as usize != slot.class
                && !nearest[row * count..(row + 1) * count].contains(&(place as u32))
            {
                pairs.push(row, error, open);
            }
        }
        pairs
    }

    fn push(&self, slot: &ClassSlot, place: usize, row: usize, pairs: &mut Pairs) {
        let (norm, product) = (self.norms[row], self.means.column(place)[row]);
        pairs.push(row, slot.unexplained(norm, product), norm - 2.0 * product + slot.square);
    }

    fn offer(&mut self, pruning: &Pruning<'_>, place: usize, pairs: &mut Pairs, goal: &mut impl Goal) {
        self.evaluate(pruning, place, pairs, |row| goal.bar(row));
        let class = pruning.table.slots()[place].class as u32;
        let pairs = pairs.rows.iter().zip(&pairs.error);
        pairs.for_each(|(row, error)| goal.offer(*row as usize, class, error.max(0.0)));
    }

    /// Leaves the pairs whose error may be below `bar`, with all components counted.
    fn evaluate(&mut self, pruning: &Pruning<'_>, place: usize, pairs: &mut Pairs, bar: impl Fn(usize) -> f32) {
        let slot = &pruning.table.slots()[place];
        let count = slot.offsets.len();
        let leading = LEADING.min(count);
        for (first, end) in [(0, leading), (leading, count)] {
            if pairs.rows.is_empty() || first == end {
                continue;
            }
            if first > 0 {
                let bound = slot.factors[first];
                self.tested += pairs.rows.len();
                pairs.retain(|row, error, open| error - bound * open - slot.rounding(self.norms[row]) <= bar(row));
                self.passed += pairs.rows.len();
            }
            self.subtract(pruning.table, slot, first..end, pairs);
        }
    }

    /// Takes what the components `range` of a class explain off the errors.
    fn subtract(&mut self, table: &ClassTable, slot: &ClassSlot, range: std::ops::Range<usize>, pairs: &mut Pairs) {
        let d = self.rows.ncols();
        let rows = self.rows.as_slice().expect("the buffer is in standard layout");
        self.gathered.clear();
        pairs.rows.iter().for_each(|row| self.gathered.extend_from_slice(&rows[*row as usize * d..][..d]));
        if pairs.rows.is_empty() {
            return;
        }
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
        self.open.push(open.max(0.0));
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

impl ClassSlot {
    /// What rounding may take off or add to the error of a row of squared norm `norm`.
    fn rounding(&self, norm: f32) -> f32 {
        ROUNDING * (norm + self.square)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reconstructors::Reconstructors;
    use crate::{Scaling, SoftLinear};
    use mislabel_core::{Embeddings, ErrorSummary, Silent};
    use proptest::prelude::*;

    /// 20 to 120 rows of 3 to 11 classes; few distinct values, so that rows, means and errors tie, or many.
    fn dataset() -> impl Strategy<Value = (Array2<f32>, Labels)> {
        (20_usize..120, 1_usize..24, 3_u32..12, prop_oneof![Just(1_u32), Just(1000)]).prop_flat_map(
            |(n, d, k, values)| {
                let rows = proptest::collection::vec(0..=values, n * d);
                let labels = proptest::collection::vec(0..k, n);
                (rows, labels).prop_filter_map("two classes have samples", move |(rows, labels)| {
                    let rows = rows.into_iter().map(|value| value as f32 / values as f32 - 0.25).collect();
                    let labels = Labels::new(labels, k as usize).ok()?;
                    (labels.present_classes() > 1).then(|| (Array2::from_shape_vec((n, d), rows).unwrap(), labels))
                })
            },
        )
    }

    fn summary(
        rows: &Array2<f32>,
        given: &Labels,
        method: &SoftLinear,
        left_out: usize,
        scope: SearchScope,
    ) -> ErrorSummary {
        let embeddings = Embeddings::new(rows.view()).unwrap();
        let scaled = ScaledRows::new(&embeddings, given, method.scaling).unwrap();
        let mut seen = vec![0; given.classes()];
        let mut kept = |row: usize| {
            seen[given.class(row)] += 1;
            seen[given.class(row)] == 1 || !row.is_multiple_of(left_out)
        };
        let keep: Vec<bool> = (0..given.len()).map(&mut kept).collect();
        let round = method.round(&scaled, given, &keep, false, &Silent).unwrap();
        let own = round.own.clone();
        let reconstructors = Reconstructors::new(&scaled, &round.moments, round.models);
        reconstructors.summary_of(&scaled, given, &own, scope, &Silent).unwrap()
    }

    proptest! {
        #[test]
        fn a_pruned_search_equals_one_of_all_classes_bit_for_bit_whatever_the_block(
            (rows, given) in dataset(), components in 0_usize..20, tail in 0.0_f64..1.0, block in 1_usize..150,
            left_out in 5_usize..20, shrinkage in 0.01_f64..30.0, normalised: bool,
        ) {
            let scaling = if normalised { Scaling::UnitNorm } else { Scaling::None };
            let method = SoftLinear { components, tail, shrinkage, scaling, ..SoftLinear::default() };
            let all = summary(&rows, &given, &method, left_out, SearchScope::default());
            let scope = SearchScope { classes: Classes::Pruned, sample: 15, least_classes: 2, least_components: 0, block, seed: 3, round: None };
            let pruned = summary(&rows, &given, &method, left_out, scope);
            prop_assert_eq!(all.least_other(), pruned.least_other());
            prop_assert_eq!(all.least_other_class(), pruned.least_other_class());
            prop_assert_eq!(all.second_least_other(), pruned.second_least_other());
            prop_assert_eq!(all.own(), pruned.own());
            let sums: Vec<(usize, f64)> = all.sums().collect();
            prop_assert!(pruned.sums().all(|(row, sum)| sums[row].1 == sum));
            prop_assert_eq!(pruned.sampled().map_or(0, |sample| sample.disagreed), 0);
        }

        #[test]
        fn as_many_nearest_means_as_classes_leave_nothing_out((rows, given) in dataset(), components in 4_usize..20) {
            let method = SoftLinear { components, ..SoftLinear::default() };
            let all = summary(&rows, &given, &method, usize::MAX, SearchScope::default());
            let classes = Classes::Nearest(given.classes());
            let scope = SearchScope { classes, sample: 15, least_classes: 2, least_components: 0, ..SearchScope::default() };
            let nearest = summary(&rows, &given, &method, usize::MAX, scope);
            prop_assert_eq!(all.least_other(), nearest.least_other());
            prop_assert_eq!(all.second_least_other(), nearest.second_least_other());
        }
    }

    #[test]
    fn one_nearest_mean_of_many_classes_disagrees_as_often_as_it_says() {
        let wave = |a: usize, b: usize| ((a * 7919 + b * 104_729 + a * b * 31) as f32).sin();
        let rows =
            Array2::from_shape_fn((2000, 12), |(i, j)| 0.2 * wave(i % 20, j) + wave(i, j + 50) * wave(i % 20, j + 99));
        let given = Labels::new((0..2000).map(|i| i % 20).collect(), 20).unwrap();
        let method = SoftLinear::default();
        let all = summary(&rows, &given, &method, usize::MAX, SearchScope::default());
        let scope = SearchScope {
            classes: Classes::Nearest(2),
            sample: 700,
            least_classes: 2,
            least_components: 0,
            ..SearchScope::default()
        };
        let nearest = summary(&rows, &given, &method, usize::MAX, scope);
        let classes = all.least_other_class().iter().zip(nearest.least_other_class());
        let truth = classes.filter(|(a, b)| a != b).count() as f64 / 2000.0;
        let (measured, error) = nearest.sampled().unwrap().disagreement();
        assert!(truth > 0.02 && (measured - truth).abs() < 4.0 * error, "{measured} ± {error} of {truth}");
    }
}
