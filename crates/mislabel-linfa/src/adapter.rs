//! From a function that trains a linfa model to a classifier of the probe.

use linfa::DatasetBase;
use mislabel_core::checks::{same_length, simplex_rows};
use mislabel_core::{EmbeddingSource, Error, Labels, Result, Run};
use mislabel_probe::{Classifier, ProbabilityModel, TrainingSet};
use ndarray::{Array2, ArrayView2};
use ndarray_0_16 as old;

/// What linfa is trained on: rows, `(m, d)`, and labels, `(m,)`, the present classes being numbered from 0 in order.
pub type Training = DatasetBase<Rows, old::Array1<usize>>;

/// Rows, `(m, d)`, and predictions, `(m, present classes)`, as linfa has them.
pub type Rows = old::Array2<f64>;

/// The error of a training function: whatever linfa returned.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How far a row of predictions may sum from 1: rounding of a softmax in f64.
const ROW_TOLERANCE: f64 = 1e-6;

/// A classifier made of a function that trains: from a [`Training`] set to a function from rows, `(m, d)`, to
/// probabilities, `(m, present classes)`.
///
/// The function promises the same model for the same training set. It is not called when only one class is present.
#[derive(Clone, Copy, Debug)]
pub struct Linfa<F>(
    /// The function that trains.
    pub F,
);

impl<F, M> Classifier for Linfa<F>
where
    F: Fn(&Training) -> Result<M, Failure> + Send + Sync,
    M: Fn(&Rows) -> Rows + Send + Sync + 'static,
{
    /// Trains by the function.
    ///
    /// # Errors
    /// [`Error::Undefined`] with sample weights, [`Error::Source`] with the error of the function,
    /// [`Error::Cancelled`] when `progress` says so before the training, which itself does not ask.
    fn fit(&self, training: &TrainingSet<'_>, run: &Run<'_>) -> Result<Box<dyn ProbabilityModel>> {
        if training.weights().is_some() {
            let reason = "linfa's classifiers take no sample weights";
            return Err(Error::Undefined { quantity: "a weighted fit", reason });
        }
        run.stage("training a classifier of linfa", 1).advance(0)?;
        let present = training.present_classes();
        let shape = (training.shape().1, training.labels().class_count());
        if present.len() == 1 {
            let certain = |rows: &Rows| Rows::ones((rows.nrows(), 1));
            return Ok(Box::new(LinfaModel { predict: certain, present, shape }));
        }
        let targets = targets(training.labels(), &present);
        let predict =
            (self.0)(&DatasetBase::new(handed_over(training.rows()?.view()), targets)).map_err(Error::other)?;
        Ok(Box::new(LinfaModel { predict, present, shape }))
    }
}

/// The place of every label among the present classes.
fn targets(labels: &Labels, present: &[u32]) -> old::Array1<usize> {
    labels.values().iter().map(|label| present.partition_point(|class| class < label)).collect()
}

/// Rows as linfa's version of ndarray has them.
fn handed_over(rows: ArrayView2<'_, f32>) -> Rows {
    let values = rows.iter().map(|x| f64::from(*x)).collect();
    Rows::from_shape_vec(rows.dim(), values).expect("as many values as the shape says")
}

/// A trained model of linfa with the classes that it knows.
struct LinfaModel<M> {
    predict: M,
    present: Vec<u32>,
    /// Features d and classes k.
    shape: (usize, usize),
}

impl<M> ProbabilityModel for LinfaModel<M>
where
    M: Fn(&Rows) -> Rows + Send + Sync,
{
    fn probabilities(&self, rows: ArrayView2<'_, f32>) -> Result<Array2<f64>> {
        let (features, classes) = self.shape;
        same_length("a row to predict", features, rows.ncols())?;
        if rows.nrows() == 0 {
            return Ok(Array2::zeros((0, classes)));
        }
        let predicted = (self.predict)(&handed_over(rows));
        same_length("predictions of linfa", rows.nrows(), predicted.nrows())?;
        same_length("a row of predictions of linfa", self.present.len(), predicted.ncols())?;
        let mut probabilities = Array2::zeros((rows.nrows(), classes));
        for ((row, place), p) in predicted.indexed_iter() {
            probabilities[[row, self.present[place] as usize]] = *p;
        }
        simplex_rows("predictions of linfa", 0, probabilities.view(), ROW_TOLERANCE)?;
        Ok(probabilities)
    }
}
