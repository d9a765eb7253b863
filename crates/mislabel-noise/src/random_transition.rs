//! Random transition matrices with a given trace and sparsity.

use mislabel_core::{Error, NoiseTransition, Result};
use ndarray::{Array1, Array2};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::index;

use crate::learnable::is_learnable;
use crate::matrices::check_class_count;
use crate::rate::whole;
use crate::sampling::generator;

const STREAM: u64 = 6;

/// How many ways to place the zeros are tried before the trace counts as out of reach.
const PLACEMENTS: usize = 100;

/// A generator of noise transition matrices T, `(k, k)`, whose diagonal sums to a given trace and of whose other
/// entries a given share is 0: the semantics of cleanlab's `generate_noise_matrix_from_trace` (Northcutt, Jiang &
/// Chuang 2021, section 5), the transpose of whose result this returns.
///
/// ```
/// use mislabel_noise::RandomTransition;
///
/// let generator = RandomTransition { classes: 4, trace: 3.0, zero_fraction: 0.5, ..RandomTransition::default() };
/// let transition = generator.matrix(51)?;
/// assert!((transition.view().diag().sum() - 3.0).abs() < 1e-9);
/// assert_eq!(transition.view().iter().filter(|entry| **entry == 0.0).count(), 6);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
///
/// # Departures
/// Entries are drawn uniformly within their bounds and then all moved by the same share of their room towards the
/// bounds until the sum is right, so that no draw is thrown away but one that is not learnable. With the default
/// bounds the number of zeros is int(`zero_fraction`·k(k − 1)) exactly unless the trace is k (cleanlab may return
/// more); where one non-zero entry per row does not leave room for so many, some rows are free of noise.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct RandomTransition {
    /// The number of classes k, 2 to 65,536.
    pub classes: usize,
    /// The sum of the diagonal, in [0, k]; k minus the trace is the sum of the classes' noise rates.
    pub trace: f64,
    /// The share in [0, 1] of the k(k − 1) off-diagonal entries that are 0.
    pub zero_fraction: f64,
    /// The distribution of true classes, `(k,)`, under which the matrix must be learnable ([`is_learnable`]), which
    /// needs a trace above 1; `None` does not ask for it.
    pub learnable_under: Option<Vec<f64>>,
    /// Least and greatest diagonal entry, in [0, 1].
    pub diagonal: (f64, f64),
    /// Least and greatest off-diagonal entry, in [0, 1], of those that are not set to 0.
    pub off_diagonal: (f64, f64),
    /// How many matrices to draw before giving up, at least 1.
    pub max_tries: usize,
}

impl Default for RandomTransition {
    /// 10 classes with a mean noise rate of 0.2, dense, learnable or not; the bounds and tries of cleanlab.
    fn default() -> Self {
        Self {
            classes: 10,
            trace: 8.0,
            zero_fraction: 0.0,
            learnable_under: None,
            diagonal: (1e-5, 1.0),
            off_diagonal: (0.0, 1.0 - 1e-5),
            max_tries: 10_000,
        }
    }
}

impl RandomTransition {
    /// A matrix; the same for the same seed. O(k²) per draw.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a field out of its range, or for a trace that the bounds and the zeros do not allow;
    /// [`Error::Undefined`] when no draw was learnable; for the prior what [`is_learnable`] says.
    pub fn matrix(&self, seed: u64) -> Result<NoiseTransition> {
        self.check()?;
        let mut rng = generator(seed, STREAM);
        let mut reached = false;
        for tried in 0..self.max_tries {
            if !reached && tried == PLACEMENTS {
                break;
            }
            let Some(transition) = self.draw(&mut rng)? else { continue };
            reached = true;
            match &self.learnable_under {
                Some(prior) if !is_learnable(&transition, prior)? => {}
                _ => return Ok(transition),
            }
        }
        if reached {
            let reason = "no matrix drawn within max_tries was";
            return Err(Error::Undefined { quantity: "a learnable noise transition matrix", reason });
        }
        Err(parameter("trace", self.trace, "within reach of the bounds of the entries and of zero_fraction"))
    }

