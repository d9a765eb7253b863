//! Importance as evidence of label errors.

use mislabel_core::{ClassEvidence, EmbeddingSource, Error, Labels, ProbabilitySource, Progress, Result, same_length};
use ndarray::{Array1, ArrayView1};

use crate::class_moments::{ClassMoments, class_moments};
use crate::rows::{Rows, in_rows};
use crate::samples::{checked, each_probability_row};
use crate::{ClassLeverage, Importance, Samples, log_losses};

/// What n samples look like to a [`CoresetDetector`](crate::CoresetDetector): how important each is, and the class it
/// looks like.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportanceEvidence {
    importance: Array1<f64>,
    likely: Vec<u32>,
}

impl ImportanceEvidence {
    /// Joins `importance`, `(n,)`, at least 0 each, and the class that each sample most resembles, `likely`, `(n,)`.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::LengthMismatch`], [`Error::OutOfRange`] at an importance that is negative, NaN or above
    /// 1e100.
    pub fn new(importance: Array1<f64>, likely: Vec<u32>) -> Result<Self> {
        if importance.is_empty() {
            return Err(Error::Empty { what: "importance" });
        }
        checked("importance", importance.view(), importance.len())?;
        same_length("likely classes", importance.len(), likely.len())?;
        Ok(Self { importance, likely })
    }

    /// Loss-weighted sensitivity, as the losses that it is proportional to, and the predicted class, from
    /// `probabilities`, `(n, k)`, which should be out-of-sample. A class that ties with the `given` one, `(n,)`, is not
    /// predicted over it.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when n or k differ between the two, and what the source reports.
    pub fn from_probabilities(probabilities: &dyn ProbabilitySource, given: &Labels) -> Result<Self> {
        let losses = log_losses(probabilities, given)?;
        let mut likely = Vec::with_capacity(given.len());
        each_probability_row(probabilities, given, |row, probabilities| {
            likely.push(least(probabilities.iter().map(|p| -p), given.values()[row]));
        })?;
        Self::new(losses, likely)
    }

    /// Importance of every sample, `(n,)`.
    pub fn importance(&self) -> ArrayView1<'_, f64> {
        self.importance.view()
    }

    /// The class that every sample most resembles, `(n,)`.
    pub fn likely(&self) -> &[u32] {
        &self.likely
    }
}

/// Importance within embeddings as evidence; the likely class is the one whose mean row is nearest.
///
/// The mean rows are those of rows divided by their L2 norm, in Euclidean distance; a class that ties with the given one is
/// not likelier. O(n·k·d) beside the importance.
///
/// ```
/// use mislabel_core::{Detector, Embeddings, Labels, Pipeline, Silent};
/// use mislabel_coreset::{CoresetDetector, CoresetEvidence};
/// use ndarray::array;
///
/// let rows = array![[5.0_f32, 0.0], [6.0, 0.3], [5.0, 0.5], [0.0, 5.0], [0.2, 6.0], [0.1, 4.0]];
/// let given = Labels::new(vec![0, 0, 0, 0, 1, 1], 2)?; // the fourth is wrong
/// let detector: Pipeline<CoresetEvidence, CoresetDetector> = Pipeline::default();
/// let issues = detector.detect(&Embeddings::new(rows.view())?, &given, &Silent)?;
/// assert_eq!(issues.is_issue().to_vec(), [false, false, false, true, false, false]);
/// assert_eq!((issues.quality().ranking()[0], issues.suggested().class(3)), (3, 1));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CoresetEvidence<I = ClassLeverage> {
    /// The importance: one that depends on labels, or the evidence is none.
    pub importance: I,
}

impl<I: Importance> ClassEvidence for CoresetEvidence<I> {
    type Evidence = ImportanceEvidence;

    fn evidence(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        progress: &dyn Progress,
    ) -> Result<ImportanceEvidence> {
        let samples = Samples::new(embeddings, given)?;
        ImportanceEvidence::new(self.importance.importance(&samples, progress)?, nearest_means(&samples)?)
    }
}

/// The class with the nearest mean of every sample, `(n,)`.
fn nearest_means(samples: &Samples<'_>) -> Result<Vec<u32>> {
    let rows = Rows { source: samples.embeddings(), unit_norm: true };
    let by_class = samples.given().members();
    let present: Vec<u32> = (0..by_class.classes() as u32).filter(|c| !by_class.rows(*c as usize).is_empty()).collect();
    let members: Vec<&[u32]> = present.iter().map(|class| by_class.rows(*class as usize)).collect();
    let moments = class_moments(samples, rows, &members)?;
    let nearest = rows.blocks(|start, block| {
        let of_row = |(i, x): (usize, &[f64])| {
            let given = samples.given().values()[start + i];
            let place = present.iter().position(|class| *class == given).unwrap_or_default() as u32;
            present[least(moments.iter().map(|class| square_distance(x, class)), place) as usize]
        };
        Ok(in_rows(&block).enumerate().map(of_row).collect::<Vec<u32>>())
    })?;
    Ok(nearest.concat())
}

fn square_distance(x: &[f64], class: &ClassMoments) -> f64 {
    x.iter().zip(&class.mean).map(|(x, mean)| (x - mean).powi(2)).sum()
}

/// The place of the least value; `preferred` wins ties, else the first does.
fn least(values: impl Iterator<Item = f64>, preferred: u32) -> u32 {
    let (mut place, mut least) = (0, f64::INFINITY);
    for (other, value) in (0..).zip(values) {
        if value < least || (value == least && other == preferred) {
            (place, least) = (other, value);
        }
    }
    place
}
