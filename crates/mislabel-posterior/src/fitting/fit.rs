//! Climbing to the likeliest parameters.

use mislabel_core::{Result, Stage};

use crate::fitting::evidence::Evidence;
use crate::fitting::expectation::Target;
use crate::fitting::maximization::{Step, objective, with_noise, with_sureness};
use crate::fitting::parameters::Parameters;
use crate::fitting::sums::Sums;

/// Newton steps of the classifier before the first round.
const FIRST_STEPS: usize = 6;

/// Rounds before a gain may end the fit.
pub(crate) const FEWEST_ROUNDS: usize = 6;

/// Times that a step is halved before it is not taken at all.
const HALVINGS: i32 = 4;

/// What rounding may take from the objective, relative to it.
const ROUNDING: f64 = 1e-12;

/// Least and most rounds in which only sure samples tell of directions.
const SURE_ROUNDS: (usize, usize) = (4, 20);

/// Where a fit has come to.
pub(crate) struct Fit {
    pub(crate) parameters: Parameters,
    pub(crate) sums: Sums,
}

impl Fit {
    /// At `parameters`.
    pub(crate) fn at(parameters: Parameters, evidence: &Evidence<'_>) -> Self {
        Self { sums: evidence.sums(&parameters, Target::Posterior), parameters }
    }

    /// The classifier that the given labels speak for, a share `rate` of each spread over all classes, made steeper by
    /// `factor`; label noise of that rate in every direction.
    pub(crate) fn start(evidence: &Evidence<'_>, rate: f64, factor: f64, boundary: f64) -> Self {
        let mut parameters = Parameters::start(evidence.given.class_count(), rate, boundary);
        let target = Target::Smoothed(rate);
        let mut sums = evidence.sums(&parameters, target);
        for _ in 0..FIRST_STEPS {
            let step = Step::new(&sums, &parameters.bias, parameters.bias_precision);
            let least = objective(&sums, &parameters.bias, parameters.bias_precision);
            let next = |next: &Parameters| evidence.sums(next, target);
            match ascent(least, |share| step.taken(&parameters, share), next) {
                Some(fit) => Self { parameters, sums } = fit,
                None => break,
            }
        }
        parameters.steepness.iter_mut().for_each(|weight| *weight *= factor);
        Self::at(parameters, evidence)
    }

    /// After at most `most` rounds, fewer, but at least `fewest`, once a round gains less than `tolerance` a sample.
    pub(crate) fn settled(
        mut self,
        evidence: &Evidence<'_>,
        (fewest, most): (usize, usize),
        tolerance: f64,
        stage: &Stage<'_>,
    ) -> Result<Self> {
        let samples = self.sums.samples();
        for round in 0..most {
            let last = self.sums.likelihood;
            self = self.round(evidence);
            stage.advance(1)?;
            if round >= fewest && self.sums.likelihood - last < tolerance * samples {
                break;
            }
        }
        Ok(self)
    }

    /// After more rounds, in which only samples that are as sure as their class is on average tell of directions: flips
    /// strike them as often as others, and those that only seem to be flips, because classes overlap, are not among them.
    pub(crate) fn by_sure_samples(
        mut self,
        evidence: &Evidence<'_>,
        tolerance: f64,
        stage: &Stage<'_>,
    ) -> Result<Self> {
        let samples = self.sums.samples();
        for round in 0..SURE_ROUNDS.1 {
            let last = self.sums.likelihood;
            self.parameters = with_sureness(&self.parameters, &self.sums);
            self = self.round(evidence);
            stage.advance(1)?;
            if round >= SURE_ROUNDS.0 && (self.sums.likelihood - last).abs() < tolerance * samples {
                break;
            }
        }
        Ok(self)
    }

    /// The label noise that the posterior speaks for, and a step of the classifier.
    fn round(self, evidence: &Evidence<'_>) -> Self {
        let renewed = with_noise(&self.parameters, &self.sums);
        let bias = &renewed.bias;
        let step = Step::new(&self.sums, bias, renewed.bias_precision);
        let least = objective(&self.sums, bias, renewed.bias_precision);
        let sums = |next: &Parameters| evidence.sums(next, Target::Posterior);
        ascent(least, |share| step.taken(&renewed, share), sums).unwrap_or_else(|| Self::at(renewed, evidence))
    }
}

/// The first of the parameters after the whole, half, a quarter … of a step under which the objective is not less than
/// `least`.
fn ascent(least: f64, taken: impl Fn(f64) -> Parameters, sums: impl Fn(&Parameters) -> Sums) -> Option<Fit> {
    let slack = ROUNDING * least.abs();
    (0..HALVINGS).find_map(|halving| {
        let parameters = taken(0.5_f64.powi(halving));
        let next = Fit { sums: sums(&parameters), parameters };
        let reached = objective(&next.sums, &next.parameters.bias, next.parameters.bias_precision);
        (reached >= least - slack).then_some(next)
    })
}
