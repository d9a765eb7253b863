//! Which classes are searched, and how.

use mislabel_core::{Labels, split_seed};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::index;

use crate::scoring::block::ROW_BLOCK;
use crate::scoring::class_table::ClassTable;
use crate::search::class_search::ClassSearch;

/// Components by which a class is judged that its mean does not rule out, where nothing is known in eight bits. A third
/// of the default 50 decides most pairs.
pub(crate) const LEADING: usize = 16;

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
    pub(crate) search: ClassSearch,
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
            search: ClassSearch::All,
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
    /// Rows to search together where so many classes should find some each.
    pub(crate) fn good_block(classes: usize) -> usize {
        (8 * classes).clamp(ROW_BLOCK, SEARCHED).next_multiple_of(ROW_BLOCK)
    }

    /// Rows to search together: enough for every class to find some, few enough for every thread to find work.
    pub(crate) fn best_block(given: &Labels) -> usize {
        let wanted = Self::good_block(given.class_count());
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
        self.search != ClassSearch::All && pays
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
