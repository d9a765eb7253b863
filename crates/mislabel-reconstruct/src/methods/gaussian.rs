//! Class-conditional Gaussians on the soft linear covariances, and the likelihood ratio of classes.

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{
    ClassEvidence, EmbeddingSource, Error, ErrorSummary, Judge, LabelIssues, LabelQuality, Labels, Result, Run,
};

use crate::methods::reconstructors::Reconstructors;
use crate::methods::soft_linear::SoftLinear;
use crate::rows::scaling::ScaledRows;
use crate::scoring::own_error::OwnError;

/// Class-conditional Gaussians N(m_c, C_c + αI): the soft linear reconstructor's quadratic form plus the log
/// determinant.
///
/// The "error" of class c is the root of
///
/// E_c(x)² = Δ_c(x)²/α + log det(C_c + αI) − d·log α = −2·log p(x | c) + const,
///
/// so that differences of squares are twice a log likelihood ratio and every report on an [`ErrorSummary`] applies.
/// Own errors are of the class without the sample, determinant included (Sherman–Morrison and the matrix determinant
/// lemma). That likelihood ratios of class-conditional Gaussians find label errors is the idea of ALED
/// ([arXiv:2601.10084]); the shrinkage and the leave-one-out are those of [`SoftLinear`]. Judge the evidence with
/// [`LikelihoodRatio`], or with the reconstruction error ratio.
///
/// # Cost
/// As [`SoftLinear`], in time (linear in n) and memory (d·Σ_c r_c for the model, at most 64 bytes a sample), and one
/// more Cholesky factorization per class.
///
/// ```
/// use mislabel_core::{Detector, Embeddings, Labels, Pipeline, Run};
/// use mislabel_reconstruct::{Gaussian, LikelihoodRatio};
/// use ndarray::array;
///
/// let rows = array![[1.0_f32, 0.1], [1.0, 0.2], [0.9, 0.1], [0.1, 1.0], [0.2, 1.0], [0.2, 0.9], [0.1, 0.9]];
/// let given = Labels::new(vec![0, 0, 0, 1, 1, 1, 0], 2)?; // the last one is wrong
/// let detector = Pipeline::new(Gaussian::default(), LikelihoodRatio::default());
/// let issues = detector.detect(&Embeddings::new(rows.view())?, &given, &Run::quiet())?;
/// assert_eq!(issues.quality().ranking()[0], 6);
/// assert_eq!(issues.is_issue().to_vec(), [false, false, false, false, false, false, true]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
///
/// [arXiv:2601.10084]: https://arxiv.org/abs/2601.10084
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Gaussian {
    /// The reconstructors whose means and covariances serve, their trimming included.
    pub model: SoftLinear,
}

impl ClassEvidence for Gaussian {
    type Evidence = ErrorSummary;

    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ErrorSummary> {
        self.fit(embeddings, given, run).map(|(_, errors)| errors)
    }
}

impl Gaussian {
    /// Fits on `embeddings`, `(n, d)`, and `given`, `(n,)`: the class densities, for other samples, and the evidence on
    /// these ones.
    ///
    /// # Errors
    /// As [`SoftLinear::fit`].
    pub fn fit(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<(Reconstructors, ErrorSummary)> {
        self.model.check()?;
        let rows = ScaledRows::new(embeddings, given, self.model.scaling)?;
        let mut round = self.model.last_round(&rows, given, true, run)?;
        let alpha = round.alpha;
        round.models.iter_mut().for_each(|model| model.penalty = alpha * model.spread);
        let likelihoods = |class: usize| {
            let left_out = round.models[class].leave_one_out.iter();
            left_out.map(|left_out| left_out.squared + alpha * left_out.spread).collect()
        };
        let own = OwnError::of_members(&round.members, given.len(), likelihoods);
        let densities = Reconstructors::new(&rows, &round.moments, round.models).with_error_unit(alpha.sqrt().recip());
        let errors = densities.summary_of(
            &rows,
            given,
            &own,
            self.model.round_scope(self.model.trim.len(), given, rows.shape().1, run)?,
            run,
        )?;
        Ok((densities, errors))
    }
}

/// Judges [`Gaussian`] evidence by the log likelihood ratio of the best other class over the given one.
///
/// score = log p(x | best other) − log p(x | given) = (E_own² − E_other²)/2, in nats; higher is more suspect.
/// quality = ½·(1 − s/(1 + |s|)), s = score − threshold: ½ at the threshold, and no ties where a logistic function
/// would have reached 0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct LikelihoodRatio {
    /// Samples with a score above this are issues; finite. 0, the default, is where another class becomes likelier.
    pub threshold: f64,
}

/// The greatest log likelihood ratio: squares of errors may be beyond f64, and quality is 0 or 1 long before.
const MOST: f64 = 1e300;

impl Judge<ErrorSummary> for LikelihoodRatio {
    fn judge(&self, errors: &ErrorSummary, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        if !self.threshold.is_finite() {
            return Err(Error::parameter("threshold", self.threshold, "finite"));
        }
        same_length("given labels", errors.len(), given.len())?;
        same_class_count("the given labels", errors.class_count(), given.class_count())?;
        let stage = run.stage("judging likelihoods", given.len());
        stage.advance(0)?;
        let pairs = errors.own().iter().zip(errors.least_other());
        // (a − b)(a + b): a difference of squares would lose the digits that near-equal errors share.
        let ratio = |(own, other): (&f64, &f64)| ((own - other) * (own + other) / 2.0).clamp(-MOST, MOST);
        let score: Vec<f64> = pairs.map(ratio).collect();
        let excess: Vec<f64> = score.iter().map(|score| score - self.threshold).collect();
        let quality = LabelQuality::new(excess.iter().map(|s| 0.5 * (1.0 - s / (1.0 + s.abs()))).collect())?;
        let suggested = given.with_values(errors.least_other_class().to_vec())?;
        stage.advance(given.len())?;
        LabelIssues::new(quality, excess.iter().map(|s| *s > 0.0).collect(), suggested, score)
    }
}
