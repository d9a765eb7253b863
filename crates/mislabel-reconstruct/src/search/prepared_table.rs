//! The classes of a table with what a search asks of them.

use std::sync::Arc;

use crate::scoring::class_table::ClassTable;
use crate::search::class_search::ClassSearch;
use crate::search::quantized_table::{Bounds, EightBitTable};
use crate::search::scope::{PROMISING, SearchScope};

/// The classes of a table, ready to be searched.
pub(crate) struct PreparedTable {
    table: Arc<ClassTable>,
    /// All means, one after another.
    means: Vec<f32>,
    /// All components in eight bits, where they help.
    components: Option<EightBitTable>,
    bounds: Vec<Bounds>,
    pub(crate) scope: SearchScope,
}

impl PreparedTable {
    pub(crate) fn new(table: &Arc<ClassTable>, scope: SearchScope) -> Self {
        let means: Vec<f32> = table.slots().iter().flat_map(|slot| table.rows(slot.start, 1)).copied().collect();
        let features = means.len() / table.slots().len().max(1);
        let rounds = scope.eight_bits && !matches!(scope.search, ClassSearch::Nearest(_));
        let components = if rounds { EightBitTable::new(table, features) } else { None };
        let bounds = components.as_ref().map(|components| components.bounds().collect()).unwrap_or_default();
        Self { table: Arc::clone(table), means, components, bounds, scope }
    }

    pub(crate) fn table(&self) -> &ClassTable {
        &self.table
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
        match self.scope.search {
            ClassSearch::Nearest(count) => (count.max(self.scope.wanted), true),
            ClassSearch::All | ClassSearch::Pruned => (self.scope.wanted.max(PROMISING), false),
        }
    }
}
