//! What is known of the squared errors of a block of rows under all classes before any class is evaluated.

use crate::scoring::class_table::ClassSlot;
use crate::search::quantized_table::{Bounds, EightBitTable, Explained};
use mislabel_linalg::Products;

/// Rounding of an error in f32, relative to the squares it is computed from: 768 terms of random sign lose some 2e-6.
const ROUNDING: f32 = 2e-5;

/// Estimates by the class means, and by components in eight bits where there are any. Kept from block to block.
#[derive(Default)]
pub(crate) struct Estimates {
    /// ‖x‖².
    norms: Vec<f32>,
    /// xᵀm.
    means: Products,
    explained: Option<Explained>,
}

impl Estimates {
    /// Of `rows`, `(m, d)`, with squared norms `norms`, under classes of `means`, `(k, d)`, all row by row.
    pub(crate) fn update(&mut self, rows: &[f32], norms: Vec<f32>, means: &[f32], components: Option<&EightBitTable>) {
        self.means.multiply(rows, means, rows.len() / norms.len().max(1));
        self.norms = norms;
        let explained = components.map(|_| self.explained.take().unwrap_or_default());
        self.explained = explained.zip(components).map(|(mut explained, components)| {
            components.explain(rows, &mut explained);
            explained
        });
    }

    /// The buffer of squared norms, to be filled again.
    pub(crate) fn take_norms(&mut self) -> Vec<f32> {
        std::mem::take(&mut self.norms)
    }

    /// ‖x‖² of every row.
    pub(crate) fn norms(&self) -> &[f32] {
        &self.norms
    }

    /// Whether components are known, if only in eight bits.
    pub(crate) fn know_components(&self) -> bool {
        self.explained.is_some()
    }

    /// The squared error of a row by the mean of the class at `place`, before any component, and ‖x − m‖².
    pub(crate) fn by_mean(&self, slot: &ClassSlot, place: usize, row: usize) -> (f32, f32) {
        let (norm, product) = (self.norms[row], self.means.column(place)[row]);
        (slot.unexplained(norm, product), slot.distance(norm, product))
    }

    /// About the squared error of every row under the class at `place`, into `out`.
    pub(crate) fn errors(&self, slot: &ClassSlot, place: usize, out: &mut Vec<f32>) {
        out.clear();
        let products = self.norms.iter().zip(self.means.column(place));
        out.extend(products.map(|(norm, product)| slot.unexplained(*norm, *product)));
        if let Some(explained) = &self.explained {
            out.iter_mut().zip(explained.norms(place)).for_each(|(error, norm)| *error -= norm * norm);
        }
    }

    /// What the squared error of every row under the class at `place` is not below, into `out`.
    pub(crate) fn least(&self, slot: &ClassSlot, bounds: Bounds, place: usize, out: &mut Vec<f32>) {
        out.clear();
        let products = self.norms.iter().zip(self.means.column(place));
        let Some(explained) = &self.explained else {
            let most = slot.factors.first().copied().unwrap_or(0.0);
            out.extend(
                products.map(|(norm, product)| slot.least(*norm, *product, most * slot.distance(*norm, *product))),
            );
            return;
        };
        let length = slot.square.sqrt();
        let rows = products.zip(explained.norms(place)).zip(explained.lost());
        pulp::Arch::new().dispatch(
            #[inline(always)]
            || {
                out.extend(rows.map(|(((norm, product), explained), lost)| {
                    let distance = slot.distance(*norm, *product).sqrt();
                    let most = explained + bounds.off(*lost, distance, norm.sqrt() + length);
                    slot.least(*norm, *product, most * most)
                }));
            },
        );
    }
}

impl ClassSlot {
    /// ‖x − m‖² of a row of squared norm `norm` and product `product` with the mean.
    fn distance(&self, norm: f32, product: f32) -> f32 {
        (norm - 2.0 * product + self.square).max(0.0)
    }

    /// The least squared error when components explain `most` at most.
    #[inline(always)]
    fn least(&self, norm: f32, product: f32, most: f32) -> f32 {
        self.unexplained(norm, product) - most - self.rounding(norm)
    }

    /// What rounding may take off or add to the error of a row of squared norm `norm`.
    pub(crate) fn rounding(&self, norm: f32) -> f32 {
        ROUNDING * (norm + self.square)
    }
}
