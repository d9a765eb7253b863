//! Multinomial logistic regression.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};
use mislabel_core::checks::same_length;
use mislabel_core::{EmbeddingSource, Error, Result, Run};
use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis};
use rayon::prelude::*;

use crate::regression::design::{Design, Moments, ROW_BLOCK, scaled_block};
use crate::regression::lbfgs::{Minimum, Stopping, minimise};
use crate::regression::objective::Objective;
use crate::regression::preconditioner::Gram;
use crate::regression::selection::{L2Path, Selection};
use crate::regression::softmax::normalise;
use crate::training::classifier::{Classifier, ProbabilityModel, TrainingSet};
use crate::training::part::Part;

/// Multinomial logistic regression with an L2 penalty, fitted by preconditioned L-BFGS on matrix products.
///
/// Minimises Σ_i w_i (−log p(y_i | x_i)) + (λ/2) ‖W‖², p = softmax(W x + b), the intercepts b free: the objective of
/// scikit-learn's `LogisticRegression(C = 1/λ)`. As there, with two classes the penalty is on the one vector
/// W_1 − W_0 that matters. Features and sums: f32 and f64. The optimum is found in the metric
/// (p̄ (1 − p̄) Σ w x xᵀ + λ I)⁻¹, in which the objective is nearly round (Böhning 1992 bounds the second derivative by
/// such a matrix), so that it takes some 10 to 30 evaluations instead of 40 to 200. One evaluation is O(m·d·k).
///
/// From twice [`L2Path::ROWS`] rows on the strength is chosen on a part of them, in which classes have equal shares, and the fit
/// goes on from there to parts four times as large and to all rows: each begins near its end. The tolerance then shrinks where
/// k √d is above 10⁴.
///
/// Time, measured: 15 to 25 passes over all rows at a million, each 4·m·d·k operations. Memory beyond the training set: 20 bytes a
/// row, 100 d², some 55 k·d numbers, and as much of an f32 copy of the rows as [`TrainingSet::room`] allows; the others are
/// read in every pass.
///
/// ```
/// use mislabel_core::{Labels, Run};
/// use mislabel_probe::{SoftmaxRegression, TrainingSet};
/// use ndarray::array;
///
/// let rows = array![[0.0_f32], [1.0], [2.0], [3.0], [4.0], [5.0]];
/// let labels = Labels::new(vec![0, 0, 1, 0, 1, 1], 2)?;
/// let training = TrainingSet::new(rows.view(), &labels, None)?;
/// let regression = SoftmaxRegression { l2: Some(1.0), ..SoftmaxRegression::default() };
/// let model = regression.model(&training, &Run::quiet())?;
/// // By scikit-learn: LogisticRegression(C=1.0, tol=1e-12).fit(rows, labels).coef_
/// let weight = model.coefficients()[[1, 0]] - model.coefficients()[[0, 0]];
/// assert!((weight - 0.767_05).abs() < 1e-3);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SoftmaxRegression {
    /// L2 strength λ ≥ 0, scikit-learn's 1/C. `None`, the default, chooses it by the likelihood of held-out training
    /// labels (see [`L2Path`](crate::L2Path)); the labels of samples that are not in the training set play no part.
    pub l2: Option<f64>,
    /// The search ends when no entry of the gradient of the mean objective (the objective above over Σ w) exceeds
    /// this; scikit-learn's `tol`, default 1e-4. The gradient is that of scaled rows: centred, and divided by the root
    /// of their total variance.
    pub tolerance: f64,
    /// The search ends after this many steps at the latest; default 1,000.
    pub max_iterations: usize,
    /// Decides which training labels are held out to choose the L2 strength.
    pub seed: u64,
}

impl Default for SoftmaxRegression {
    fn default() -> Self {
        Self { l2: None, tolerance: 1e-4, max_iterations: 1000, seed: 0 }
    }
}

/// The name of the stage that fits report to their progress.
const STAGE: &str = "fitting a logistic regression";

