//! Models trained on parts of the samples, and their predictions of the others.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{EmbeddingSource, Error, ProbabilitySink, Progress, Result, Run};
use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

use crate::regression::design::ROW_BLOCK;
use crate::training::classifier::{Classifier, ProbabilityModel, TrainingSet};
use crate::training::folds::Folds;
use crate::training::part::Part;

/// Probabilities that are predicted at a time: 64 MiB.
const PREDICTED: usize = 1 << 23;

/// Rows that are predicted at a time: a multiple of those of a block.
pub(crate) fn block_of_predictions(k: usize) -> usize {
    (PREDICTED / k / ROW_BLOCK).max(1) * ROW_BLOCK
}

/// Models of parts of the samples, and what they say of the others.
pub(crate) struct Prediction<'a> {
    pub(crate) classifier: &'a dyn Classifier,
    pub(crate) samples: TrainingSet<'a>,
    pub(crate) sink: &'a dyn ProbabilitySink,
}

impl Prediction<'_> {
    /// Predicts every sample by a model trained on the other folds.
    pub(crate) fn in_folds(&self, folds: &Folds, at_once: bool, run: &Run<'_>) -> Result<()> {
        let watch = Watch { progress: run.progress(), done: AtomicUsize::new(0), total: folds.folds() };
        let watched = run.clone().with_progress(&watch);
        let held_out = |fold: usize| -> Result<()> {
            let training = Part::new(&self.samples, folds.training(fold))?;
            let part = format!("probe/fold {fold} of {}", folds.folds());
            self.held_out(&training.training()?, &folds.held_out(fold), &part, &watched)?;
            watch.fold_done()
        };
        let mut numbers = 0..folds.folds();
        if at_once {
            return numbers.into_par_iter().try_for_each(held_out);
        }
        numbers.try_for_each(held_out)
    }

    /// Predicts the samples `rows` by a model of `training`. The model, or what it predicted if it cannot be turned to
    /// bytes, is kept as `part`.
    pub(crate) fn held_out(&self, training: &TrainingSet<'_>, rows: &[u32], part: &str, run: &Run<'_>) -> Result<()> {
        if let Some(predicted) = run.load(part)?.and_then(|bytes| self.restored(&bytes, rows.len())) {
            return self.sink.put(rows, predicted.view());
        }
        let kept = format!("{part}/model");
        if let Some(model) = run.load(&kept)?.and_then(|bytes| self.classifier.restored(&bytes, training)) {
            return self.predict(&*model, rows, &mut |_| ());
        }
        let model = self.classifier.fit(training, run)?;
        let model_bytes = if run.keeps_parts() { model.to_bytes() } else { None };
        if let Some(bytes) = &model_bytes {
            run.store(&kept, bytes)?;
        }
        let mut predictions = Vec::new();
        let keeps_predictions = run.keeps_parts() && model_bytes.is_none();
        self.predict(&*model, rows, &mut |predicted| {
            if keeps_predictions {
                predictions.extend(predicted.iter().flat_map(|value| value.to_le_bytes()));
            }
        })?;
        if keeps_predictions { run.store(part, &predictions) } else { Ok(()) }
    }

    /// Sends what `model` predicts of the samples `rows` to the sink, and shows it to `each`.
    fn predict(
        &self,
        model: &dyn ProbabilityModel,
        rows: &[u32],
        each: &mut dyn FnMut(ArrayView2<'_, f64>),
    ) -> Result<()> {
        let (_, d) = self.samples.shape();
        let k = self.samples.labels().class_count();
        for rows in rows.chunks(block_of_predictions(k)) {
            let mut features = Array2::zeros((rows.len(), d));
            let blocks = features.axis_chunks_iter_mut(Axis(0), ROW_BLOCK).into_par_iter();
            blocks.zip(rows.par_chunks(ROW_BLOCK)).try_for_each(|(out, rows)| self.samples.gather(rows, out))?;
            let predicted = model.probabilities(features.view())?;
            same_length("predicted rows", rows.len(), predicted.nrows())?;
            same_class_count("the predicted rows", k, predicted.ncols())?;
            each(predicted.view());
            self.sink.put(rows, predicted.view())?;
        }
        Ok(())
    }

    /// The predictions, `(rows, k)`, that an earlier run kept.
    fn restored(&self, bytes: &[u8], rows: usize) -> Option<Array2<f64>> {
        let values = bytes.as_chunks().0.iter().map(|value| f64::from_le_bytes(*value)).collect();
        Array2::from_shape_vec((rows, self.samples.labels().class_count()), values).ok()
    }
}

/// Shows the folds to the observer as one stage, and lets it cancel within a fit.
struct Watch<'a> {
    progress: &'a dyn Progress,
    done: AtomicUsize,
    total: usize,
}

impl Watch<'_> {
    const STAGE: &'static str = "predicting held-out folds";

    fn fold_done(&self) -> Result<()> {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        match self.progress.update(Self::STAGE, done, self.total) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled { stage: Self::STAGE }),
        }
    }
}

impl Progress for Watch<'_> {
    fn update(&self, _: &'static str, _: usize, _: usize) -> ControlFlow<()> {
        self.progress.update(Self::STAGE, self.done.load(Ordering::Relaxed), self.total)
    }
}
