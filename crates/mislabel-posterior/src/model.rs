//! The model.

use mislabel_core::{Error, Labels, NearestErrors, NoiseTransition, Result, Run, Stage, split_seed};
use ndarray::ArrayView2;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::index;

use crate::fitted_posterior::{FittedPosterior, opinions};
use crate::fitting::evidence::Evidence;
use crate::fitting::fit::{FEWEST_ROUNDS, Fit};
use crate::fitting::maximization::{directions, flip_rates};
use crate::fitting::parameters::Parameters;
use crate::interval::NoiseRateInterval;
use crate::noise_rate::Bootstrap;
use crate::posterior::Posterior;

/// Where the two fits start: the share of wrong labels, and by how much steeper than the likeliest the classifier is: as it
/// comes, and so steep that it takes sides, without which two classes under much noise look alike.
const STARTS: [(f64, f64); 2] = [(0.1, 1.0), (0.3, 20.0)];

/// Samples that both starts are compared on, and how many of a class, on average, at least.
const STARTED: usize = 4096;
const STARTED_OF_CLASS: usize = 32;

/// κ by which the whole way is gone from one half to the threshold of the greatest expected F1: ln odds of errors of
/// annotators rise by 1.6 to 2.3 from sure samples to those between classes, over CIFAR-10N.
const ANNOTATORS: f64 = 2.0;

/// Samples of a class, on average, that the fit begins with at least.
const SAMPLED_OF_CLASS: usize = 128;

/// Most rounds over all samples after a fit to some of them: they mostly move the directions, of which all samples know more.
const LAST_ROUNDS: usize = 6;

/// Classes beyond this would take gigabytes of transition matrix.
const MOST_CLASSES: usize = 16_384;

/// The posterior of the true labels by expectation and maximization.
///
/// With r_c the error of a sample under class c, in units of the root of the median least squared error, and v_c the
/// logarithm of the share of its neighbors that are labeled c (where neighbors are given),
///
/// p(c | x) = softmax_c(b_c − β r_c + γ v_c),  P(ỹ | c, x) = 1 − e_c for ỹ = c, else e_c·D(c, ỹ),
///
/// logit e_c = logit η_c + κ·√(1 − max p).
///
/// b, β, γ, η and D are those under which the given labels are likeliest: every round takes the posterior
/// Q_c ∝ p(c | x)·P(ỹ | c, x) of every sample, then the rates and directions that Q speaks for and one Newton step of
/// (b, β, γ), shortened until the likelihood rises. Of two starts, little and much noise, the likelier end counts. Classes
/// beyond the nearest m are one: as many, of mean distance, so that no label is left without a class that it may be of.
///
/// # Rates and directions are earned
/// With N_cj the flips from c to j that Q speaks for and N_c all samples of c,
///
/// η_c = (Σ_j N_cj + s·η̄)/(N_c + s),  D(c, j) = (N_cj + a/(k − 1))/(Σ_j N_cj + a).
///
/// The strengths s and a are those under which the counts of all classes together are likeliest (empirical Bayes:
/// beta-binomial and Dirichlet-multinomial). Where classes flip alike and anywhere, s and a are large, and one rate and no
/// direction remain; then the posterior ranks as the distance to the nearest other class does. Where errors have a
/// direction, a is small. Overlapping classes look like directed errors, too. But errors strike a class's samples
/// whatever they look like, and overlap only those between classes. So the last rounds count N for D by samples that are
/// sure alone: p(c | x) at least the mean Σ Q_c p_c/Σ Q_c of the class.
///
/// The biases b_c have a prior N(0, τ²), whose τ is likeliest, too (MacKay's fixed point), as if one more class were known to
/// have the bias 1. Free biases let classes of a few samples die: all their labels look like flips of a larger class.
///
/// The mean rate η̄ has Jeffreys' prior, Beta(½, ½). A single wrong label far from its class is about as likely with no noise at
/// all, under a classifier that is a little less sure of every sample; without the prior its quality is 1.
///
/// Quality is the posterior of the given label, LOWER is more suspect; the score is 1 − it, the probability that the label
/// is wrong.
///
/// # When it fails
/// Labels wrong mostly near class boundaries, as those of human annotators, look like ambiguous samples with right labels,
/// and the likelihood does not tell κ: it is 0 unless it is set, and too few labels are flagged. Verified labels tell
/// ([`Posterior::verified`]). With 2 classes and a third of the labels of one wrong the fit may take one class for the
/// other's noise. docs/notebook/posterior.md has figures.
///
/// # Departures
/// The usual noise model has neither γ nor κ, and rates, directions, and biases without priors.
///
/// # Cost
/// O(rounds·`sample`·m), and n·m for each of at most 6 rounds over all samples; O(rounds·n·m) where n is at most `sample`.
/// O(k²) a round for the strengths. Memory: 16·k² bytes a task, of which there are at most 64 and few where k is large, and
/// 40 bytes a sample for the results, 2·(m + 1) more with neighbors.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct PosteriorModel {
    /// κ, at least 0 and at most 100: how much likelier a wrong label is where classes are hard to tell apart. Default 0;
    /// about 2 for labels of human annotators.
    pub boundary: f64,
    /// Most rounds of a fit, at least 1; default 80.
    pub rounds: usize,
    /// A round that gains less log-likelihood a sample than this is the last; at least 0, default 1e-5.
    pub tolerance: f64,
    /// Where there are more samples than this, and than 128 a class, the fits are to as many of them, drawn with the seed, and
    /// only the last rounds, from where the likelier one ended, to all; at least 1, default 131,072: rates and weights are then
    /// known to the third digit.
    pub sample: usize,
    /// Seed of the draw.
    pub seed: u64,
}