/// How many times as many rows the next larger part has.
const PART_FACTOR: usize = 4;

/// Where rows are so many that parts of them come first, the tolerance is meant for k √d up to this: an entry of the gradient is a mean
/// over all samples, of which one in k is of the class, of a feature, which has one part in √d of a row's length.
const SIZE_OF_TOLERANCE: f64 = 1e4;

impl SoftmaxRegression {
    /// Fits the regression. With one class present, that class has probability 1 everywhere.
    ///
    /// # Errors
    /// [`Error::Parameter`] for an L2 strength or tolerance that is negative or not finite,
    /// [`Error::Cancelled`] when `progress` says so.
    pub fn model(&self, training: &TrainingSet<'_>, run: &Run<'_>) -> Result<SoftmaxModel> {
        self.check()?;
        let moments = Moments::of(training)?;
        let present = training.present_classes();
        let fit = Fit { regression: self, moments: &moments, present: &present, tolerance: self.tolerance };
        let (minimum, l2) = fit.minimum_of_all(training, run)?;
        Ok(SoftmaxModel::new(minimum, moments, present, training.labels().class_count(), l2))
    }

    fn check(&self) -> Result<()> {
        let requirement = "finite and at least 0";
        for (name, value) in [("l2", self.l2.unwrap_or(0.0)), ("tolerance", self.tolerance)] {
            if !value.is_finite() || value < 0.0 {
                return Err(Error::parameter(name, value, requirement));
            }
        }
        Ok(())
    }
}

/// What is the same for all fits that lead to one model.
pub(crate) struct Fit<'a> {
    pub(crate) regression: &'a SoftmaxRegression,
    pub(crate) moments: &'a Moments,
    pub(crate) present: &'a [u32],
    tolerance: f64,
}

impl Fit<'_> {
    /// The minimum for all rows of `training`, and the L2 strength: by way of parts of it where there are many.
    fn minimum_of_all(mut self, training: &TrainingSet<'_>, run: &Run<'_>) -> Result<(Minimum, f64)> {
        let part_sizes = part_sizes(training.shape().0, self.present.len());
        let Some((least, larger)) = part_sizes.split_first() else {
            let selected = self.selected(training, run)?;
            return Ok((self.minimum_of(training, &selected, run)?, selected.l2));
        };
        let size = self.present.len() as f64 * (training.shape().1 as f64).sqrt();
        self.tolerance *= (SIZE_OF_TOLERANCE / size).min(1.0);
        let least = Part::stratified(training, *least, self.regression.seed)?;
        let mut selected = self.selected(&least.training()?, run)?;
        for size in larger {
            let part = Part::stratified(training, *size, self.regression.seed)?;
            selected.start = Some(self.minimum_of(&part.training()?, &selected, run)?.point);
        }
        Ok((self.minimum_of(training, &selected, run)?, selected.l2))
    }

    /// The L2 strength asked for, or the best for `training`.
    fn selected(&self, training: &TrainingSet<'_>, run: &Run<'_>) -> Result<Selection> {
        match self.regression.l2 {
            Some(l2) => Ok(Selection { l2, start: None }),
            None => Selection::by_held_out_likelihood(self, training, run),
        }
    }

    fn minimum_of(&self, training: &TrainingSet<'_>, selected: &Selection, run: &Run<'_>) -> Result<Minimum> {
        let rows = (0..training.labels().len() as u32).collect();
        let design = Design::new(training, rows, self.present, self.moments, training.room())?;
        self.minimum(&design, &Gram::of(&design)?, selected, run)
    }

    /// The minimum for one design, from the start that `selected` names or from zero.
    pub(crate) fn minimum(
        &self,
        design: &Design<'_>,
        gram: &Gram,
        selected: &Selection,
        run: &Run<'_>,
    ) -> Result<Minimum> {
        let most = self.regression.max_iterations;
        let penalty = scaled_penalty(selected.l2, design, self.moments);
        let mut objective = Objective::new(design, gram, penalty);
        let start = selected.start.clone().unwrap_or_else(|| vec![0.0; objective.parameters()]);
        let stopping = Stopping { tolerance: self.tolerance, iterations: most };
        let stage = run.stage(STAGE, most);
        minimise(&mut objective, start, stopping, &mut |_| stage.advance(1))
    }
}

