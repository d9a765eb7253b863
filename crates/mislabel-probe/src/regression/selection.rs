//! Choosing the L2 strength by held-out likelihood.

use mislabel_core::{Error, Result, Run};

use crate::regression::design::{Design, Moments};
use crate::regression::fit::{Fit, Selection};
use crate::regression::objective::mean_loss;
use crate::regression::preconditioner::Gram;
use crate::training::classifier::TrainingSet;
use crate::training::folds::shuffled_classes;

/// The L2 strengths that are tried when none is given, in units of N times the total variance of the training
/// rows, N being the sum of the sample weights.
///
/// From the strongest to the weakest, two a decade, each fit starting where the stronger one ended. Every fifth sample
/// of every class is held out (classes of fewer than five samples are not) and the path is followed until the mean
/// log-likelihood of the held-out given labels has fallen twice; a parabola in log λ through the best strength and
/// its neighbors gives the choice. If fewer than [`HELD_OUT`](Self::HELD_OUT) samples are held out, other fifths are
/// held out as well, up to all five. Everything happens inside the training set; from twice [`ROWS`](Self::ROWS) rows
/// on, inside a part of about that many of them, classes in equal shares: λ, like a prior, does not grow with N.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct L2Path;

impl L2Path {
    /// The strongest λ: the weights of the model are next to 0.
    pub const STRONGEST: f64 = 1.0;
    /// The weakest λ.
    pub const WEAKEST: f64 = 1e-9;
    /// Steps a decade.
    pub const PER_DECADE: usize = 2;
    /// So many held-out labels suffice for the choice.
    pub const HELD_OUT: usize = 1000;
    /// So many rows suffice for it, or [`ROWS_PER_CLASS`](Self::ROWS_PER_CLASS) a class if those are more.
    pub const ROWS: usize = 65_536;
    /// See [`ROWS`](Self::ROWS).
    pub const ROWS_PER_CLASS: usize = 64;
    /// λ over the total variance and the mean weight where no class has the samples to hold one out: scikit-learn's
    /// default where rows have unit variance.
    pub const FALLBACK: f64 = 1.0;
    /// Shares of a class, one of which is held out.
    const SHARES: usize = 5;

    /// The strengths, strongest first, in units of `unit`.
    fn strengths(unit: f64) -> Vec<f64> {
        let steps = ((Self::STRONGEST / Self::WEAKEST).log10() * Self::PER_DECADE as f64).round() as i32;
        let factor = |step: i32| Self::STRONGEST * 10_f64.powf(-f64::from(step) / Self::PER_DECADE as f64);
        (0..=steps).map(|step| unit * factor(step)).collect()
    }
}

/// The best strength for `training`; `seed` decides which of its labels are held out.
pub(crate) fn by_held_out_likelihood(
    fit: &Fit<'_>,
    training: &TrainingSet<'_>,
    seed: u64,
    run: &Run<'_>,
) -> Result<Selection> {
    let Fit { moments, present, .. } = fit;
    let variance = moments.unit * moments.unit;
    let masks = splits(training, seed);
    let room = training.room() / masks.len().max(1) as u64;
    let mut splits = Vec::with_capacity(masks.len());
    for held_out in masks {
        let split = Split::new(training, &held_out, moments, present, room)?;
        if split.held_out.total_weight() > 0.0 {
            splits.push(split);
        }
    }
    if splits.is_empty() || present.len() < 2 {
        return Ok(Selection { l2: L2Path::FALLBACK * moments.weight * variance, start: None });
    }
    let mut path = Path::default();
    let total_weight = moments.weight * training.labels().len() as f64;
    for l2 in L2Path::strengths(total_weight * variance) {
        let mut loss = 0.0;
        for split in &mut splits {
            loss += split.loss(fit, l2, run)?;
        }
        path.add(l2, loss, &splits[0].parameters);
        if path.falls() {
            break;
        }
    }
    path.choice()
}

/// A part of the training set and the rest, held out; `parameters` are those of the last strength.
struct Split<'a> {
    training: Design<'a>,
    gram: Gram,
    held_out: Design<'a>,
    known: Vec<bool>,
    parameters: Option<Vec<f64>>,
}

