//! Reconstruction errors weighed by where wrong labels come from.

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{Error, Judge, LabelIssues, LabelQuality, Labels, NearestErrors, Result, Run};
use ndarray::Array2;
use rayon::prelude::*;

/// Samples of one task at least; the partition depends on the data alone.
const LEAST_BLOCK: usize = 1024;

/// Numbers that the count matrices of all tasks may take together.
const COUNT_CELLS: usize = 1 << 24;

/// Classes beyond this would take gigabytes of transition matrix.
const MOST_CLASSES: usize = 16_384;

/// The share of wrong labels that the first round assumes.
const START: f64 = 0.1;

/// No label is impossible, however small its share.
const LEAST: f64 = 1e-300;

/// The posterior of the given label under a classifier of fixed steepness, with the noise transition matrix learnt.
///
/// With r_c the error of a sample under class c in units of the median least error, p(c | x) = softmax_c(−β r_c) over the
/// given class and the nearest others. Expectation and maximization then find the noise transition matrix T under which the
/// given labels are likeliest, and Q = p(ỹ | x)·T(ỹ, ỹ) / Σ_c p(c | x)·T(c, ỹ) is the probability that the label is right.
/// Where labels of class c often become ỹ, a sample that c explains nearly as well as ỹ is suspect: that is what the
/// ratio χ cannot know. `mislabel_posterior::PosteriorModel` is the full model, which fits β and biases, too, and takes errors near
/// class boundaries for ambiguity of the data unless told otherwise; at a fixed β they stay suspect, and a round costs
/// next to nothing. For probabilities that are meant to be calibrated take that one.
///
/// Quality is Q, LOWER is more suspect; the score is 1 − Q; a sample is an issue when Q < ½. O(n·width·rounds), without
/// exponentials but in the first.
///
/// ```
/// use mislabel_consensus::DirectedPosterior;
/// use mislabel_core::{Detector, Embeddings, NoiseModel, Pipeline, Run};
/// use mislabel_metrics::Evaluation;
/// use mislabel_noise::Asymmetric;
/// use mislabel_reconstruct::NearestClasses;
///
/// let digits = mislabel_datasets::digits();
/// let noisy = Asymmetric { rate: 0.4, ..Asymmetric::default() }.corrupt(&digits.labels, 51)?;
/// let embeddings = Embeddings::new(digits.embeddings.view())?;
/// let detector = Pipeline::new(NearestClasses::default(), DirectedPosterior::default());
/// let issues = detector.detect(&embeddings, &noisy.given, &Run::quiet())?;
/// assert!(Evaluation::new(&issues, &noisy.errors)?.average_precision.value().is_some_and(|ap| ap > 0.97));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct DirectedPosterior {
    /// β, above 0 and at most 1e6; default 16, by which an error 6% of the typical one greater is e times less likely: 6% is
    /// also by what the soft linear reconstructors tell suspect labels from others when they refit.
    pub steepness: f64,
    /// Rounds of expectation and maximization, at least 1; default 20.
    pub rounds: usize,
}

impl Default for DirectedPosterior {
    fn default() -> Self {
        Self { steepness: 16.0, rounds: 20 }
    }
}

impl Judge<NearestErrors> for DirectedPosterior {
    /// # Errors
    /// [`Error::LengthMismatch`] when the errors are of other samples or classes, [`Error::Parameter`], and
    /// [`Error::Cancelled`].
    fn judge(&self, errors: &NearestErrors, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        self.check(errors, given)?;
        let stage = run.stage("estimating where errors go", self.rounds);
        stage.advance(0)?;
        let model = Model { errors, given, likelihoods: likelihoods(errors, self.steepness) };
        let k = given.class_count();
        let mut transition = Array2::from_elem((k, k), START / (k - 1).max(1) as f64);
        transition.diag_mut().fill(1.0 - START);
        for _ in 0..self.rounds {
            transition = transition_of(&model.counts(&transition));
            stage.advance(1)?;
        }
        model.issues(&transition)
    }
}

impl DirectedPosterior {
    fn check(&self, errors: &NearestErrors, given: &Labels) -> Result<()> {
        same_length("given labels", errors.len(), given.len())?;
        same_class_count("the given labels", errors.summary().class_count(), given.class_count())?;
        let parameter = |name, value, requirement| Err(Error::parameter(name, value, requirement));
        if !(self.steepness > 0.0 && self.steepness <= 1e6) {
            return parameter("steepness", self.steepness, "above 0 and at most 1e6");
        }
        if self.rounds == 0 {
            return parameter("rounds", 0.0, "at least 1");
        }
        if given.class_count() > MOST_CLASSES {
            return parameter("classes", given.class_count() as f64, "at most 16384: the transition matrix is k x k");
        }
        Ok(())
    }
}