/// Sizes of the parts of `m` rows, ascending, on which a fit to all of them begins: none up to twice the least.
fn part_sizes(m: usize, classes: usize) -> Vec<usize> {
    let least = L2Path::ROWS.max(L2Path::ROWS_PER_CLASS.saturating_mul(classes));
    let sizes = std::iter::successors(Some(least), |size| size.checked_mul(PART_FACTOR));
    sizes.take_while(|size| *size <= m / 2).collect()
}

/// λ for the mean objective in units of the scaled rows.
fn scaled_penalty(l2: f64, design: &Design<'_>, moments: &Moments) -> f64 {
    /// Weights are 0 at any larger penalty.
    const MOST: f64 = 1e100;
    // ‖W_0‖² + ‖W_1‖² is half of ‖W_1 − W_0‖² at the optimum.
    let l2 = if design.classes == 2 { 2.0 * l2 } else { l2 };
    (l2 / moments.unit / moments.unit / moments.weight / design.total_weight()).min(MOST)
}

impl Classifier for SoftmaxRegression {
    fn fit(&self, training: &TrainingSet<'_>, run: &Run<'_>) -> Result<Box<dyn ProbabilityModel>> {
        Ok(Box::new(self.model(training, run)?))
    }

    fn restored(&self, bytes: &[u8], training: &TrainingSet<'_>) -> Option<Box<dyn ProbabilityModel>> {
        SoftmaxModel::from_bytes(bytes, training).map(|model| Box::new(model) as Box<dyn ProbabilityModel>)
    }
}

/// A fitted [`SoftmaxRegression`].
#[derive(Clone, Debug)]
pub struct SoftmaxModel {
    /// Class by class d weights and the intercept, for scaled rows.
    parameters: Vec<f64>,
    moments: Moments,
    present: Vec<u32>,
    classes: usize,
    l2: f64,
    objective: f64,
    iterations: usize,
    converged: bool,
}

impl SoftmaxModel {
    fn new(minimum: Minimum, moments: Moments, present: Vec<u32>, classes: usize, l2: f64) -> Self {
        let Minimum { point: parameters, value: objective, iterations, converged } = minimum;
        Self { parameters, moments, present, classes, l2, objective, iterations, converged }
    }

    /// The model that [`to_bytes`](ProbabilityModel::to_bytes) wrote; `None` unless it is one for `training`.
    fn from_bytes(bytes: &[u8], training: &TrainingSet<'_>) -> Option<Self> {
        let (words, []) = bytes.as_chunks::<8>() else { return None };
        let (counts, words) = words.split_first_chunk::<4>()?;
        let [iterations, converged, features, present] = counts.map(|word| u64::from_le_bytes(word) as usize);
        let (present, words) = words.split_at_checked(present)?;
        let present: Vec<u32> = present.iter().map(|word| u64::from_le_bytes(*word) as u32).collect();
        let values: Vec<f64> = words.iter().map(|word| f64::from_le_bytes(*word)).collect();
        let ([l2, objective, unit, weight], values) = values.split_first_chunk::<4>()?;
        let (centre, parameters) = values.split_at_checked(features)?;
        let fits = features == training.shape().1 && parameters.len() == present.len() * (features + 1);
        (fits && present == training.present_classes()).then(|| Self {
            parameters: parameters.to_vec(),
            moments: Moments { centre: centre.to_vec(), unit: *unit, weight: *weight },
            classes: training.labels().class_count(),
            l2: *l2,
            objective: *objective,
            iterations,
            converged: converged == 1,
            present,
        })
    }

