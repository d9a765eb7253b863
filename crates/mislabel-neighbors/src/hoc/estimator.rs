//! HOC: noise transition matrix and class prior from the agreement of neighbors.

use mislabel_core::{Error, Labels, NoiseTransition, Result, Run, TransitionEstimator};
use mislabel_linalg::{exponentiate, exponentiate_row};
use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

use crate::graph::neighbor_graph::NeighborGraph;
use crate::hoc::adam::Adam;
use crate::hoc::consensus::Consensus;
use crate::hoc::objective::{HocObjective, ROW_BLOCK, Slope};

/// Steps without progress after which the fit ends.
const PATIENCE: usize = 200;

/// Least share of the objective that counts as progress.
const PROGRESS: f64 = 1e-2;

/// Logits this far below the greatest of their softmax count as −∞: their share is 1e-87, whose cube is still a normal
/// number, and no gradient moves it.
const LEAST_LOGIT: f64 = -200.0;

/// Share of a class that keeps its label, where the fit starts.
const FIRST_KEPT: f64 = 0.8;

/// Estimates the noise transition matrix T and the distribution p of true classes by high-order consensus.
///
/// A sample and its two nearest neighbors mostly share their true class, so how often their given labels agree, and
/// how, tells T and p without a single known true label: the shares of labels, pairs and triples must be
/// Σ_i p_i T_ij, Σ_i p_i T_ij T_il and Σ_i p_i T_ij T_il T_im (Zhu, Song & Liu 2021, [arXiv:2102.05291], eq. 3 to 5).
/// T (rows) and p are softmaxes of free parameters, fitted to the sum of the squared differences by Adam.
/// O(k³ + k·n) per step: observed triples are kept sparse, all others are summed in closed form. O(n + k²) memory. With 1,000
/// classes of 130 samples a fit of 975 steps takes 147 CPU seconds (the experiment `hoc_classes`), half of them in two products.
///
/// The estimate assumes noise that depends on the class alone and correct labels in the majority; where neighbors
/// do not share the true class, it takes overlap of classes for noise.
///
/// # Departures
/// All samples are counted once instead of in 50 random rounds; the fit starts at 0.8 on the diagonal and at the observed label shares; it ends when
/// 200 steps lower the objective by less than 1%, and returns the best step, not the last. Classes without samples have prior 0 and keep
/// their label (a row of the identity).
///
/// ```
/// use mislabel_core::{Labels, Run};
/// use mislabel_neighbors::{Distance, Hoc, NeighborGraph};
/// use ndarray::Array2;
///
/// // Forty samples in two rings: sample i's neighbors are those one and two places on.
/// let next = |i: usize, step: usize| (i / 20 * 20 + (i + step) % 20) as u32;
/// let indices = Array2::from_shape_fn((40, 2), |(i, place)| next(i, place + 1));
/// let graph = NeighborGraph::new(indices, Array2::ones((40, 2)), Distance::Cosine)?;
/// let given = Labels::new((0..40).map(|i| (i >= 20) as u32).collect(), 2)?;
/// let fit = Hoc::default().fit(&graph, &given, &Run::quiet())?;
/// assert!(fit.transition.probability(0, 0) > 0.99);
/// assert!((fit.prior[0] - 0.5).abs() < 0.01);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
///
/// [arXiv:2102.05291]: https://arxiv.org/abs/2102.05291
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Hoc {
    /// Most steps of Adam, at least 1; default 1,500, the reference's.
    pub steps: usize,
    /// Its learning rate, positive and finite; default 0.1, the reference's.
    pub learning_rate: f64,
}

impl Default for Hoc {
    fn default() -> Self {
        Self { steps: 1500, learning_rate: 0.1 }
    }
}

/// What HOC estimates.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct HocFit {
    /// The noise transition matrix.
    pub transition: NoiseTransition,
    /// The distribution of true classes, `(k,)`.
    pub prior: Vec<f64>,
    /// The sum of squared differences between observed and modeled consensus that is left.
    pub objective: f64,
    /// Steps taken.
    pub steps: usize,
}

