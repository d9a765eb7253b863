//! Scoring a block of rows under all classes: products, residual norms, squared errors.

use ndarray::Array2;

use crate::rows::slices::{in_rows, square_norm};
use crate::scoring::block_summary::BlockSummary;
use crate::scoring::class_table::{ClassSlot, ClassTable};
use mislabel_linalg::Products;

/// Rows scored by one task. Every such block packs the class table anew, so it must not be small, and with its products
/// it should stay in a core's second-level cache; a multiple of the 96 rows of the f32 kernel, and no power of two,
/// whose columns would compete for the same cache lines. From 288 to 960 the time is the same.
pub(crate) const ROW_BLOCK: usize = 480;

/// Table rows multiplied at a time: the product, [`ROW_BLOCK`] x this in f32, stays in a core's second-level cache.
pub(crate) const TABLE_BLOCK: usize = 384;

/// The buffers of one task, kept from block to block.
#[derive(Default)]
pub(crate) struct Workspace {
    rows: Array2<f32>,
    norms: Vec<f32>,
    products: Products,
    squared: Vec<f32>,
}

impl Workspace {
    /// The buffer for a block of scaled rows, `(rows, d)`; its content is left over from the last block.
    pub(crate) fn rows(&mut self, rows: usize, features: usize) -> &mut Array2<f32> {
        if self.rows.dim() != (rows, features) {
            self.rows = Array2::zeros((rows, features));
        }
        &mut self.rows
    }

    /// Summarizes the block of rows, labeled `labels`, under every class of `table`.
    pub(crate) fn summary(&mut self, table: &ClassTable, labels: &[u32]) -> BlockSummary {
        let mut summary = BlockSummary { sum_others: vec![0.0; labels.len()], ..BlockSummary::new(labels.len()) };
        self.for_each_class(table, |class, squared| summary.offer(class as u32, labels, squared));
        summary
    }

    /// Calls `visit(class, squared errors of the block's rows)` for every class that has a reconstructor, ascending.
    pub(crate) fn for_each_class(&mut self, table: &ClassTable, mut visit: impl FnMut(usize, &[f32])) {
        let d = self.rows.ncols();
        let rows = self.rows.as_slice().expect("the buffer is in standard layout");
        self.norms.clear();
        self.norms.extend(in_rows(&self.rows).map(|row| square_norm(row) as f32));
        self.squared.resize(self.rows.nrows(), 0.0);
        for group in table.groups(TABLE_BLOCK) {
            let (first, width) = (group[0].start, group.iter().map(ClassSlot::width).sum::<usize>());
            self.products.multiply(rows, table.rows(first, width), d);
            for slot in group {
                squared_errors(slot, &self.norms, &self.products, slot.start - first, &mut self.squared);
                visit(slot.class, &self.squared);
            }
        }
    }
}

/// (1 − f̄)(‖x‖² − 2xᵀm + ‖m‖²) − Σ_j (aᵀ_j x − aᵀ_j m)² for all rows; column `first` of `products` holds xᵀm, then
/// every aᵀ_j x follows.
pub(crate) fn squared_errors(slot: &ClassSlot, norms: &[f32], products: &Products, first: usize, squared: &mut [f32]) {
    for ((out, norm), product) in squared.iter_mut().zip(norms).zip(products.column(first)) {
        *out = slot.unexplained(*norm, *product);
    }
    for (j, offset) in slot.offsets.iter().enumerate() {
        let column = products.column(first + 1 + j);
        squared.iter_mut().zip(column).for_each(|(out, product)| *out -= (product - offset) * (product - offset));
    }
    // Rounding can take the error of a sample that sits on a class mean below zero.
    squared.iter_mut().for_each(|out| *out = out.max(0.0));
}