    /// The L2 strength λ in use: as given, or as chosen.
    pub fn l2(&self) -> f64 {
        self.l2
    }

    /// The objective over Σ w: mean loss in nats plus penalty.
    pub fn objective(&self) -> f64 {
        self.objective
    }

    /// Steps that the last fit took.
    pub fn iterations(&self) -> usize {
        self.iterations
    }

    /// Whether the gradient met the tolerance. If not, steps ran out, or f32 rounding ended the search before.
    pub fn converged(&self) -> bool {
        self.converged
    }

    /// The classes of the model, ascending; the others have probability 0.
    pub fn present_classes(&self) -> &[u32] {
        &self.present
    }

    /// The weights W of the present classes, `(present, d)`, for rows as they came.
    pub fn coefficients(&self) -> Array2<f64> {
        let features = self.moments.centre.len();
        Array2::from_shape_fn((self.present.len(), features), |(class, feature)| {
            self.parameters[class * (features + 1) + feature] / self.moments.unit
        })
    }

    /// The intercepts b of the present classes, `(present,)`, for rows as they came.
    pub fn intercepts(&self) -> Array1<f64> {
        let features = self.moments.centre.len();
        let parts = self.parameters.chunks_exact(features + 1);
        let intercept = |part: &[f64]| {
            let shift = part.iter().zip(&self.moments.centre).map(|(weight, centre)| weight * centre).sum::<f64>();
            part[features] - shift / self.moments.unit
        };
        parts.map(intercept).collect()
    }

    /// Softmax of the logits of `rows`, at most [`ROW_BLOCK`] of them, into `out`, `(rows, k)`.
    fn predict_block(&self, weights: &[f32], rows: ArrayView2<'_, f32>, mut out: ArrayViewMut2<'_, f64>) {
        let block = scaled_block(rows, &self.moments);
        let weights = MatRef::from_column_major_slice(weights, block.ncols(), self.present.len());
        let mut logits = Mat::zeros(block.nrows(), weights.ncols());
        matmul(logits.as_mut(), Accum::Replace, block.as_ref(), weights, 1.0, Par::Seq);
        let mut row_logits = vec![0.0; logits.ncols()];
        for (row, mut out) in out.outer_iter_mut().enumerate() {
            row_logits.iter_mut().enumerate().for_each(|(class, z)| *z = f64::from(logits[(row, class)]));
            normalise(&mut row_logits);
            self.present.iter().zip(&row_logits).for_each(|(class, p)| out[*class as usize] = *p);
        }
    }
}

impl ProbabilityModel for SoftmaxModel {
    fn probabilities(&self, rows: ArrayView2<'_, f32>) -> Result<Array2<f64>> {
        same_length("a row to predict", self.moments.centre.len(), rows.ncols())?;
        let weights: Vec<f32> = self.parameters.iter().map(|w| *w as f32).collect();
        let mut out = Array2::zeros((rows.nrows(), self.classes));
        let blocks = out.axis_chunks_iter_mut(Axis(0), ROW_BLOCK).into_par_iter();
        let inputs = rows.axis_chunks_iter(Axis(0), ROW_BLOCK).into_par_iter();
        blocks.zip(inputs).for_each(|(out, rows)| self.predict_block(&weights, rows, out));
        Ok(out)
    }

    fn to_bytes(&self) -> Option<Vec<u8>> {
        let Moments { centre, unit, weight } = &self.moments;
        let numbers = [self.l2, self.objective, *unit, *weight];
        let counts = [self.iterations, usize::from(self.converged), centre.len(), self.present.len()];
        let mut bytes: Vec<u8> = counts.iter().flat_map(|count| (*count as u64).to_le_bytes()).collect();
        bytes.extend(self.present.iter().flat_map(|class| u64::from(*class).to_le_bytes()));
        bytes.extend(numbers.iter().chain(centre).chain(&self.parameters).flat_map(|value| value.to_le_bytes()));
        Some(bytes)
    }
}
