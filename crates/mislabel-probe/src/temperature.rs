//! Probabilities made as certain as they are right: temperature scaling.

use mislabel_core::checks::same_length;
use mislabel_core::{
    ClassEvidence, EmbeddingSource, Error, ErrorMask, Labels, ProbabilityMatrix, ProbabilitySource, Result, Run,
};
use mislabel_metrics::Calibration;
use ndarray::{Array2, ArrayView1, Axis};
use rayon::prelude::*;

/// Halvings of the interval of log T: below the last digit of an f64.
const HALVINGS: usize = 60;

/// Rows of one task.
const ROW_BLOCK: usize = 1024;

/// A temperature T > 0 by which predicted probabilities are smoothed (T > 1) or sharpened (T < 1): p_c^(1/T), divided
/// by their sum (Guo, Pleiss, Sun & Weinberger 2017, equation 9; log p stands for their logits, which differ by a
/// constant per row). The order of the classes within a row does not change; a probability of 0 stays 0.
///
/// ```
/// use mislabel_core::{Labels, ProbabilityMatrix};
/// use mislabel_metrics::Calibration;
/// use mislabel_probe::{Temperature, calibration_error};
/// use ndarray::Array2;
///
/// // Always 99% certain, three times out of four right.
/// let probabilities = ProbabilityMatrix::new(Array2::from_shape_fn((100, 2), |(_, c)| [0.99, 0.01][c]))?;
/// let given = Labels::new((0..100).map(|i| u32::from(i % 4 == 0)).collect(), 2)?;
/// let temperature = Temperature::fit(&probabilities, &given)?;
/// let calibrated = temperature.scale(&probabilities)?;
/// assert!((calibrated.view()[[0, 0]] - 0.75).abs() < 1e-9);
/// assert!((calibration_error(&probabilities, &given, &Calibration::default())? - 0.24).abs() < 1e-9);
/// assert!(calibration_error(&calibrated, &given, &Calibration::default())? < 1e-9);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Temperature(f64);

impl Temperature {
    /// The least and the greatest temperature that [`fit`](Self::fit) returns, where the likelihood has no maximum
    /// between (every most probable class is the given one, or none is).
    pub const FITTED: [f64; 2] = [0.01, 100.0];

    /// Takes a temperature.
    ///
    /// # Errors
    /// [`Error::Parameter`] unless it is positive and finite.
    pub fn new(temperature: f64) -> Result<Self> {
        if temperature > 0.0 && temperature.is_finite() {
            return Ok(Self(temperature));
        }
        Err(Error::parameter("temperature", temperature, "positive and finite"))
    }

    /// The temperature at which `given`, `(n,)`, has the greatest likelihood under `probabilities`, `(n, k)`, which
    /// must be out-of-sample: a model is always right about labels it has learnt by heart. k may exceed the classes of
    /// the labels. Samples whose given label has probability 0 have likelihood 0 at any temperature and are left out.
    ///
    /// The likelihood is concave in 1/T, so that its one maximum is found by bisection. O(60·n·k).
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless there are n labels, [`Error::LabelOutOfRange`] for a label of k or more,
    /// [`Error::Undefined`] when every given label has probability 0; as [`ProbabilitySource::read_rows`].
    pub fn fit(probabilities: &dyn ProbabilitySource, given: &Labels) -> Result<Self> {
        let rows = all_rows(probabilities, given)?;
        let logs = rows.mapv(f64::ln);
        let known = |row: &usize| logs[[*row, given.class(*row)]].is_finite();
        let known: Vec<usize> = (0..given.len()).filter(known).collect();
        if known.is_empty() {
            let reason = "every given label has probability 0";
            return Err(Error::Undefined { quantity: "a temperature", reason });
        }
        let excess_at = |inverse: f64| -> f64 {
            let blocks: Vec<f64> = known
                .par_chunks(ROW_BLOCK)
                .map(|rows| rows.iter().map(|row| excess(logs.row(*row), given.class(*row), inverse)).sum())
                .collect();
            blocks.iter().sum()
        };
        let [mut low, mut high] = Self::FITTED.map(f64::ln);
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            // A larger temperature lowers the expectation that exceeds what was seen.
            if excess_at((-middle).exp()) > 0.0 { low = middle } else { high = middle }
        }
        Self::new((0.5 * (low + high)).exp())
    }

    /// The temperature T.
    pub fn value(self) -> f64 {
        self.0
    }

    /// The scaled probabilities, `(n, k)`.
    ///
    /// # Errors
    /// As [`ProbabilitySource::read_rows`].
    pub fn scale(self, probabilities: &dyn ProbabilitySource) -> Result<ProbabilityMatrix> {
        let mut rows = read(probabilities)?;
        rows.axis_iter_mut(Axis(0)).into_par_iter().for_each(|mut row| {
            let greatest = row.fold(0.0_f64, |greatest, &p| greatest.max(p));
            // Relative to the greatest, which is 1 at any temperature.
            row.mapv_inplace(|p| ((p / greatest).ln() / self.0).exp());
            let sum = row.sum();
            row /= sum;
        });
        ProbabilityMatrix::new(rows)
    }
}

