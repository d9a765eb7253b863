//! The model, and its fit.

use mislabel_core::{
    Error, LabelQuality, Labels, NearestErrors, NoiseTransition, Progress, Result, Stage, same_length,
};
use ndarray::Array1;
use rayon::prelude::*;

use crate::Posterior;
use crate::expectation::{Evidence, Sums, Target, View};
use crate::maximisation::{Step, directions, flip_rates, objective, with_noise};
use crate::parameters::Parameters;

/// Where the two fits start: the share of wrong labels, and by how much steeper than the likeliest the classifier is.
const STARTS: [(f64, f64); 2] = [(0.1, 1.0), (0.3, 3.0)];

/// Newton steps of the classifier before the first round.
const FIRST_STEPS: usize = 6;

/// Rounds before a gain may end the fit.
const FEWEST_ROUNDS: usize = 12;

/// Times that a step is halved before it is not taken at all.
const HALVINGS: i32 = 4;

/// What rounding may take from the objective, relative to it.
const ROUNDING: f64 = 1e-12;

/// Classes beyond this would take gigabytes of transition matrix.
const MOST_CLASSES: usize = 16_384;

/// The posterior of the true labels by expectation and maximisation.
///
/// With r_c the error of a sample under class c, in units of the root of the median least squared error,
///
/// p(c | x) = softmax_c(b_c − β r_c),  P(ỹ | c, x) = 1 − e_c for ỹ = c, else e_c·D(c, ỹ),  logit e_c = logit η_c + κ(1 − max p),
///
/// b, β, η and D are those under which the given labels are likeliest: every round takes the posterior
/// Q_c ∝ p(c | x)·P(ỹ | c, x) of every sample, then the rates and directions that Q speaks for and one Newton step of
/// (b, β), shortened until the likelihood rises. Of two starts, little and much noise, the likelier end counts. Classes
/// beyond the nearest m are one: as many, of mean distance.
///
/// Quality is the posterior of the given label, LOWER is more suspect; the score is 1 − it, the probability that the label
/// is wrong. As a ranking it goes with the ratio χ, and ahead of it where errors have a direction.
///
/// # When it fails
/// Labels wrong mostly near class boundaries look like ambiguous samples with right labels: the likelihood cannot tell.
/// `boundary` is that prior; 0 suits errors that strike anywhere (crawled data, swapped files), 3 to 4 those of human
/// annotators. Classes of fewer than about 20 samples are flagged too often; with 2 classes and a fifth of the labels
/// wrong, or noise that never touches samples far from a boundary, the rate is too low. docs/performance.md has figures.
///
/// Memory: 8·k² bytes (up to 64 times where k is small), and 20 bytes a sample for the results. O(rounds·n·m).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrueLabels {
    /// κ, at least 0 and at most 100: how much likelier a wrong label is where classes are hard to tell apart; default 0.
    pub boundary: f64,
    /// Most rounds of a fit, at least 1; default 80.
    pub rounds: usize,
    /// A round that gains less log-likelihood a sample than this is the last; at least 0, default 1e-5.
    pub tolerance: f64,
}

impl Default for TrueLabels {
    fn default() -> Self {
        Self { boundary: 0.0, rounds: 80, tolerance: 1e-5 }
    }
}

/// Where a fit has come to.
struct Fit {
    parameters: Parameters,
    sums: Sums,
}

impl Fit {
    fn objective(&self) -> f64 {
        objective(&self.sums, &self.parameters)
    }
}

impl TrueLabels {
    /// The posterior of the true labels given `errors` and the labels `given`, `(n,)`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the errors are of other samples or classes, [`Error::Parameter`], and
    /// [`Error::Cancelled`].
    pub fn posterior(&self, errors: &NearestErrors, given: &Labels, progress: &dyn Progress) -> Result<Posterior> {
        self.check(errors, given)?;
        let evidence = Evidence { errors, given, unit: unit(errors), boundary: self.boundary };
        let stage = Stage::new("estimating label noise", STARTS.len() * self.rounds, progress);
        let mut best: Option<Fit> = None;
        for (rate, factor) in STARTS {
            let fit = self.fit(&evidence, rate, factor, &stage)?;
            if best.as_ref().is_none_or(|best| fit.sums.likelihood > best.sums.likelihood) {
                best = Some(fit);
            }
        }
        let Some(fit) = best else { unreachable!("there are two starts") };
        self.result(&evidence, &fit)
    }

