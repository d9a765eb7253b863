//! The classes that reconstruct every sample best.

use mislabel_core::{
    ClassEvidence, EmbeddingSource, Error, ErrorSummary, Labels, NearestErrors, Progress, Result, Stage, same_length,
};
use ndarray::{Array2, ArrayViewMut2, Axis};
use rayon::prelude::*;

use crate::scoring::{ROW_BLOCK, Workspace};
use crate::{Reconstructors, SoftLinear};

/// Evidence by soft linear reconstructors, with the errors of every sample under its nearest classes.
///
/// The fit is that of [`SoftLinear`]; the errors under the nearest classes take a second pass over the rows.
///
/// ```
/// use mislabel_core::{ClassEvidence, Embeddings, Labels, Silent};
/// use mislabel_reconstruct::NearestClasses;
/// use ndarray::array;
///
/// let rows = array![[3.0_f32, 0.1, 0.0], [4.0, 0.0, 0.0], [0.1, 3.0, 0.0], [0.2, 5.0, 0.0], [0.0, 0.1, 2.0], [0.0, 0.0, 1.0]];
/// let given = Labels::new(vec![0, 0, 1, 1, 2, 2], 3)?;
/// let nearest = NearestClasses::default().evidence(&Embeddings::new(rows.view())?, &given, &Silent)?;
/// assert_eq!(nearest.classes(0).to_vec(), [1, 2]); // of 16 wanted there are two
/// assert_eq!(f64::from(nearest.errors(0)[0]), f64::from(nearest.summary().least_other()[0] as f32));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NearestClasses {
    /// The reconstructors; by default those of [`SoftLinear`] with 256 components instead of 50. Own errors are exact, those
    /// under other classes are too large by what the components left out would explain: a ranking hardly notices, a
    /// probability does. On CIFAR-10N worst the share of wrong labels, .41, is put at .21 with 50 components, .25 with 256, .26
    /// with all (docs/performance.md).
    pub model: SoftLinear,
    /// How many classes beside the given one, at least 1; all others where there are fewer. Default 16: on 77 classes the
    /// posterior of `mislabel-flags` by 16 equals that by all in the third digit, by 8 it does not.
    pub width: usize,
}

impl Default for NearestClasses {
    fn default() -> Self {
        Self { model: SoftLinear { components: 256, ..SoftLinear::default() }, width: 16 }
    }
}

impl ClassEvidence for NearestClasses {
    type Evidence = NearestErrors;

    fn evidence(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        progress: &dyn Progress,
    ) -> Result<NearestErrors> {
        let (reconstructors, summary) = self.model.fit(embeddings, given, progress)?;
        reconstructors.nearest(embeddings, given, summary, self.width, progress)
    }
}

impl Reconstructors {
    /// The errors of `embeddings`, `(n, d)`, under the `width` classes other than `given`, `(n,)`, that reconstruct them
    /// best, beside a `summary` of the same samples. O(n·d·Σ_c(r_c + 1)), 8·n·`width` bytes.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `width` is 0, [`Error::LengthMismatch`], [`Error::Cancelled`], and what the source reports.
    pub fn nearest(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        summary: ErrorSummary,
        width: usize,
        progress: &dyn Progress,
    ) -> Result<NearestErrors> {
        let rows = self.scaled(embeddings);
        let (n, d) = rows.shape();
        same_length("given labels", n, given.len())?;
        same_length("a row of embeddings", self.features(), d)?;
        if width == 0 {
            return Err(Error::Parameter { name: "width", value: 0.0, requirement: "at least 1" });
        }
        let width = width.min(summary.reconstructors() - 1);
        let (mut classes, mut errors) = (Array2::zeros((n, width)), Array2::from_elem((n, width), f32::INFINITY));
        let stage = Stage::new("scoring the nearest classes", n, progress);
        let blocks = classes.axis_chunks_iter_mut(Axis(0), ROW_BLOCK).into_par_iter();
        let blocks = blocks.zip(errors.axis_chunks_iter_mut(Axis(0), ROW_BLOCK)).enumerate();
        blocks.try_for_each_init(Workspace::default, |workspace, (index, (classes, errors))| {
            let start = index * ROW_BLOCK;
            rows.read(start, workspace.rows(errors.nrows(), d))?;
            let mut nearest = Nearest { labels: &given.values()[start..start + errors.nrows()], classes, errors };
            workspace.for_each_class(&self.table, |class, squared| nearest.offer(class as u32, squared));
            nearest.errors.mapv_inplace(|squared| (f64::from(squared).sqrt() * self.error_unit) as f32);
            stage.advance(nearest.labels.len())
        })?;
        NearestErrors::new(summary, classes, errors)
    }
}

/// The least errors of a block of rows so far, ascending in every row.
struct Nearest<'a> {
    labels: &'a [u32],
    classes: ArrayViewMut2<'a, u32>,
    errors: ArrayViewMut2<'a, f32>,
}

impl Nearest<'_> {
    fn offer(&mut self, class: u32, squared: &[f32]) {
        let last = self.errors.ncols() - 1;
        for (row, (&error, &label)) in squared.iter().zip(self.labels).enumerate() {
            if label != class && error < self.errors[[row, last]] {
                self.insert(row, class, error);
            }
        }
    }

    fn insert(&mut self, row: usize, class: u32, error: f32) {
        let (mut errors, mut classes) = (self.errors.row_mut(row), self.classes.row_mut(row));
        let mut place = errors.len() - 1;
        while place > 0 && errors[place - 1] > error {
            errors[place] = errors[place - 1];
            classes[place] = classes[place - 1];
            place -= 1;
        }
        errors[place] = error;
        classes[place] = class;
    }
}
