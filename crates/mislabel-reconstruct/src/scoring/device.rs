//! The seam for other machines: whoever can summarise the errors of all rows under all classes.

use mislabel_core::{EmbeddingSource, Labels, Result, Run};

use crate::scoring::block::BlockSummary;

/// A machine that scores rows under all classes in the CPU's stead; see [`SoftLinear::fit_on`](crate::SoftLinear::fit_on).
///
/// Implementers promise the summary of every row, in order: the squared error under a class is
/// [`scale`](ClassRow::scale)·(‖x‖² − 2·xᵀm) + [`constant`](ClassRow::constant) − Σ_j (aᵀ_j x − aᵀ_j m)², at least 0, and of equal
/// errors the one of the earlier class counts as the least.
pub trait Scorer: Send + Sync {
    /// Scores `rows`, `(n, d)`, labelled `given`, `(n,)`, under `classes`, ascending by class, two of them or more.
    ///
    /// # Errors
    /// What keeps the rows from being read or the machine from computing; `Cancelled` when `progress` says so.
    fn summary(
        &self,
        classes: &[ClassRow<'_>],
        rows: &ScoredRows<'_>,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<BlockSummary>;
}

/// How one class reconstructs.
#[derive(Clone, Copy, Debug)]
pub struct ClassRow<'a> {
    /// The class.
    pub class: usize,
    /// By what ‖x − m‖² counts.
    pub scale: f32,
    /// The part of the squared error that no row changes: `scale`·‖m‖² and, with some methods, a penalty.
    pub constant: f32,
    /// The mean m, `(d,)`.
    pub mean: &'a [f32],
    /// The directions a_j, `(r, d)`, row after row; r may be 0.
    pub directions: &'a [f32],
}

/// Rows before they are scaled: x = raw · factor − `centre`.
#[derive(Clone, Copy)]
pub struct ScoredRows<'a> {
    /// The raw rows, `(n, d)`.
    pub source: &'a dyn EmbeddingSource,
    /// What is subtracted, `(d,)`.
    pub centre: &'a [f64],
    /// Every row is divided by this, or, where there is none, by its own length (a row of zeros stays one).
    pub unit: Option<f64>,
}