/// exp(−β(r_c − min r)) of the given class and of the nearest others, `(n, 1 + width)`.
fn likelihoods(errors: &NearestErrors, steepness: f64) -> Array2<f32> {
    let summary = errors.summary();
    let least = |row: usize| summary.own()[row].min(f64::from(errors.errors(row)[0]));
    let mut sorted: Vec<f64> = (0..errors.len()).map(least).collect();
    let half = sorted.len() / 2;
    let median = *sorted.select_nth_unstable_by(half, f64::total_cmp).1;
    let scale = steepness / if median > 0.0 { median } else { 1.0 };
    let mut likelihoods = Array2::zeros((errors.len(), errors.width() + 1));
    likelihoods.outer_iter_mut().into_par_iter().enumerate().for_each(|(row, mut out)| {
        let least = least(row);
        let of_error = |error: f64| (-scale * (error - least)).exp() as f32;
        out[0] = of_error(summary.own()[row]);
        out.iter_mut().skip(1).zip(errors.errors(row)).for_each(|(out, error)| *out = of_error(f64::from(*error)));
    });
    likelihoods
}

struct Model<'a> {
    errors: &'a NearestErrors,
    given: &'a Labels,
    /// `(n, 1 + width)`, the given class first.
    likelihoods: Array2<f32>,
}

impl Model<'_> {
    /// The classes of sample `row` with what speaks for each, in the order of the likelihoods.
    fn joint<'a>(&'a self, row: usize, transition: &'a Array2<f64>) -> impl Iterator<Item = (usize, f64)> + 'a {
        let given = self.given.class(row);
        let others = self.errors.classes(row).into_iter().map(|class| *class as usize);
        let classes = std::iter::once(given).chain(others);
        let likelihoods = self.likelihoods.row(row).into_iter();
        classes.zip(likelihoods).map(move |(class, p)| (class, f64::from(*p) * transition[[class, given]] + LEAST))
    }

    /// Σ Q by true class (row) and given label (column), `(k, k)`.
    fn counts(&self, transition: &Array2<f64>) -> Array2<f64> {
        let (n, k) = (self.given.len(), self.given.class_count());
        let tasks = (COUNT_CELLS / (k * k)).clamp(1, 64);
        let block = n.div_ceil(tasks).max(LEAST_BLOCK);
        let of_block = |start: usize| {
            let mut counts = Array2::zeros((k, k));
            for row in start..n.min(start + block) {
                let total: f64 = self.joint(row, transition).map(|(_, joint)| joint).sum();
                let given = self.given.class(row);
                self.joint(row, transition).for_each(|(class, joint)| counts[[class, given]] += joint / total);
            }
            counts
        };
        let starts: Vec<usize> = (0..n).step_by(block).collect();
        let blocks: Vec<Array2<f64>> = starts.into_par_iter().map(of_block).collect();
        blocks.iter().fold(Array2::zeros((k, k)), |sum, block| sum + block)
    }

    fn issues(&self, transition: &Array2<f64>) -> Result<LabelIssues> {
        let of_row = |row: usize| {
            let own = self.joint(row, transition).next().map_or(0.0, |(_, joint)| joint);
            let total: f64 = self.joint(row, transition).map(|(_, joint)| joint).sum();
            let first = (self.given.class(row), own);
            let best = self.joint(row, transition).fold(first, |best, next| if next.1 > best.1 { next } else { best });
            ((own / total).clamp(0.0, 1.0), best.0 as u32)
        };
        let rows: Vec<(f64, u32)> = (0..self.given.len()).into_par_iter().map(of_row).collect();
        let quality: Vec<f64> = rows.iter().map(|(right, _)| *right).collect();
        let suggested = self.given.with_values(rows.iter().map(|(_, class)| *class).collect())?;
        let flags = quality.iter().map(|right| *right < 0.5).collect();
        let wrong = quality.iter().map(|right| 1.0 - right).collect();
        LabelIssues::new(LabelQuality::new(quality)?, flags, suggested, wrong)
    }
}

/// The noise transition matrix that the counts, `(k, k)`, speak for. Every class's rate is drawn to the mean as if by one
/// more sample, and its directions to all alike as if by one more wrong label.
fn transition_of(counts: &Array2<f64>) -> Array2<f64> {
    let k = counts.nrows();
    let flips = |class: usize| counts.row(class).sum() - counts[[class, class]];
    let mean = (0..k).map(flips).sum::<f64>() / counts.sum();
    let mut transition = counts + 1.0 / (k - 1).max(1) as f64;
    for (class, mut row) in transition.outer_iter_mut().enumerate() {
        row[class] = 0.0;
        let rate = ((flips(class) + mean) / (counts.row(class).sum() + 1.0)).clamp(0.0, 1.0);
        let total = row.sum().max(LEAST);
        row.mapv_inplace(|count| rate * count / total);
        row[class] = 1.0 - rate;
    }
    transition
}