impl Default for PosteriorModel {
    fn default() -> Self {
        Self { boundary: 0.0, rounds: 80, tolerance: 1e-5, sample: 131_072, seed: 0 }
    }
}

impl PosteriorModel {
    /// The posterior of the true labels given `errors` and the labels `given`, `(n,)`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the errors are of other samples or classes, [`Error::Parameter`], and
    /// [`Error::Cancelled`].
    pub fn posterior(&self, errors: &NearestErrors, given: &Labels, run: &Run<'_>) -> Result<Posterior> {
        self.of_evidence(Evidence::new(errors, given, None)?, run)
    }

    /// The same, from what the `neighbors` of every sample are labeled, too: `(n, q)` indices of other samples, in any
    /// order; 10 are plenty.
    ///
    /// ```
    /// use mislabel_core::{ErrorSummary, Labels, NearestErrors, Run};
    /// use mislabel_posterior::PosteriorModel;
    /// use ndarray::array;
    ///
    /// let given = Labels::new(vec![0, 0, 1, 1], 2)?;
    /// let errors = array![[1.0, 2.0], [2.0, 1.0], [2.0, 1.0], [2.0, 1.0]];
    /// let summary = ErrorSummary::from_dense(errors.view(), &given)?;
    /// let nearest = NearestErrors::new(summary, array![[1], [1], [0], [0]], array![[2.0], [1.0], [2.0], [2.0]])?;
    /// let neighbors = array![[1, 2], [2, 3], [1, 3], [1, 2]];
    /// let posterior = PosteriorModel::default().posterior_with_neighbors(&nearest, neighbors.view(), &given, &Run::quiet())?;
    /// assert_eq!(posterior.quality().ranking()[0], 1);
    /// # Ok::<(), mislabel_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`posterior`](Self::posterior), and [`Error::OutOfRange`] at a neighbor that is no sample.
    pub fn posterior_with_neighbors(
        &self,
        errors: &NearestErrors,
        neighbors: ArrayView2<'_, u32>,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<Posterior> {
        self.of_evidence(Evidence::new(errors, given, Some(neighbors))?, run)
    }

    /// The noise rate of `posterior`, which this model gave for these `errors`, `neighbors` and `given` labels, with an
    /// interval: the model is fitted again to resamples of the samples, from where it had come to.
    ///
    /// # Errors
    /// As [`posterior`](Self::posterior); [`Error::Parameter`] for those of `bootstrap`.
    pub fn noise_rate_interval(
        &self,
        posterior: &Posterior,
        errors: &NearestErrors,
        neighbors: Option<ArrayView2<'_, u32>>,
        given: &Labels,
        bootstrap: &Bootstrap,
        run: &Run<'_>,
    ) -> Result<NoiseRateInterval> {
        bootstrap.interval(posterior, Evidence::new(errors, given, neighbors)?, self.tolerance, run)
    }

