//! The model's probabilities of classes, for methods that want predicted probabilities.

use std::fmt;

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{Labels, NearestErrors, ProbabilitySource, Result};
use ndarray::{ArrayView2, ArrayViewMut2};

use crate::fitting::evidence::Evidence;
use crate::fitting::expectation::Target;
use crate::fitting::parameters::Parameters;
use crate::fitting::view::View;
use crate::posterior::Posterior;

/// p(c | x) of n samples and k classes under a fitted model, before the given label is weighed: out-of-sample where the
/// errors of given classes are, as those of this workspace's reconstructors. Computed row by row; nothing of `(n, k)` is kept.
///
/// ```
/// use mislabel_core::{ErrorSummary, Labels, NearestErrors, ProbabilitySource, Run};
/// use mislabel_posterior::{ClassProbabilities, PosteriorModel};
/// use ndarray::{Array2, array};
///
/// let given = Labels::new(vec![0, 0, 1, 1], 2)?;
/// let errors = array![[1.0, 2.0], [2.0, 1.0], [2.0, 1.0], [2.0, 1.0]];
/// let summary = ErrorSummary::from_dense(errors.view(), &given)?;
/// let nearest = NearestErrors::new(summary, array![[1], [1], [0], [0]], array![[2.0], [1.0], [2.0], [2.0]])?;
/// let posterior = PosteriorModel::default().posterior(&nearest, &given, &Run::quiet())?;
/// let probabilities = ClassProbabilities::new(&posterior, &nearest, None, &given)?;
/// let mut rows = Array2::zeros((4, 2));
/// probabilities.read_rows(0, rows.view_mut())?;
/// assert!(rows[[0, 0]] > 0.5 && rows[[1, 1]] > 0.5); // whatever its given label
/// # Ok::<(), mislabel_core::Error>(())
/// ```
pub struct ClassProbabilities<'a> {
    evidence: Evidence<'a>,
    parameters: &'a Parameters,
}

impl fmt::Debug for ClassProbabilities<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ClassProbabilities")
            .field("shape", &self.shape())
            .field("parameters", self.parameters)
            .finish_non_exhaustive()
    }
}

impl<'a> ClassProbabilities<'a> {
    /// Of the model behind `posterior`, with the `errors`, `neighbors` and `given` labels it was taken from.
    ///
    /// # Errors
    /// As [`PosteriorModel::posterior_with_neighbors`](crate::PosteriorModel::posterior_with_neighbors).
    pub fn new(
        posterior: &'a Posterior,
        errors: &'a NearestErrors,
        neighbors: Option<ArrayView2<'_, u32>>,
        given: &'a Labels,
    ) -> Result<Self> {
        same_length("given labels", posterior.suggested().len(), given.len())?;
        same_class_count("the given labels", posterior.suggested().class_count(), given.class_count())?;
        Ok(Self { evidence: Evidence::new(errors, given, neighbors)?, parameters: &posterior.fitted().parameters })
    }
}

impl ProbabilitySource for ClassProbabilities<'_> {
    fn shape(&self) -> (usize, usize) {
        (self.evidence.given.len(), self.evidence.given.class_count())
    }

    /// What classes beyond the nearest m have together is spread evenly over them.
    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f64>) -> Result<()> {
        let mut view = View::default();
        let k = self.evidence.given.class_count();
        for (row, mut out) in (start..).zip(out.outer_iter_mut()) {
            self.evidence.see(row, self.parameters, Target::Posterior, &mut view);
            let classes = &view.outlook.classes;
            let rest = view.prior.get(classes.len()).copied().unwrap_or(0.0);
            let others = (k - classes.len()).max(1) as f64;
            out.fill(rest / others);
            for (class, p) in classes.iter().zip(&view.prior) {
                out[*class as usize] = *p;
            }
        }
        Ok(())
    }
}
