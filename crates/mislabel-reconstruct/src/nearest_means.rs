//! The classes of the nearest means, each evaluated for the rows that are near it.

use mislabel_core::Result;
use ndarray::Array2;

use crate::products::Products;
use crate::reconstructors::ClassTable;
use crate::scaling::{ScaledRows, square_norm};
use crate::scoring::squared_errors;

/// The classes of a table, ready to be found by their means.
pub(crate) struct NearestMeans<'a> {
    table: &'a ClassTable,
    /// All means, one after another.
    means: Vec<f32>,
    /// How many are taken for every row, fewer than there are.
    count: usize,
}

/// The buffers of one task, kept from block to block.
#[derive(Default)]
pub(crate) struct MeansWorkspace {
    rows: Array2<f32>,
    products: Products,
    distances: Vec<(f32, u32)>,
    /// The rows of the block that every class is evaluated for.
    lists: Vec<Vec<u32>>,
    gathered: Vec<f32>,
    norms: Vec<f32>,
    squared: Vec<f32>,
}

impl<'a> NearestMeans<'a> {
    pub(crate) fn new(table: &'a ClassTable, count: usize) -> Self {
        let means = table.slots().iter().flat_map(|slot| table.rows(slot.start, 1)).copied().collect();
        Self { table, means, count }
    }

    /// Calls `visit(class, row, squared error)` for the rows from `start` on, as many as there are labels, under the classes of
    /// their nearest means but their `own`, and the one already `found`; classes ascend.
    pub(crate) fn visit(
        &self,
        workspace: &mut MeansWorkspace,
        rows: &ScaledRows<'_>,
        start: usize,
        (own, found): (&[u32], &[u32]),
        mut visit: impl FnMut(u32, usize, f32),
    ) -> Result<()> {
        workspace.read(rows, start, own.len())?;
        workspace.list(self, own, found);
        for place in 0..self.table.slots().len() {
            let class = self.table.slots()[place].class as u32;
            workspace.evaluate(self.table, place);
            let errors = workspace.lists[place].iter().zip(&workspace.squared);
            errors.for_each(|(row, squared)| visit(class, *row as usize, *squared));
        }
        Ok(())
    }
}

impl MeansWorkspace {
    fn read(&mut self, rows: &ScaledRows<'_>, start: usize, count: usize) -> Result<()> {
        let features = rows.shape().1;
        if self.rows.dim() != (count, features) {
            self.rows = Array2::zeros((count, features));
        }
        rows.read(start, &mut self.rows)
    }

    /// Lists every row with the classes it is to be compared with.
    fn list(&mut self, search: &NearestMeans<'_>, own: &[u32], found: &[u32]) {
        let slots = search.table.slots();
        self.lists.resize_with(slots.len(), Vec::new);
        self.lists.iter_mut().for_each(Vec::clear);
        let rows = self.rows.as_slice().expect("the buffer is in standard layout");
        self.products.multiply(rows, &search.means, self.rows.ncols());
        for (row, (own, found)) in own.iter().zip(found).enumerate() {
            let distance = |place: usize| slots[place].square - 2.0 * self.products.column(place)[row];
            let others = (0..slots.len()).filter(|place| slots[*place].class as u32 != *own);
            self.distances.clear();
            self.distances.extend(others.map(|place| (distance(place), place as u32)));
            let count = search.count.min(self.distances.len());
            // Of equal distances the earlier class.
            let order = |a: &(f32, u32), b: &(f32, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
            self.distances.select_nth_unstable_by(count - 1, order);
            let nearest = &self.distances[..count];
            nearest.iter().for_each(|(_, place)| self.lists[*place as usize].push(row as u32));
            let place = slots.partition_point(|slot| slot.class < *found as usize);
            if nearest.iter().all(|(_, near)| *near as usize != place) {
                self.lists[place].push(row as u32);
            }
        }
    }

    /// Squared errors of the rows listed for the class at `place`.
    fn evaluate(&mut self, table: &ClassTable, place: usize) {
        let (slot, list, d) = (&table.slots()[place], &self.lists[place], self.rows.ncols());
        self.squared.clear();
        if list.is_empty() {
            return;
        }
        let rows = self.rows.as_slice().expect("the buffer is in standard layout");
        self.gathered.clear();
        list.iter().for_each(|row| self.gathered.extend_from_slice(&rows[*row as usize * d..][..d]));
        self.norms.clear();
        self.norms.extend(self.gathered.chunks_exact(d).map(|row| square_norm(row) as f32));
        self.products.multiply(&self.gathered, table.rows(slot.start, slot.width()), d);
        self.squared.resize(list.len(), 0.0);
        squared_errors(slot, &self.norms, &self.products, 0, &mut self.squared);
    }
}
