//! The errors of every sample under the classes that explain it best.

use ndarray::{Array2, ArrayView1};

use crate::checks::same_length;
use crate::error::{Error, Result};
use crate::evidence::summary::ErrorSummary;

/// An [`ErrorSummary`] with the errors of every sample under its m nearest other classes: what a posterior over true
/// labels needs to know, 36 + 8·m bytes a sample whatever k is.
///
/// ```
/// use mislabel_core::{ErrorSummary, Labels, NearestErrors};
/// use ndarray::array;
///
/// let labels = Labels::new(vec![0, 2], 3)?;
/// let errors = array![[1.0, 4.0, 3.0], [2.0, 0.5, 0.75]];
/// let summary = ErrorSummary::from_dense(errors.view(), &labels)?;
/// let nearest = NearestErrors::new(summary, array![[2, 1], [1, 0]], array![[3.0, 4.0], [0.5, 2.0]])?;
/// assert_eq!(nearest.classes(0).to_vec(), [2, 1]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct NearestErrors {
    summary: ErrorSummary,
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::serialized::rows"))]
    classes: Array2<u32>,
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::serialized::rows"))]
    errors: Array2<f32>,
}

impl NearestErrors {
    /// Joins `summary` of n samples with their nearest other `classes`, `(n, m)`, and the `errors` under them, `(n, m)`,
    /// ascending in every row; 1 ≤ m < number of reconstructors.
    ///
    /// # Errors
    /// [`Error::Empty`] when m is 0, [`Error::LengthMismatch`], [`Error::NotFinite`], [`Error::OutOfRange`] at a
    /// negative error or one that is less than the error before, [`Error::LabelOutOfRange`].
    pub fn new(summary: ErrorSummary, classes: Array2<u32>, errors: Array2<f32>) -> Result<Self> {
        const WHAT: &str = "errors of the nearest classes";
        if classes.ncols() == 0 {
            return Err(Error::Empty { what: WHAT });
        }
        same_length(WHAT, summary.len(), errors.nrows())?;
        same_length("nearest classes", summary.len(), classes.nrows())?;
        same_length("a row of nearest classes", errors.ncols(), classes.ncols())?;
        let most = summary.reconstructors() - 1;
        if classes.ncols() > most {
            let requirement = "below the number of classes with samples";
            return Err(Error::parameter("nearest classes", classes.ncols(), requirement));
        }
        for (row, (errors, classes)) in errors.outer_iter().zip(classes.outer_iter()).enumerate() {
            let mut least = 0.0;
            for (column, (&error, &class)) in errors.iter().zip(classes).enumerate() {
                let (value, high) = (f64::from(error), f64::INFINITY);
                if !error.is_finite() {
                    return Err(Error::NotFinite { what: WHAT, row, column, value });
                }
                if value < least {
                    return Err(Error::OutOfRange { what: WHAT, row, column, value, low: least, high });
                }
                if class as usize >= summary.class_count() {
                    return Err(Error::LabelOutOfRange {
                        row,
                        label: i64::from(class),
                        classes: summary.class_count(),
                    });
                }
                least = value;
            }
        }
        Ok(Self { summary, classes, errors })
    }

    /// The summary: own error, least and second least other, sum.
    pub fn summary(&self) -> &ErrorSummary {
        &self.summary
    }

    /// The number of samples n.
    #[expect(clippy::len_without_is_empty, reason = "a summary is never empty")]
    pub fn len(&self) -> usize {
        self.summary.len()
    }

    /// The number m of classes beside the given one.
    pub fn width(&self) -> usize {
        self.classes.ncols()
    }

    /// The nearest other classes of sample `row`, `(m,)`, the nearest first. Panics when `row` ≥ n, as indexing does.
    pub fn classes(&self, row: usize) -> ArrayView1<'_, u32> {
        self.classes.row(row)
    }

    /// The errors under [`classes`](Self::classes), `(m,)`, ascending.
    pub fn errors(&self, row: usize) -> ArrayView1<'_, f32> {
        self.errors.row(row)
    }
}