/// The expectation of log p under the row scaled by 1/T = `inverse`, minus that of the given class: minus the slope of
/// the log-likelihood.
fn excess(logs: ArrayView1<'_, f64>, given: usize, inverse: f64) -> f64 {
    let greatest = logs.fold(f64::NEG_INFINITY, |greatest, &log| greatest.max(log));
    let (mut sum, mut mean) = (0.0, 0.0);
    for log in logs.iter().filter(|log| **log > f64::NEG_INFINITY) {
        let weight = ((log - greatest) * inverse).exp();
        sum += weight;
        mean += weight * (log - greatest);
    }
    mean / sum - (logs[given] - greatest)
}

/// Expected calibration error of the most probable classes: how far, on average over bins of confidence, the confidence
/// max_c p_c of `probabilities`, `(n, k)`, is from the share of samples whose given label is that class
/// (Guo et al. 2017, equation 3). In [0, 1]; 0 is calibrated. O(n·k + n log n).
///
/// The given labels stand for the true ones, so that label noise counts as error.
///
/// # Errors
/// As [`Temperature::fit`], but for probabilities of 0, and as [`Calibration::expected_error`].
pub fn calibration_error(
    probabilities: &dyn ProbabilitySource,
    given: &Labels,
    calibration: &Calibration,
) -> Result<f64> {
    let rows = all_rows(probabilities, given)?;
    let mut confidences = Vec::with_capacity(given.len());
    let mut right = Vec::with_capacity(given.len());
    for (row, p) in rows.outer_iter().enumerate() {
        let best = (0..p.len()).fold(0, |best, class| if p[class] > p[best] { class } else { best });
        confidences.push(p[best].min(1.0));
        right.push(best == given.class(row));
    }
    // The measure is of the probabilities of an event, whatever it is: here, that the prediction is right.
    calibration.expected_error(&confidences, &ErrorMask::new(right)?)
}

fn all_rows(probabilities: &dyn ProbabilitySource, given: &Labels) -> Result<Array2<f64>> {
    let (n, classes) = probabilities.shape();
    same_length("given labels", n, given.len())?;
    if let Some(row) = given.values().iter().position(|label| *label as usize >= classes) {
        return Err(Error::LabelOutOfRange { row, label: i64::from(given.values()[row]), classes });
    }
    read(probabilities)
}

fn read(probabilities: &dyn ProbabilitySource) -> Result<Array2<f64>> {
    let mut rows = Array2::zeros(probabilities.shape());
    probabilities.read_rows(0, rows.view_mut())?;
    Ok(rows)
}

/// Evidence made of predicted probabilities, scaled by the temperature that fits the given labels best.
///
/// The one number T is fitted to all given labels, those of the samples it is applied to included: next to nothing is
/// learnt of any one of n labels, but strictly the result is out-of-sample only up to T. A probability that is 0
/// because a fold lacks the class stays 0.
///
/// ```
/// use mislabel_probe::{Calibrated, Probe};
///
/// let calibrated: Calibrated<Probe> = Calibrated(Probe::default());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Calibrated<S>(
    /// Where the probabilities come from.
    pub S,
);

impl<S: ClassEvidence<Evidence = ProbabilityMatrix>> ClassEvidence for Calibrated<S> {
    type Evidence = ProbabilityMatrix;

    /// The scaled probabilities, `(n, k)`.
    ///
    /// # Errors
    /// As the source and [`Temperature::fit`].
    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ProbabilityMatrix> {
        let probabilities = self.0.evidence(embeddings, given, run)?;
        Temperature::fit(&probabilities, given)?.scale(&probabilities)
    }
}