impl HocFit {
    /// The estimated share of samples whose given label is wrong, Σ_i p_i (1 − T_ii).
    pub fn noise_rate(&self) -> f64 {
        let (prior, kept) = (&self.prior, self.transition.view());
        prior.iter().zip(kept.diag()).map(|(p, kept)| p * (1.0 - kept)).sum::<f64>().clamp(0.0, 1.0)
    }

    /// P(true ≠ j | given = j) for every class j, `(k,)`; 0 for a class that is never given.
    pub fn wrong_shares(&self) -> Vec<f64> {
        let prior = ArrayView1::from(&self.prior);
        let given = self.transition.view().t().dot(&prior);
        let kept = self.transition.view().diag().to_owned() * prior;
        let wrong = |(kept, given): (&f64, &f64)| if *given > 0.0 { (1.0 - kept / given).clamp(0.0, 1.0) } else { 0.0 };
        kept.iter().zip(&given).map(wrong).collect()
    }
}

impl Hoc {
    /// Fits T and p to the labels `given`, `(n,)`, of the samples of `graph`, which needs two neighbors per sample.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the two differ in length, [`Error::Undefined`] with one neighbor per sample,
    /// [`Error::Parameter`].
    pub fn fit(&self, graph: &NeighborGraph, given: &Labels, run: &Run<'_>) -> Result<HocFit> {
        if self.steps == 0 {
            return Err(Error::parameter("steps", 0.0, "at least 1"));
        }
        if !(self.learning_rate > 0.0 && self.learning_rate.is_finite()) {
            let (name, requirement) = ("learning_rate", "positive and finite");
            return Err(Error::parameter(name, self.learning_rate, requirement));
        }
        let consensus = Consensus::new(graph, given)?;
        let (point, steps) = self.best_point(&consensus, run)?;
        point.widened(&consensus.present, given.class_count(), steps)
    }

    fn best_point(&self, consensus: &Consensus, run: &Run<'_>) -> Result<(Point, usize)> {
        let stage = run.stage("fitting the transition matrix", self.steps);
        let k = consensus.present.len();
        let mut objective = HocObjective::new(consensus);
        let mut logits = first_logits(consensus);
        let mut adam = Adam::new(logits.len(), self.learning_rate);
        let (mut slope, mut point, mut gradient) = (Slope::default(), Point::of(&logits, k), vec![0.0; logits.len()]);
        let (mut best, mut reference) = (point.clone(), (f64::INFINITY, 0));
        for step in 1..=self.steps {
            stage.advance(1)?;
            point.set(&logits);
            objective.slope(&point.columns, &point.prior, &mut slope);
            if slope.value < best.objective {
                best.clone_from(&point);
                best.objective = slope.value;
            }
            if best.objective < (1.0 - PROGRESS) * reference.0 {
                reference = (best.objective, step);
            }
            if step >= reference.1 + PATIENCE {
                return Ok((best, step));
            }
            point.by_logits(&slope, &mut gradient);
            adam.step(&mut logits, &gradient);
        }
        Ok((best, self.steps))
    }
}

impl TransitionEstimator<NeighborGraph> for Hoc {
    fn transition(&self, graph: &NeighborGraph, given: &Labels, run: &Run<'_>) -> Result<NoiseTransition> {
        Ok(self.fit(graph, given, run)?.transition)
    }
}

/// Logits of Tᵀ, row-major, then those of the prior.
fn first_logits(consensus: &Consensus) -> Vec<f64> {
    let k = consensus.present.len();
    let diagonal = (FIRST_KEPT / (1.0 - FIRST_KEPT) * (k.max(2) - 1) as f64).ln();
    let mut logits = vec![0.0; k * k];
    logits.iter_mut().step_by(k + 1).for_each(|logit| *logit = diagonal);
    logits.extend(consensus.first.iter().map(|share| share.ln()));
    logits
}

/// T and p over the classes that have samples.
#[derive(Clone, Debug)]
struct Point {
    /// Tᵀ, `(k, k)` row-major: row = given class, column = true class; columns sum to 1.
    columns: Vec<f64>,
    prior: Vec<f64>,
    objective: f64,
}

