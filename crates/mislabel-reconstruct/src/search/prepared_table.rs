//! Searching the classes that reconstruct a row best, most classes being ruled out early.
//!
//! Of every pair of a row and a class an estimate of the error is had cheaply, and what it is not below: from products of bytes
//! ([`EightBitTable`]) where the machine multiplies them fast, else by the class mean and leading components (with r of them
//! known, Δ_c² lies between e − g_{r+1}·ρ and e, where e is the error so far, ρ the part of ‖x − m‖² that they leave open, and
//! g_{r+1} the largest factor left). The classes of least estimates are evaluated first; what they give rules most others out.
//! Every entry of a product is the same in whatever company it is computed ([`Products`](crate::products::floats::Products)), so what is
//! evaluated equals the exhaustive result bit for bit.

use mislabel_core::{Labels, Result, Run, split_seed};
use rand::SeedableRng;
use rand::seq::index;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::checkpoint::{flag_bytes, flags, kept_or};
use crate::methods::reconstructors::{ClassTable, OwnError};
use crate::rows::scaling::ScaledRows;
use crate::scoring::block::{BlockSummary, ROW_BLOCK};
use crate::search::block_search::{LEADING, Search};
use crate::search::class_search::Classes;
use crate::search::quantized_table::{Bounds, EightBitTable};

/// Most promising classes of a row, which are evaluated before any class is ruled out.
pub(crate) const PROMISING: usize = 3;

/// With fewer classes than this, too large a share of them is near every sample for pruning to save anything.
const LEAST_CLASSES: usize = 32;

/// Samples of which all classes are evaluated: a share of .5% has a standard error of .055%.
const SAMPLE: usize = 16_384;

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
    /// How many classes of every row the search is for.
    pub(crate) wanted: usize,
    /// Whether components in eight bits may rule classes out; results do not depend on it.
    pub(crate) eight_bits: bool,
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
            wanted: 2,
            eight_bits: true,
            block: ROW_BLOCK,
            round: None,
        }
    }
}

impl SearchScope {
    /// Rows to search together: enough for every class to find some, few enough for every thread to find work.
    pub(crate) fn best_block(given: &Labels) -> usize {
        let wanted = (8 * given.class_count()).clamp(ROW_BLOCK, SEARCHED);
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
}

/// The classes of a table, ready to be searched.
pub(crate) struct Pruning<'a> {
    table: &'a ClassTable,
    /// All means, one after another.
    means: Vec<f32>,
    /// All components in eight bits, where they help.
    components: Option<EightBitTable>,
    bounds: Vec<Bounds>,
    scope: SearchScope,
}

