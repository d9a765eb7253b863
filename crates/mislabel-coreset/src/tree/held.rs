//! Samples that a tree holds in memory.

use mislabel_core::{Embeddings, Labels, Result, Run};
use ndarray::{Array1, ArrayView2};

use crate::importance::comparison::Comparison;
use crate::importance::measure::Importance;
use crate::importance::sensitivity::Sensitivity;
use crate::samples::Samples;

/// A weight that is a smaller share of the greatest counts as this: the quotient stays finite.
const LEAST_WEIGHT: f64 = 1e-100;

/// What is known of one sample beside its features.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct HeldSample {
    pub(crate) id: u64,
    pub(crate) label: u32,
    /// How many samples it stands for, positive.
    pub(crate) weight: f64,
    pub(crate) loss: Option<f64>,
    /// Whether a user has seen it.
    pub(crate) seen: bool,
}

/// Samples with their features, `(samples.len(), d)` row after row, finite.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Held {
    pub(crate) features: Vec<f32>,
    pub(crate) samples: Vec<HeldSample>,
}

impl Held {
    pub(crate) fn len(&self) -> usize {
        self.samples.len()
    }

    /// The features, `(len, d)`.
    pub(crate) fn rows(&self, d: usize) -> ArrayView2<'_, f32> {
        ArrayView2::from_shape((self.len(), d), &self.features).expect("every sample has d features")
    }

    pub(crate) fn absorb(&mut self, other: &Self) {
        self.features.extend_from_slice(&other.features);
        self.samples.extend_from_slice(&other.samples);
    }

    /// The samples numbered `places`.
    pub(crate) fn select(&self, places: &[usize], d: usize) -> Self {
        let features = places.iter().flat_map(|place| &self.features[place * d..(place + 1) * d]).copied().collect();
        Self { features, samples: places.iter().map(|place| self.samples[*place]).collect() }
    }

    /// Importance of every sample, `(len,)`, as one among all that the held ones stand for.
    ///
    /// # Errors
    /// As the importance.
    pub(crate) fn importance(
        &self,
        (classes, d): (usize, usize),
        sensitivity: &Sensitivity,
        run: &Run<'_>,
    ) -> Result<Array1<f64>> {
        let rows = Embeddings::new(self.rows(d))?;
        let given = self.labels(classes)?;
        let weights: Array1<f64> = self.samples.iter().map(|sample| sample.weight).collect();
        let losses: Option<Array1<f64>> = self.samples.iter().map(|sample| sample.loss).collect();
        let samples = Samples::new(&rows, &given)?.with_weights(weights.view())?;
        match &losses {
            Some(losses) => sensitivity.importance(&samples.with_losses(losses.view())?, run),
            None => sensitivity.importance(&samples, run),
        }
    }

    /// The `importance`, `(len,)`, of one sample of each kind, over the mean that it is compared with, `(len,)`.
    pub(crate) fn relative(&self, importance: &Array1<f64>, classes: usize, comparison: Comparison) -> Vec<f64> {
        let greatest = self.samples.iter().map(|sample| sample.weight).fold(f64::MIN_POSITIVE, f64::max);
        let samples = self.samples.iter().zip(importance).map(|(sample, value)| {
            let weight = (sample.weight / greatest).max(LEAST_WEIGHT);
            (value / weight, sample.label as usize, weight)
        });
        comparison.relative(samples, classes).collect()
    }

    /// The labels, `(len,)`.
    ///
    /// # Errors
    /// [`Error::Empty`](mislabel_core::Error::Empty) without samples.
    pub(crate) fn labels(&self, classes: usize) -> Result<Labels> {
        Labels::new(self.samples.iter().map(|sample| sample.label).collect(), classes)
    }
}