impl<'a> Split<'a> {
    /// `room` bytes may be taken for copies of the rows, shared by the two sides as they share the rows.
    fn new(
        training: &'a TrainingSet<'_>,
        held_out: &[bool],
        moments: &'a Moments,
        present: &[u32],
        room: u64,
    ) -> Result<Self> {
        let rows = |side: bool| -> Vec<u32> {
            let kept = |row: &u32| held_out[*row as usize] == side && training.weight(*row as usize) > 0.0;
            (0..held_out.len() as u32).filter(kept).collect()
        };
        let fifth = room / L2Path::SHARES as u64;
        let design = Design::new(training, rows(false), present, moments, room - fifth)?;
        let held_out = Design::new(training, rows(true), present, moments, fifth)?;
        let mut known = vec![false; present.len()];
        design.targets.iter().for_each(|class| known[*class as usize] = true);
        Ok(Self { gram: Gram::of(&design)?, training: design, held_out, known, parameters: None })
    }

    /// The mean loss of the held-out labels at strength `l2`.
    fn loss(&mut self, fit: &Fit<'_>, l2: f64, run: &Run<'_>) -> Result<f64> {
        let selected = Selection { l2, start: self.parameters.take() };
        let minimum = fit.minimum(&self.training, &self.gram, &selected, run)?;
        let loss = mean_loss(&self.held_out, &minimum.point, &self.known)?;
        self.parameters = Some(minimum.point);
        Ok(loss.unwrap_or(0.0))
    }
}

/// Strengths tried and the held-out losses they had.
#[derive(Default)]
struct Path {
    tried: Vec<(f64, f64)>,
    best: usize,
    start: Option<Vec<f64>>,
}

impl Path {
    fn add(&mut self, l2: f64, loss: f64, parameters: &Option<Vec<f64>>) {
        self.tried.push((l2, loss));
        if self.start.is_none() || loss < self.tried[self.best].1 {
            self.best = self.tried.len() - 1;
            self.start.clone_from(parameters);
        }
    }

    /// Whether the likelihood has fallen twice since the best strength.
    fn falls(&self) -> bool {
        self.best + 2 < self.tried.len()
    }

    /// The minimum of the parabola through the best strength and its neighbors, or the best one at an end.
    fn choice(self) -> Result<Selection> {
        let Some(&(l2, loss)) = self.tried.get(self.best) else {
            return Err(Error::Empty { what: "the path of L2 strengths" });
        };
        let neighbors = self.best.checked_sub(1).map(|i| self.tried[i]).zip(self.tried.get(self.best + 1));
        let shift = neighbors.map_or(0.0, |((_, before), &(_, after))| {
            let bend = before - 2.0 * loss + after;
            if bend > 0.0 { 0.5 * (before - after) / bend } else { 0.0 }
        });
        let l2 = l2 * 10_f64.powf(-shift / L2Path::PER_DECADE as f64);
        Ok(Selection { l2, start: self.start })
    }
}

/// Masks of held-out samples, one per split.
fn splits(training: &TrainingSet<'_>, seed: u64) -> Vec<Vec<bool>> {
    let shares = shares(training, seed);
    let held_out = |share: usize| shares.iter().map(|of| *of == Some(share)).collect::<Vec<bool>>();
    let first = held_out(0).iter().filter(|held| **held).count().max(1);
    (0..L2Path::HELD_OUT.div_ceil(first).min(L2Path::SHARES)).map(held_out).collect()
}

/// The share of every sample; none in classes that have fewer samples than shares.
fn shares(training: &TrainingSet<'_>, seed: u64) -> Vec<Option<usize>> {
    let mut shares = vec![None; training.labels().len()];
    let classes = shuffled_classes(training.labels(), seed).into_iter();
    for rows in classes.filter(|rows| rows.len() >= L2Path::SHARES) {
        rows.iter().enumerate().for_each(|(i, row)| shares[*row as usize] = Some(i % L2Path::SHARES));
    }
    shares
}