impl Point {
    fn of(logits: &[f64], k: usize) -> Self {
        let mut point = Self { columns: vec![0.0; k * k], prior: vec![0.0; k], objective: f64::INFINITY };
        point.set(logits);
        point
    }

    /// Softmax of every column of the first k² logits and of the last k.
    fn set(&mut self, logits: &[f64]) {
        let k = self.prior.len();
        let (columns, prior) = logits.split_at(k * k);
        self.columns.copy_from_slice(columns);
        softmax_columns(&mut self.columns, k);
        self.prior.copy_from_slice(prior);
        let sum_exp = exponentials(&mut self.prior);
        self.prior.iter_mut().for_each(|p| *p /= sum_exp);
    }

    /// The gradient by the logits, from that by T and p: T ∘ (g − Σ_j g T), likewise for p.
    fn by_logits(&self, slope: &Slope, gradient: &mut [f64]) {
        let k = self.prior.len();
        let (by_columns, by_prior) = gradient.split_at_mut(k * k);
        let rows = by_columns.par_chunks_mut(k).zip(self.columns.par_chunks(k).zip(slope.transposed.par_chunks(k)));
        rows.for_each(|(by, (column, slope))| {
            by.iter_mut().zip(column.iter().zip(slope)).for_each(|(by, (t, g))| *by = t * g);
        });
        let means = column_sums(by_columns, k);
        by_columns.par_chunks_mut(k).zip(self.columns.par_chunks(k)).for_each(|(by, column)| {
            by.iter_mut().zip(column.iter().zip(&means)).for_each(|(by, (t, mean))| *by -= t * mean);
        });
        let mean: f64 = self.prior.iter().zip(&slope.prior).map(|(p, g)| p * g).sum();
        let pairs = self.prior.iter().zip(&slope.prior);
        by_prior.iter_mut().zip(pairs).for_each(|(by, (p, g))| *by = p * (g - mean));
    }

    /// The fit over all classes, those without samples included.
    fn widened(self, present: &[u32], classes: usize, steps: usize) -> Result<HocFit> {
        let mut transition = Array2::eye(classes);
        let mut prior = vec![0.0; classes];
        let k = present.len();
        for (i, &truth) in present.iter().enumerate() {
            prior[truth as usize] = self.prior[i];
            for (j, &given) in present.iter().enumerate() {
                transition[[truth as usize, given as usize]] = self.columns[j * k + i];
            }
        }
        let transition = NoiseTransition::from_true_rows(transition)?;
        Ok(HocFit { transition, prior, objective: self.objective, steps })
    }
}

fn softmax_columns(columns: &mut [f64], k: usize) {
    let mut greatest = vec![f64::NEG_INFINITY; k];
    for row in columns.chunks_exact(k) {
        greatest.iter_mut().zip(row).for_each(|(greatest, logit)| *greatest = greatest.max(*logit));
    }
    columns.par_chunks_mut(k).for_each(|row| {
        exponentiate_row(row, &greatest, LEAST_LOGIT);
    });
    let sums = column_sums(columns, k);
    columns.par_chunks_mut(k).for_each(|row| {
        row.iter_mut().zip(&sums).for_each(|(share, sum)| *share /= sum);
    });
}

/// The sums of the columns of a row-major matrix, block of rows by block of rows.
fn column_sums(matrix: &[f64], k: usize) -> Vec<f64> {
    let sums_of = |rows: &[f64]| {
        let mut sums = vec![0.0; k];
        rows.chunks_exact(k).for_each(|row| sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value));
        sums
    };
    let partial: Vec<Vec<f64>> = matrix.par_chunks(ROW_BLOCK * k).map(sums_of).collect();
    let mut sums = vec![0.0; k];
    partial.iter().for_each(|part| sums.iter_mut().zip(part).for_each(|(sum, value)| *sum += value));
    sums
}

/// Replaces logits by their exponentials, less the greatest, and returns the sum.
fn exponentials(logits: &mut [f64]) -> f64 {
    let greatest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    exponentiate(logits, greatest, LEAST_LOGIT);
    logits.iter().sum()
}