    fn check(&self) -> Result<()> {
        let k = self.classes as f64;
        if self.classes < 2 {
            return Err(parameter("classes", k, "at least 2"));
        }
        check_class_count(self.classes)?;
        if !(0.0..=k).contains(&self.trace) {
            return Err(parameter("trace", self.trace, "at least 0 and at most the number of classes"));
        }
        if self.learnable_under.is_some() && self.trace <= 1.0 {
            return Err(parameter("trace", self.trace, "above 1 for a learnable matrix"));
        }
        if !(0.0..=1.0).contains(&self.zero_fraction) {
            return Err(parameter("zero_fraction", self.zero_fraction, "in [0, 1]"));
        }
        if self.max_tries == 0 {
            return Err(parameter("max_tries", 0.0, "at least 1"));
        }
        check_bounds("diagonal", self.diagonal)?;
        check_bounds("off_diagonal", self.off_diagonal)
    }

    /// One matrix, or none when the zeros fell such that the bounds do not allow the trace.
    fn draw(&self, rng: &mut ChaCha8Rng) -> Result<Option<NoiseTransition>> {
        let filled = self.filled(rng);
        let (low, high): (Vec<f64>, Vec<f64>) = filled.iter().map(|&filled| self.diagonal_bounds(filled)).unzip();
        let Some(diagonal) = bounded(&low, &high, self.trace, rng) else { return Ok(None) };
        let mut matrix = Array2::from_diag(&Array1::from(diagonal.clone()));
        for (truth, (kept, filled)) in diagonal.into_iter().zip(filled).enumerate() {
            let (low, high) = self.off_diagonal;
            let Some(rates) = bounded(&vec![low; filled], &vec![high; filled], 1.0 - kept, rng) else {
                return Ok(None);
            };
            for (other, rate) in index::sample(rng, self.classes - 1, filled).into_iter().zip(rates) {
                matrix[[truth, other + usize::from(other >= truth)]] = rate;
            }
        }
        NoiseTransition::from_true_rows(matrix).map(Some)
    }

    /// How many off-diagonal entries of each row are not set to 0, `(k,)`: k − 1 less the zeros, which fall at
    /// random on rows that each keep at least one entry, save for as many noise-free rows as it takes.
    fn filled(&self, rng: &mut ChaCha8Rng) -> Vec<usize> {
        let k = self.classes;
        let zeros = whole(self.zero_fraction, k * (k - 1));
        let clean = zeros.saturating_sub(k * (k - 2));
        let mut filled = vec![k - 1; k];
        for row in index::sample(rng, k, clean) {
            filled[row] = 0;
        }
        let noisy: Vec<usize> = (0..k).filter(|&row| filled[row] > 0).collect();
        let left = zeros - clean * (k - 1);
        for place in index::sample(rng, noisy.len() * (k - 2), left) {
            filled[noisy[place / (k - 2)]] -= 1;
        }
        filled
    }

    /// Least and greatest diagonal entry that leaves `filled` entries within their bounds.
    fn diagonal_bounds(&self, filled: usize) -> (f64, f64) {
        let (low, high) = self.off_diagonal;
        let filled = filled as f64;
        (self.diagonal.0.max(1.0 - filled * high), self.diagonal.1.min(1.0 - filled * low))
    }
}

/// Random numbers within `low` and `high` that sum to `total`; none when there are no such numbers.
fn bounded(low: &[f64], high: &[f64], total: f64, rng: &mut ChaCha8Rng) -> Option<Vec<f64>> {
    /// Sums of up to k entries are off by this much at most, for any k that fits in memory.
    const ROUNDING: f64 = 1e-9;
    let (least, most): (f64, f64) = (low.iter().sum(), high.iter().sum());
    let possible = low.iter().zip(high).all(|(low, high)| *low <= *high + ROUNDING);
    if !possible || total < least - ROUNDING || total > most + ROUNDING {
        return None;
    }
    let mut values: Vec<f64> =
        low.iter().zip(high).map(|(low, high)| low + rng.random::<f64>() * (high - low)).collect();
    let sum: f64 = values.iter().sum();
    let (bounds, room) = if sum < total { (high, most - sum) } else { (low, least - sum) };
    let share = if room == 0.0 { 0.0 } else { ((total - sum) / room).clamp(0.0, 1.0) };
    for (place, value) in values.iter_mut().enumerate() {
        *value = (*value + share * (bounds[place] - *value)).min(high[place]).max(low[place]);
    }
    Some(values)
}

fn check_bounds(name: &'static str, (low, high): (f64, f64)) -> Result<()> {
    for bound in [low, high] {
        if !(0.0..=1.0).contains(&bound) {
            return Err(parameter(name, bound, "in [0, 1]"));
        }
    }
    if low > high {
        return Err(parameter(name, low, "at most its upper bound"));
    }
    Ok(())
}

fn parameter(name: &'static str, value: f64, requirement: &'static str) -> Error {
    Error::parameter(name, value, requirement)
}