    fn check(&self, errors: &NearestErrors, given: &Labels) -> Result<()> {
        same_length("given labels", errors.len(), given.len())?;
        same_length("classes of the given labels", errors.summary().classes(), given.classes())?;
        let parameter = |name, value, requirement| Err(Error::Parameter { name, value, requirement });
        if !(0.0..=100.0).contains(&self.boundary) {
            return parameter("boundary", self.boundary, "from 0 to 100");
        }
        if self.rounds == 0 {
            return parameter("rounds", 0.0, "at least 1");
        }
        if self.tolerance.is_nan() || self.tolerance < 0.0 {
            return parameter("tolerance", self.tolerance, "at least 0");
        }
        if given.classes() > MOST_CLASSES {
            return parameter("classes", given.classes() as f64, "at most 16384: the transition matrix is k x k");
        }
        Ok(())
    }

    fn fit(&self, evidence: &Evidence<'_>, rate: f64, factor: f64, stage: &Stage<'_>) -> Result<Fit> {
        let mut fit = self.start(evidence, rate, factor);
        let samples = evidence.given.len() as f64;
        for round in 0..self.rounds {
            let last = fit.sums.likelihood;
            fit = self.round(evidence, fit);
            stage.advance(1)?;
            if round >= FEWEST_ROUNDS && fit.sums.likelihood - last < self.tolerance * samples {
                break;
            }
        }
        Ok(fit)
    }

    /// The classifier that the smoothed given labels speak for, made steeper.
    fn start(&self, evidence: &Evidence<'_>, rate: f64, factor: f64) -> Fit {
        let mut parameters = Parameters::start(evidence.given.classes(), rate);
        let target = Target::Smoothed(rate);
        let mut sums = evidence.sums(&parameters, target);
        for _ in 0..FIRST_STEPS {
            let step = Step::new(&sums, &parameters);
            let fit = Fit { parameters, sums };
            let taken = ascent(&fit, |share| step.taken(&fit.parameters, share), |next| evidence.sums(next, target));
            Fit { parameters, sums } = taken.unwrap_or(fit);
        }
        parameters.steepness *= factor;
        let sums = evidence.sums(&parameters, Target::Posterior);
        Fit { parameters, sums }
    }

    /// The label noise that the posterior speaks for, and a step of the classifier.
    fn round(&self, evidence: &Evidence<'_>, fit: Fit) -> Fit {
        let renewed = with_noise(&fit.parameters, &fit.sums, self.boundary);
        let step = Step::new(&fit.sums, &fit.parameters);
        let sums = |next: &Parameters| evidence.sums(next, Target::Posterior);
        match ascent(&fit, |share| step.taken(&renewed, share), sums) {
            Some(next) => next,
            None => {
                let sums = sums(&renewed);
                Fit { parameters: renewed, sums }
            }
        }
    }

    fn result(&self, evidence: &Evidence<'_>, fit: &Fit) -> Result<Posterior> {
        let given = evidence.given;
        let of_row = |view: &mut View, row: usize| {
            evidence.see(row, &fit.parameters, Target::Posterior, view);
            let place = likeliest(&view.posterior[..view.classes.len()]);
            (view.posterior[0].clamp(0.0, 1.0), view.classes[place])
        };
        let rows: Vec<(f64, u32)> = (0..given.len()).into_par_iter().map_init(View::default, of_row).collect();
        let quality: Array1<f64> = rows.iter().map(|(own, _)| *own).collect();
        let suggested = given.with_values(rows.into_iter().map(|(_, class)| class).collect())?;
        let mut transition = directions(&fit.sums.counts);
        for (class, rate) in flip_rates(&fit.sums.counts).into_iter().enumerate() {
            transition.row_mut(class).mapv_inplace(|share| share * rate);
            transition[[class, class]] = 1.0 - rate;
        }
        let transition = NoiseTransition::from_true_rows(transition)?;
        Ok(Posterior::new(LabelQuality::new(quality)?, suggested, transition, fit.sums.likelihood))
    }
}

/// The first of the parameters after the whole, half, a quarter … of a step under which the objective is not less.
fn ascent(from: &Fit, taken: impl Fn(f64) -> Parameters, sums: impl Fn(&Parameters) -> Sums) -> Option<Fit> {
    (0..HALVINGS).find_map(|halving| {
        let parameters = taken(0.5_f64.powi(halving));
        let next = Fit { sums: sums(&parameters), parameters };
        let slack = ROUNDING * from.objective().abs();
        (next.objective() >= from.objective() - slack).then_some(next)
    })
}

/// The place of the greatest value, the first of several: the given class wins ties.
fn likeliest(values: &[f64]) -> usize {
    let mut best = 0;
    for (place, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = place;
        }
    }
    best
}

/// The root of the median of the least squared errors; 1 where most errors are 0.
fn unit(errors: &NearestErrors) -> f64 {
    let summary = errors.summary();
    let mut least: Vec<f64> =
        summary.own().iter().zip(summary.least_other()).map(|(own, other)| own.min(*other)).collect();
    let half = least.len() / 2;
    let median = *least.select_nth_unstable_by(half, f64::total_cmp).1;
    if median > 0.0 { median } else { 1.0 }
}
