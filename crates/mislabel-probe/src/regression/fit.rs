//! One fit: the minimum of the objective at one L2 strength.

use mislabel_core::{Result, Run};

use crate::regression::design::{Design, Moments};
use crate::regression::lbfgs::{Minimum, Stopping, minimize};
use crate::regression::objective::Objective;
use crate::regression::preconditioner::Gram;
use crate::training::classifier::TrainingSet;

/// The name of the stage that fits report to their progress.
const STAGE: &str = "fitting a logistic regression";

/// An L2 strength, and parameters (for scaled rows) from which its fit may start.
pub(crate) struct Selection {
    pub(crate) l2: f64,
    pub(crate) start: Option<Vec<f64>>,
}

/// What is the same for all fits that lead to one model.
pub(crate) struct Fit<'a> {
    pub(crate) moments: &'a Moments,
    pub(crate) present: &'a [u32],
    /// The search ends when no entry of the gradient exceeds this,
    pub(crate) tolerance: f64,
    /// or after this many steps.
    pub(crate) max_iterations: usize,
}

impl Fit<'_> {
    /// The minimum for all rows of `training`, in one fit.
    pub(crate) fn minimum_of(
        &self,
        training: &TrainingSet<'_>,
        selected: &Selection,
        run: &Run<'_>,
    ) -> Result<Minimum> {
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
        let penalty = scaled_penalty(selected.l2, design, self.moments);
        let mut objective = Objective::new(design, gram, penalty);
        let start = selected.start.clone().unwrap_or_else(|| vec![0.0; objective.parameters()]);
        let stopping = Stopping { tolerance: self.tolerance, iterations: self.max_iterations };
        let stage = run.stage(STAGE, self.max_iterations);
        minimize(&mut objective, start, stopping, &mut |_| stage.advance(1))
    }
}

/// λ for the mean objective in units of the scaled rows.
fn scaled_penalty(l2: f64, design: &Design<'_>, moments: &Moments) -> f64 {
    /// Weights are 0 at any larger penalty.
    const MOST: f64 = 1e100;
    // ‖W_0‖² + ‖W_1‖² is half of ‖W_1 − W_0‖² at the optimum.
    let l2 = if design.classes == 2 { 2.0 * l2 } else { l2 };
    (l2 / moments.unit / moments.unit / moments.weight / design.total_weight()).min(MOST)
}
