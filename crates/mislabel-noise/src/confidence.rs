//! Noise that a classifier would make.

use mislabel_core::checks::same_length;
use mislabel_core::{Labels, NoiseModel, NoisyLabels, PredictedProbabilities, Result};
use ndarray::ArrayView1;

use crate::rate::{checked_rate, need_second_class, whole};
use crate::sampling::{generator, noisy, subset};

const STREAM: u64 = 4;

/// Which samples confidence-based noise corrupts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum Selection {
    /// Samples drawn uniformly; the default, by which errors are plausible but not where the classifier is weakest.
    #[default]
    Uniform,
    /// The samples whose most likely wrong label is likeliest, ties in order of index; the seed has no effect.
    MostConfusable,
}

/// Confidence-based noise: int(η·n) samples are given a classifier's most likely wrong label,
/// argmax_{j ≠ y*} P_j, of equal ones the least.
///
/// ```
/// use mislabel_core::{Labels, NoiseModel, PredictedProbabilities};
/// use mislabel_noise::{ConfidenceBased, Selection};
/// use ndarray::array;
///
/// let truth = Labels::new(vec![0, 0], 3)?;
/// let rows = array![[0.9, 0.07, 0.03], [0.5, 0.1, 0.4]];
/// let mut model = ConfidenceBased::new(PredictedProbabilities::new(rows.view())?, 0.5);
/// model.selection = Selection::MostConfusable;
/// assert_eq!(model.corrupt(&truth, 51)?.given.values(), [0, 2]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ConfidenceBased<'a> {
    /// The classifier's probabilities, `(n, k)`; out-of-sample ones, or its mistakes are too few to be plausible.
    pub probabilities: PredictedProbabilities<'a>,
    /// The noise rate η in [0, 1], met exactly.
    pub rate: f64,
    /// Which samples are corrupted.
    pub selection: Selection,
}

impl<'a> ConfidenceBased<'a> {
    /// Noise at `rate` by a classifier's `probabilities`, `(n, k)`, on samples drawn uniformly.
    pub fn new(probabilities: PredictedProbabilities<'a>, rate: f64) -> Self {
        Self { probabilities, rate, selection: Selection::Uniform }
    }
}

impl NoiseModel for ConfidenceBased<'_> {
    /// O(n·k), and O(n log n) to find the most confusable.
    ///
    /// # Errors
    /// [`Error::Parameter`](mislabel_core::Error::Parameter) for the rate,
    /// [`Error::LengthMismatch`](mislabel_core::Error::LengthMismatch) when the probabilities are not `(n, k)`,
    /// [`Error::TooFewClasses`](mislabel_core::Error::TooFewClasses) for a rate above 0 with k = 1.
    fn corrupt(&self, truth: &Labels, seed: u64) -> Result<NoisyLabels> {
        checked_rate(self.rate)?;
        let rows = self.probabilities.view();
        same_length("predicted probabilities", truth.len(), rows.nrows())?;
        same_length("a row of predicted probabilities", truth.class_count(), rows.ncols())?;
        let mut values = truth.values().to_vec();
        if self.rate > 0.0 {
            need_second_class(truth)?;
            for row in self.selected(truth, seed) {
                (values[row], _) = likeliest_wrong(rows.row(row), truth.class(row));
            }
        }
        noisy(truth, values)
    }
}

impl ConfidenceBased<'_> {
    fn selected(&self, truth: &Labels, seed: u64) -> Vec<usize> {
        let amount = whole(self.rate, truth.len());
        let mut rows: Vec<usize> = (0..truth.len()).collect();
        if self.selection == Selection::Uniform {
            return subset(&rows, amount, &mut generator(seed, STREAM));
        }
        let view = self.probabilities.view();
        let risk: Vec<f64> = rows.iter().map(|&row| likeliest_wrong(view.row(row), truth.class(row)).1).collect();
        rows.sort_by(|&a, &b| risk[b].total_cmp(&risk[a]));
        rows.truncate(amount);
        rows
    }
}

/// The most likely class other than `truth`, and its probability. Needs two classes.
fn likeliest_wrong(probabilities: ArrayView1<'_, f64>, truth: usize) -> (u32, f64) {
    let first = usize::from(truth == 0);
    let others = probabilities.iter().enumerate().filter(|(class, _)| *class != truth);
    let start = (first as u32, probabilities[first]);
    others.fold(start, |best, (class, &p)| if p > best.1 { (class as u32, p) } else { best })
}
