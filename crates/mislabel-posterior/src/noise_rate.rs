//! Noise rates with what is not known of them.

use mislabel_core::{Error, Result, Run, split_seed};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::fitting::evidence::Evidence;
use crate::fitting::fit::{FEWEST_ROUNDS, Fit};
use crate::interval::NoiseRateInterval;
use crate::posterior::Posterior;

/// The bootstrap over samples ([Efron 1979]): how much a noise rate owes to which samples happened to be there.
///
/// It knows nothing of how wrong the model may be; verified labels do. O(`replicates`·`rounds`·n·m).
///
/// [Efron 1979]: https://doi.org/10.1214/aos/1176344552
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Bootstrap {
    /// Resamples, at least 2; default 40, which leaves the standard error uncertain by a ninth.
    pub replicates: usize,
    /// Rounds that each fit goes on for, at least 1; default 10.
    pub rounds: usize,
    /// Seed of the resamples.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self { replicates: 40, rounds: 10, seed: 0 }
    }
}

impl Bootstrap {
    pub(crate) fn interval(
        &self,
        posterior: &Posterior,
        mut evidence: Evidence<'_>,
        tolerance: f64,
        run: &Run<'_>,
    ) -> Result<NoiseRateInterval> {
        let parameter = |name, value, requirement| Err(Error::parameter(name, value, requirement));
        if self.replicates < 2 {
            return parameter("replicates", self.replicates, "at least 2");
        }
        if self.rounds == 0 {
            return parameter("rounds", self.rounds, "at least 1");
        }
        let samples = evidence.given.len();
        let stage = run.stage("resampling the noise rate", self.replicates * self.rounds);
        let mut rates = Vec::with_capacity(self.replicates);
        for replicate in 0..self.replicates {
            evidence.weights = resample(samples, split_seed(self.seed, &[replicate as u64]));
            let fit = Fit::at(posterior.fitted().parameters.clone(), &evidence);
            let fit = fit.settled(&evidence, (FEWEST_ROUNDS, self.rounds), tolerance, &stage)?;
            rates.push(1.0 - fit.sums.counts.diag().sum() / samples as f64);
        }
        let mean = rates.iter().sum::<f64>() / rates.len() as f64;
        let squares: f64 = rates.iter().map(|rate| (rate - mean).powi(2)).sum();
        Ok(NoiseRateInterval::new(posterior.noise_rate(), (squares / (rates.len() - 1) as f64).sqrt()))
    }
}

/// How often each of n samples was drawn in n draws with replacement.
fn resample(samples: usize, seed: u64) -> Vec<f64> {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let mut times = vec![0.0; samples];
    for _ in 0..samples {
        times[generator.random_range(0..samples)] += 1.0;
    }
    times
}
