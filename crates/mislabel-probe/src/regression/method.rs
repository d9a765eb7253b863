//! Multinomial logistic regression.

use mislabel_core::{EmbeddingSource, Error, Result, Run};

use crate::regression::design::Moments;
use crate::regression::fit::{Fit, Selection};
use crate::regression::lbfgs::Minimum;
use crate::regression::model::SoftmaxModel;
use crate::regression::selection::{L2Path, by_held_out_likelihood};
use crate::training::classifier::{Classifier, ProbabilityModel, TrainingSet};
use crate::training::part::Part;

/// Multinomial logistic regression with an L2 penalty, fitted by preconditioned L-BFGS on matrix products.
///
/// Minimizes Σ_i w_i (−log p(y_i | x_i)) + (λ/2) ‖W‖², p = softmax(W x + b), the intercepts b free: the objective of
/// scikit-learn's `LogisticRegression(C = 1/λ)`. As there, with two classes the penalty is on the one vector
/// W_1 − W_0 that matters. Features and sums: f32 and f64. The optimum is found in the metric
/// (p̄ (1 − p̄) Σ w x xᵀ + λ I)⁻¹, in which the objective is nearly round (Böhning 1992 bounds the second derivative by
/// such a matrix), so that it takes some 10 to 30 evaluations instead of 40 to 200. One evaluation is O(m·d·k).
///
/// From twice [`L2Path::ROWS`] rows on the strength is chosen on a part of them, in which classes have equal shares,
/// and the fit goes on from there to parts four times as large and to all rows: each begins near its end. The tolerance
/// then shrinks where k √d is above 10⁴.
///
/// Time, measured: 15 to 25 passes over all rows at a million, each 4·m·d·k operations. Memory beyond the training set:
/// 20 bytes a row, 100 d², some 55 k·d numbers, and as much of an f32 copy of the rows as [`TrainingSet::room`] allows;
/// the others are read in every pass.
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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct SoftmaxRegression {
    /// L2 strength λ ≥ 0, scikit-learn's 1/C. `None`, the default, chooses it by the likelihood of held-out training
    /// labels (see [`L2Path`]); the labels of samples that are not in the training set play no part.
    pub l2: Option<f64>,
    /// The search ends when no entry of the gradient of the mean objective (the objective above over Σ w) exceeds
    /// this; scikit-learn's `tol`, default 1e-4. The gradient is that of scaled rows: centered, and divided by the root
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

/// How many times as many rows the next larger part has.
const PART_FACTOR: usize = 4;

/// Where rows are so many that parts of them come first, the tolerance is meant for k √d up to this: an entry of the
/// gradient is a mean over all samples, of which one in k is of the class, of a feature, which has one part in √d of a
/// row's length.
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
        let (tolerance, max_iterations) = (self.tolerance, self.max_iterations);
        let fit = Fit { moments: &moments, present: &present, tolerance, max_iterations };
        let (minimum, l2) = self.minimum_of_all(fit, training, run)?;
        Ok(SoftmaxModel::new(minimum, moments, present, training.labels().class_count(), l2))
    }

    /// The minimum for all rows of `training`, and the L2 strength: by way of parts of it where there are many.
    fn minimum_of_all(&self, mut fit: Fit<'_>, training: &TrainingSet<'_>, run: &Run<'_>) -> Result<(Minimum, f64)> {
        let part_sizes = part_sizes(training.shape().0, fit.present.len());
        let Some((least, larger)) = part_sizes.split_first() else {
            let selected = self.selected(&fit, training, run)?;
            return Ok((fit.minimum_of(training, &selected, run)?, selected.l2));
        };
        let size = fit.present.len() as f64 * (training.shape().1 as f64).sqrt();
        fit.tolerance *= (SIZE_OF_TOLERANCE / size).min(1.0);
        let least = Part::stratified(training, *least, self.seed)?;
        let mut selected = self.selected(&fit, &least.training()?, run)?;
        for size in larger {
            let part = Part::stratified(training, *size, self.seed)?;
            selected.start = Some(fit.minimum_of(&part.training()?, &selected, run)?.point);
        }
        Ok((fit.minimum_of(training, &selected, run)?, selected.l2))
    }

    /// The L2 strength asked for, or the best for `training`.
    fn selected(&self, fit: &Fit<'_>, training: &TrainingSet<'_>, run: &Run<'_>) -> Result<Selection> {
        match self.l2 {
            Some(l2) => Ok(Selection { l2, start: None }),
            None => by_held_out_likelihood(fit, training, self.seed, run),
        }
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

/// Sizes of the parts of `m` rows, ascending, on which a fit to all of them begins: none up to twice the least.
fn part_sizes(m: usize, classes: usize) -> Vec<usize> {
    let least = L2Path::ROWS.max(L2Path::ROWS_PER_CLASS.saturating_mul(classes));
    let sizes = std::iter::successors(Some(least), |size| size.checked_mul(PART_FACTOR));
    sizes.take_while(|size| *size <= m / 2).collect()
}

impl Classifier for SoftmaxRegression {
    fn fit(&self, training: &TrainingSet<'_>, run: &Run<'_>) -> Result<Box<dyn ProbabilityModel>> {
        Ok(Box::new(self.model(training, run)?))
    }

    fn restored(&self, bytes: &[u8], training: &TrainingSet<'_>) -> Option<Box<dyn ProbabilityModel>> {
        SoftmaxModel::from_bytes(bytes, training).map(|model| Box::new(model) as Box<dyn ProbabilityModel>)
    }
}
