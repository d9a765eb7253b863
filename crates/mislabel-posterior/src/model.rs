//! The model.

use mislabel_core::{Error, LabelQuality, Labels, NearestErrors, NoiseTransition, Result, Run, Stage, split_seed};
use ndarray::ArrayView2;
use rand::SeedableRng;
use rand::seq::index;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::fitting::evidence::Evidence;
use crate::fitting::expectation::{Target, View};
use crate::fitting::fit::{FEWEST_ROUNDS, Fit};
use crate::fitting::maximization::{directions, flip_rates};
use crate::noise_rate::{Bootstrap, NoiseRateInterval};
use crate::posterior::{Opinions, Posterior};

/// Where the two fits start: the share of wrong labels, and by how much steeper than the likeliest the classifier is: as it
/// comes, and so steep that it takes sides, without which two classes under much noise look alike.
const STARTS: [(f64, f64); 2] = [(0.1, 1.0), (0.3, 20.0)];

/// κ where errors are those of annotators: over CIFAR-10N, ln odds of an error rise by 1.6 (worst of three annotators) to
/// 2.3 (their majority) from sure samples to those between classes.
const ANNOTATORS: f64 = 2.0;

/// ω from which, and over which, a fit counts as one of annotators' errors, in part and wholly. Below the first it cannot
/// be told from none.
const NEAR_SHARES: (f64, f64) = (0.05, 0.15);

