//! linfa's multinomial logistic regression.

use linfa::traits::Fit;
use linfa_logistic::MultiLogisticRegression;
use mislabel_core::{Error, Result, Run};
use mislabel_probe::{Classifier, ProbabilityModel, TrainingSet};

use crate::adapter::{Failure, Linfa, Rows, Training};

/// linfa-logistic's multinomial logistic regression, with the objective of
/// [`SoftmaxRegression`](mislabel_probe::SoftmaxRegression): Σ −log p(y_i | x_i) + (λ/2) ‖W‖², with two classes λ/2 times
/// the square of W_1 − W_0. linfa's `alpha` is λ, for two classes 2λ.
///
/// Single-threaded and in f64; several times slower than `SoftmaxRegression`, which also takes weights and chooses λ.
///
/// # Departures
/// linfa's loss subtracts the largest logit of all rows from every row: where logits of two rows differ by more than about
/// 35, the loss of the lower row is wrong and the search may end early. Rows scaled to norm 1 with λ of 0.1 or more stay
/// away from that.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinfaLogistic {
    /// L2 strength λ ≥ 0, scikit-learn's 1/C; default 1.
    pub l2: f64,
    /// The search ends when the norm of the gradient of the objective, a sum over samples, is below this; above 0,
    /// default 1e-4.
    pub gradient_tolerance: f64,
    /// Most steps; default 1,000.
    pub max_iterations: usize,
}

impl Default for LinfaLogistic {
    fn default() -> Self {
        Self { l2: 1.0, gradient_tolerance: 1e-4, max_iterations: 1000 }
    }
}

impl LinfaLogistic {
    fn check(&self) -> Result<()> {
        let (l2, tolerance) = (self.l2, self.gradient_tolerance);
        if !(l2 >= 0.0 && l2.is_finite()) {
            return Err(Error::parameter("l2", l2, "finite and at least 0"));
        }
        if !(tolerance > 0.0 && tolerance.is_finite()) {
            let requirement = "positive and finite";
            return Err(Error::parameter("gradient_tolerance", tolerance, requirement));
        }
        Ok(())
    }
}

impl Classifier for LinfaLogistic {
    /// Trains linfa's regression.
    ///
    /// # Errors
    /// [`Error::Parameter`], and as [`Linfa`].
    fn fit(&self, training: &TrainingSet<'_>, run: &Run<'_>) -> Result<Box<dyn ProbabilityModel>> {
        self.check()?;
        let alpha = if training.present_classes().len() == 2 { 2.0 * self.l2 } else { self.l2 };
        let regression = MultiLogisticRegression::default()
            .alpha(alpha)
            .gradient_tolerance(self.gradient_tolerance)
            .max_iterations(self.max_iterations as u64);
        let train = |training: &Training| -> Result<_, Failure> {
            let model = regression.fit(training)?;
            Ok(move |rows: &Rows| model.predict_probabilities(rows))
        };
        Linfa(train).fit(training, run)
    }
}