    fn of_evidence(&self, mut evidence: Evidence<'_>, run: &Run<'_>) -> Result<Posterior> {
        self.check(evidence.given)?;
        let stage = run.stage("estimating label noise", (STARTS.len() + 1) * self.rounds);
        let fit = self.fitted(&mut evidence, &stage)?;
        let towards = (self.boundary / ANNOTATORS).min(1.0);
        if evidence.weights.is_empty() {
            return result(&evidence, fit, towards);
        }
        evidence.weights = Vec::new();
        let stage = run.stage("estimating label noise from all samples", LAST_ROUNDS);
        let fit = Fit::at(fit.parameters, &evidence).settled(&evidence, (1, LAST_ROUNDS), self.tolerance, &stage)?;
        result(&evidence, fit, towards)
    }

    /// The likelier end of both starts on few samples, then what more of them say.
    fn fitted(&self, evidence: &mut Evidence<'_>, stage: &Stage<'_>) -> Result<Fit> {
        let settled = |fit: Fit, evidence: &Evidence<'_>, fewest: usize| {
            fit.settled(evidence, (fewest, self.rounds), self.tolerance, stage)
        };
        let classes = evidence.given.class_count();
        evidence.weights = self.drawn(evidence.given, STARTED.max(STARTED_OF_CLASS * classes));
        let start =
            |(rate, factor)| settled(Fit::start(evidence, rate, factor, self.boundary), evidence, FEWEST_ROUNDS);
        let (one, other) = (start(STARTS[0])?, start(STARTS[1])?);
        let likelier = if other.sums.likelihood > one.sums.likelihood { other } else { one };
        let few = !evidence.weights.is_empty();
        evidence.weights = self.drawn(evidence.given, self.sample.max(SAMPLED_OF_CLASS * classes));
        let fit = match few {
            true => settled(Fit::at(likelier.parameters, evidence), evidence, 1)?,
            false => likelier,
        };
        fit.by_sure_samples(evidence, self.tolerance, stage)
    }

    /// How often every sample counts while fitting: `size` of them once, the others not at all; nothing where all do.
    fn drawn(&self, given: &Labels, size: usize) -> Vec<f64> {
        if given.len() <= size {
            return Vec::new();
        }
        let mut random = ChaCha8Rng::seed_from_u64(split_seed(self.seed, &[given.len() as u64, size as u64]));
        let mut weights = vec![0.0; given.len()];
        index::sample(&mut random, given.len(), size).into_iter().for_each(|row| weights[row] = 1.0);
        weights
    }

    fn check(&self, given: &Labels) -> Result<()> {
        let parameter = |name, value, requirement| Err(Error::parameter(name, value, requirement));
        if !(0.0..=100.0).contains(&self.boundary) {
            return parameter("boundary", self.boundary, "from 0 to 100");
        }
        if self.rounds == 0 {
            return parameter("rounds", 0.0, "at least 1");
        }
        if self.sample == 0 {
            return parameter("sample", 0.0, "at least 1");
        }
        if self.tolerance.is_nan() || self.tolerance < 0.0 {
            return parameter("tolerance", self.tolerance, "at least 0");
        }
        if given.class_count() > MOST_CLASSES {
            return parameter("classes", given.class_count() as f64, "at most 16384: the transition matrix is k x k");
        }
        Ok(())
    }
}

fn result(evidence: &Evidence<'_>, fit: Fit, towards_expected_f1: f64) -> Result<Posterior> {
    let Parameters { direction_strength, rate_strength, .. } = fit.parameters;
    let mut transition = directions(&fit.sums.counts, direction_strength).reversed_axes();
    for (class, rate) in flip_rates(&fit.sums.counts, rate_strength).into_iter().enumerate() {
        transition.row_mut(class).mapv_inplace(|share| share * rate);
        transition[[class, class]] = 1.0 - rate;
    }
    let transition = NoiseTransition::from_true_rows(transition)?;
    let opinions = opinions(evidence, &fit.parameters)?;
    Ok(Posterior::new(
        opinions,
        transition,
        fit.sums.likelihood,
        FittedPosterior::to(evidence, fit.parameters),
        towards_expected_f1,
    ))
}