/// What a search is for.
pub(crate) trait Goal {
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
        let means: Vec<f32> = table.slots().iter().flat_map(|slot| table.rows(slot.start, 1)).copied().collect();
        let features = means.len() / table.slots().len().max(1);
        let rounds = scope.eight_bits && !matches!(scope.classes, Classes::Nearest(_));
        let components = if rounds { EightBitTable::new(table, features) } else { None };
        let bounds = components.as_ref().map(|components| components.bounds().collect()).unwrap_or_default();
        Self { table, means, components, bounds, scope }
    }

    pub(crate) fn table(&self) -> &ClassTable {
        self.table
    }

    /// All means, one after another.
    pub(crate) fn means(&self) -> &[f32] {
        &self.means
    }

    /// All components in eight bits, where they help.
    pub(crate) fn components(&self) -> Option<&EightBitTable> {
        self.components.as_ref()
    }

    /// How far the eight bits of the class at `place` may be off.
    pub(crate) fn bounds(&self, place: usize) -> Bounds {
        self.bounds.get(place).copied().unwrap_or_default()
    }

    /// How many classes of least estimates are evaluated, and whether no other class is.
    pub(crate) fn nearest(&self) -> (usize, bool) {
        match self.scope.classes {
            Classes::Nearest(count) => (count.max(self.scope.wanted), true),
            Classes::All | Classes::Pruned => (self.scope.wanted.max(PROMISING), false),
        }
    }

    /// The least two errors of every row; own errors where `own` says [`OwnError::Plain`]. Sums are left out.
    pub(crate) fn summaries(
        &self,
        rows: &ScaledRows<'_>,
        given: &Labels,
        own: &[OwnError],
        run: &Run<'_>,
    ) -> Result<Vec<BlockSummary>> {
        let n = given.len();
        let stage = run.stage("searching classes", n);
        let size = self.scope.block;
        let starts: Vec<usize> = (0..n).step_by(size).collect();
        let block = |search: &mut Search, start: usize| {
            let labels = &given.values()[start..n.min(start + size)];
            let decode = |bytes: &[u8]| BlockSummary::from_bytes(bytes, labels.len());
            let part = self.scope.part("search", start, labels.len());
            let summary = kept_or(run, part, decode, BlockSummary::to_bytes, || {
                search.read(self, rows, start, labels.len())?;
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
        run: &Run<'_>,
    ) -> Result<Vec<bool>> {
        let stage = run.stage("screening", given.len());
        let (n, size) = (given.len(), self.scope.block);
        let block = |search: &mut Search, start: usize| {
            let range = start..n.min(start + size);
            let decode = |bytes: &[u8]| flags(bytes, range.len());
            let part = self.scope.part("screening", start, range.len());
            let passed = kept_or(
                run,
                part,
                decode,
                |flags| flag_bytes(flags),
                || {
                    search.read(self, rows, start, range.len())?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::reconstructors::Reconstructors;
    use crate::{Scaling, SoftLinear};
    use mislabel_core::{Embeddings, ErrorSummary, Run};
    use ndarray::Array2;
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
        let mut seen = vec![0; given.class_count()];
        let mut kept = |row: usize| {
            seen[given.class(row)] += 1;
            seen[given.class(row)] == 1 || !row.is_multiple_of(left_out)
        };
        let keep: Vec<bool> = (0..given.len()).map(&mut kept).collect();
        let round = method.round(&scaled, given, &keep, false, &Run::quiet()).unwrap();
        let own = round.own.clone();
        let reconstructors = Reconstructors::new(&scaled, &round.moments, round.models);
        reconstructors.summary_of(&scaled, given, &own, scope, &Run::quiet()).unwrap()
    }

    proptest! {
        #[test]
        fn a_pruned_search_equals_one_of_all_classes_bit_for_bit_whatever_the_block(
            (rows, given) in dataset(), components in 0_usize..20, tail in 0.0_f64..1.0, block in 1_usize..150,
            left_out in 5_usize..20, shrinkage in 0.01_f64..30.0, normalised: bool, eight_bits: bool,
        ) {
            let scaling = if normalised { Scaling::UnitNorm } else { Scaling::None };
            let method = SoftLinear { components, tail, shrinkage, scaling, ..SoftLinear::default() };
            let all = summary(&rows, &given, &method, left_out, SearchScope::default());
            let scope = SearchScope { classes: Classes::Pruned, sample: 15, least_classes: 2, least_components: 0, eight_bits, block, seed: 3, ..SearchScope::default() };
            let pruned = summary(&rows, &given, &method, left_out, scope);
            prop_assert_eq!(all.least_other(), pruned.least_other());
            prop_assert_eq!(all.least_other_class(), pruned.least_other_class());
            prop_assert_eq!(all.second_least_other(), pruned.second_least_other());
            prop_assert_eq!(all.own(), pruned.own());
            let sums: Vec<(usize, f64)> = all.sums().collect();
            prop_assert!(pruned.sums().all(|(row, sum)| sums[row].1 == sum));
            prop_assert_eq!(pruned.sampled().map_or(0, |sample| sample.disagreements), 0);
        }

        #[test]
        fn as_many_nearest_means_as_classes_leave_nothing_out((rows, given) in dataset(), components in 4_usize..20) {
            let method = SoftLinear { components, ..SoftLinear::default() };
            let all = summary(&rows, &given, &method, usize::MAX, SearchScope::default());
            let classes = Classes::Nearest(given.class_count());
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
