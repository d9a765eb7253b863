//! Temperature scaling of predicted probabilities to the labels of several annotators.

use mislabel_core::checks::same_length;
use mislabel_core::{Error, PredictedProbabilities, Result, Run, Stage};
use ndarray::{Array2, ArrayView2};

use crate::crowd::annotations::Annotations;
use crate::crowd::row_by_row::row_done;

/// Least probability in a logarithm.
const LEAST: f64 = 1e-30;
/// Temperatures tried first; then the neighborhood of the best in steps of a quarter of its intervals.
const COARSE: [f64; 9] = [0.1, 0.2, 0.5, 0.8, 1.0, 2.0, 3.0, 5.0, 8.0];
const STEPS: usize = 4;

/// Whether predicted probabilities are scaled by a temperature first: p^(1/T), made to sum to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum Temperature {
    /// They are used as they are.
    #[default]
    Unscaled,
    /// By the temperature of each model that fits the annotators' labels best ([`best_temperature`]).
    Fitted,
    /// By this temperature: above 1 to smooth, below 1 to sharpen.
    Fixed(f64),
}

impl Temperature {
    /// The scaled probabilities, `(n, k)`.
    pub(crate) fn scale(
        self,
        annotations: &Annotations,
        model: &PredictedProbabilities<'_>,
        run: &Run<'_>,
    ) -> Result<Array2<f64>> {
        match self {
            Self::Unscaled => Ok(model.view().to_owned()),
            Self::Fitted => scaled(model.view(), best_temperature(annotations, model, run)?, run),
            Self::Fixed(temperature) => scaled(model.view(), temperature, run),
        }
    }
}

/// The temperature at which `model`, `(n, k)`, has the least cross-entropy to the annotators' labels.
///
/// A search over nine temperatures from 0.1 to 8, then over eight around the best. O(17·n·k).
///
/// # Departures
/// From cleanlab 2.9.0, which counts an example's labels as those of the first classes, whatever their classes are.
///
/// # Errors
/// [`Error::LengthMismatch`] unless the model is `(n, k)`; [`Error::Cancelled`].
pub fn best_temperature(annotations: &Annotations, model: &PredictedProbabilities<'_>, run: &Run<'_>) -> Result<f64> {
    same_length("predicted probabilities", annotations.samples(), model.view().nrows())?;
    same_length("a row of predicted probabilities", annotations.class_count(), model.view().ncols())?;
    let shares = annotations.shares();
    let most = COARSE.len() + 2 * STEPS + 1;
    let stage = run.stage("fitting a temperature", most * annotations.samples());
    let entropy = |temperature: f64| cross_entropy(&shares, model.view(), temperature, &stage);
    let best = first_least(&COARSE, entropy)?;
    let fine = fine_temperatures(best);
    Ok(fine[first_least(&fine, entropy)?])
}

impl Annotations {
    /// The share of each class among a sample's labels, `(n, k)`; rows sum to 1.
    pub(crate) fn shares(&self) -> Array2<f64> {
        let mut shares = self.votes();
        for mut row in shares.outer_iter_mut() {
            let sum = row.sum();
            row /= sum;
        }
        shares
    }
}

/// The probabilities scaled by `temperature`, `(n, k)`.
///
/// # Errors
/// [`Error::Parameter`] unless the temperature is positive and finite; [`Error::Cancelled`].
pub(crate) fn scaled(probabilities: ArrayView2<'_, f64>, temperature: f64, run: &Run<'_>) -> Result<Array2<f64>> {
    if !(temperature > 0.0 && temperature.is_finite()) {
        return Err(Error::parameter("temperature", temperature, "positive and finite"));
    }
    let n = probabilities.nrows();
    let stage = run.stage("scaling probabilities", n);
    let mut scaled = probabilities.mapv(|p| p.max(LEAST));
    for (i, mut row) in scaled.outer_iter_mut().enumerate() {
        // Relative to the greatest, which thus stays above 0 at any temperature.
        let greatest = row.fold(0.0_f64, |greatest, &p| greatest.max(p));
        row.mapv_inplace(|p| ((p / greatest).ln() / temperature).exp());
        let sum = row.sum();
        row /= sum;
        row_done(&stage, i, n)?;
    }
    Ok(scaled)
}

/// Mean cross-entropy of the scaled probabilities to the shares of labels; 0 where no label is.
fn cross_entropy(
    shares: &Array2<f64>,
    probabilities: ArrayView2<'_, f64>,
    temperature: f64,
    stage: &Stage<'_>,
) -> Result<f64> {
    let row_entropy = |shares: ndarray::ArrayView1<'_, f64>, row: ndarray::ArrayView1<'_, f64>| {
        let greatest = row.fold(0.0_f64, |greatest, &p| greatest.max(p));
        let powers = row.mapv(|p| if p > 0.0 { ((p / greatest).ln() / temperature).exp() } else { 0.0 });
        let sum = powers.sum();
        -shares.iter().zip(&powers).map(|(share, power)| share * (power / sum).max(LEAST).ln()).sum::<f64>()
    };
    let n = shares.nrows();
    let rows = shares.outer_iter().zip(probabilities.outer_iter()).enumerate();
    rows.map(|(i, (shares, row))| row_done(stage, i, n).map(|()| row_entropy(shares, row))).sum()
}

/// `STEPS` temperatures from the one before the best on, the best, and `STEPS` up to the one after it.
fn fine_temperatures(best: usize) -> Vec<f64> {
    let between = |from: f64, to: f64, step: usize| from + step as f64 * ((to - from) / STEPS as f64);
    let mut fine = Vec::new();
    if best > 0 {
        fine.extend((0..STEPS).map(|step| between(COARSE[best - 1], COARSE[best], step)));
    }
    // Of the greatest temperature only the steps below it are tried again, not itself: so does cleanlab.
    if let Some(&next) = COARSE.get(best + 1) {
        fine.extend((0..STEPS).map(|step| between(COARSE[best], next, step)));
        fine.push(next);
    }
    fine
}

fn first_least(temperatures: &[f64], entropy: impl Fn(f64) -> Result<f64>) -> Result<usize> {
    let entropies = temperatures.iter().map(|&temperature| entropy(temperature)).collect::<Result<Vec<f64>>>()?;
    Ok((1..entropies.len()).fold(0, |best, i| if entropies[i] < entropies[best] { i } else { best }))
}