/// Samples a class, on average, that the fit begins with at least.
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
/// p(c | x) = softmax_c(b_c − β r_c + γ v_c),  P(ỹ | c, x) = 1 − e_c for ỹ = c, else e_c·((1 − ω)·D(c, ỹ) + ω·p(ỹ | x)/(1 − p(c | x))),
///
/// logit e_c = logit η_c + κ·√(1 − max p),
///
/// b, β, γ, η, D and ω are those under which the given labels are likeliest: every round takes the posterior
/// Q_c ∝ p(c | x)·P(ỹ | c, x) of every sample, then the rates and directions that Q speaks for and one Newton step of
/// (b, β, γ), shortened until the likelihood rises. Of two starts, little and much noise, the likelier end counts. Classes
/// beyond the nearest m are one: as many, of mean distance.
///
/// # Errors near class boundaries
/// Labels wrong mostly near class boundaries, as those of human annotators, look like ambiguous samples with right labels:
/// the likelihood hardly tells κ. But it tells ω from errors far from any boundary: annotators mistake a sample for the
/// class that it is nearest to, whatever others of its class are mistaken for, and accidents do not. So κ is 0 while ω is at
/// most .05, 2 from .15 on (what human labels of CIFAR-10 show), between them between, and the rest is fitted again.
///
/// Quality is the posterior of the given label, LOWER is more suspect; the score is 1 − it, the probability that the label
/// is wrong. As a ranking it goes with the ratio χ, and ahead of it where errors have a direction.
///
/// # When it fails
/// Noise that *only* strikes samples between classes leaves nothing to learn ω from; set `boundary`, or verify some labels
/// ([`Posterior::verified`]). Classes of fewer than about 20 samples are flagged too often; with 2 classes and a third of
/// the labels of one wrong the fit may take one class for the other's noise. Below 2% of errors, real errors and ambiguous samples of the data are as many
/// as those. docs/notebook/flags.md has figures.
///
/// # Departures
/// The usual noise model has neither ω nor γ: κ is 0 and errors go anywhere.
///
/// # Cost
/// O(rounds·`sample`·m), and n·m for each of at most 6 rounds over all samples; O(rounds·n·m) where n is at most `sample`. Memory:
/// 16·k² bytes a task, of which there are at most 64 and few where k is large, and 40 bytes a sample for the results, 2·(m + 1)
/// more with neighbors.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct PosteriorModel {
    /// κ, at least 0 and at most 100: how much likelier a wrong label is where classes are hard to tell apart; learnt from
    /// the directions of errors when `None`, the default.
    pub boundary: Option<f64>,
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
        Self { boundary: None, rounds: 80, tolerance: 1e-5, sample: 131_072, seed: 0 }
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
        evidence.weights = self.drawn(evidence.given);
        let (fit, annotators) = self.fitted(&evidence, &stage)?;
        if evidence.weights.is_empty() {
            return result(&evidence, fit, annotators);
        }
        evidence.weights = Vec::new();
        let stage = run.stage("estimating label noise from all samples", LAST_ROUNDS);
        let fit = Fit::at(fit.parameters, &evidence).settled(&evidence, (1, LAST_ROUNDS), self.tolerance, &stage)?;
        result(&evidence, fit, annotators)
    }

    /// How often every sample counts while fitting: some once, the others not at all; nothing where all do.
    fn drawn(&self, given: &Labels) -> Vec<f64> {
        let size = self.sample.max(SAMPLED_OF_CLASS * given.class_count());
        if given.len() <= size {
            return Vec::new();
        }
        let mut random = ChaCha8Rng::seed_from_u64(split_seed(self.seed, &[given.len() as u64]));
        let mut weights = vec![0.0; given.len()];
        index::sample(&mut random, given.len(), size).into_iter().for_each(|row| weights[row] = 1.0);
        weights
    }

    /// The likelier end of both starts, and how far errors are those of annotators.
    fn fitted(&self, evidence: &Evidence<'_>, stage: &Stage<'_>) -> Result<(Fit, f64)> {
        let settled = |fit: Fit| fit.settled(evidence, (FEWEST_ROUNDS, self.rounds), self.tolerance, stage);
        let mut best: Option<Fit> = None;
        for (rate, factor) in STARTS {
            let fit = settled(Fit::start(evidence, rate, factor, self.boundary.unwrap_or(0.0)))?;
            if best.as_ref().is_none_or(|best| fit.sums.likelihood > best.sums.likelihood) {
                best = Some(fit);
            }
        }
        let Some(fit) = best else { unreachable!("there are two starts") };
        let annotators = match self.boundary {
            Some(boundary) => (boundary / ANNOTATORS).min(1.0),
            None => ((fit.parameters.near - NEAR_SHARES.0) / (NEAR_SHARES.1 - NEAR_SHARES.0)).clamp(0.0, 1.0),
        };
        if self.boundary.is_some() || annotators == 0.0 {
            return Ok((fit, annotators));
        }
        let mut parameters = fit.parameters;
        parameters.boundary = ANNOTATORS * annotators;
        Ok((settled(Fit::at(parameters, evidence))?, annotators))
    }

    fn check(&self, given: &Labels) -> Result<()> {
        let parameter = |name, value, requirement| Err(Error::parameter(name, value, requirement));
        if let Some(boundary) = self.boundary.filter(|boundary| !(0.0..=100.0).contains(boundary)) {
            return parameter("boundary", boundary, "from 0 to 100");
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

fn result(evidence: &Evidence<'_>, fit: Fit, annotators: f64) -> Result<Posterior> {
    let mut transition = directions(&fit.sums.counts);
    for (class, rate) in flip_rates(&fit.sums.counts).into_iter().enumerate() {
        transition.row_mut(class).mapv_inplace(|share| share * rate);
        transition[[class, class]] = 1.0 - rate;
    }
    let transition = NoiseTransition::from_true_rows(transition)?;
    let opinions = opinions(evidence, &fit)?;
    Ok(Posterior::new(opinions, transition, fit.sums.likelihood, fit.parameters, annotators))
}

fn opinions(evidence: &Evidence<'_>, fit: &Fit) -> Result<Opinions> {
    let of_row = |view: &mut View, row: usize| {
        evidence.see(row, &fit.parameters, Target::Posterior, view);
        let classes = &view.outlook.classes;
        let posterior = &view.posterior[..classes.len()];
        // The given class wins ties.
        let other = 1 + likeliest(&posterior[1..]);
        let best = if posterior[other] > posterior[0] { other } else { 0 };
        (posterior[0].clamp(0.0, 1.0), classes[best], classes[other])
    };
    let given = evidence.given;
    let rows: Vec<(f64, u32, u32)> = (0..given.len()).into_par_iter().map_init(View::default, of_row).collect();
    let quality: Vec<f64> = rows.iter().map(|(own, ..)| *own).collect();
    let labels = |of_row: fn(&(f64, u32, u32)) -> u32| given.with_values(rows.iter().map(of_row).collect());
    Ok(Opinions {
        quality: LabelQuality::new(quality)?,
        suggested: labels(|(_, best, _)| *best)?,
        other: labels(|(.., other)| *other)?,
    })
}

/// The place of the greatest value, the first of several.
fn likeliest(values: &[f64]) -> usize {
    let mut best = 0;
    for (place, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = place;
        }
    }
    best
}
