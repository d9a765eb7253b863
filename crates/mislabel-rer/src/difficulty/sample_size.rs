//! Difficulty as a function of how many samples each class has.

use mislabel_core::checks::same_length;
use mislabel_core::{
    ClassEvidence, ClassMembers, EmbeddingSource, Error, ErrorSummary, Labels, Result, Run, SelectedRows, split_seed,
};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use crate::difficulty::mean_ratios::Difficulty;
use crate::ratios::Ratios;

/// The mean ratio at one number of samples per class.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SampleSizePoint {
    /// m, samples drawn from every class that has as many.
    pub samples_per_class: f64,
    /// χ̄(m), mean over the repeats.
    pub mean_ratio: f64,
    /// Standard deviation of χ̄(m) between repeats (population); 0 with one repeat.
    pub deviation: f64,
}

/// How to measure χ̄(m): draw m samples of every class, gather evidence on them alone, average the ratios.
///
/// A class with fewer than m samples gives all it has. Fit the points with
/// [`SampleSizeFit`](crate::SampleSizeFit).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct SampleSizeCurve {
    /// The sizes m, each at least 2 and at most the largest class. Empty (the default): the median class size and
    /// its half, quarter, … down to 1/32, as far as these are at least 4.
    pub sizes: Vec<usize>,
    /// Random draws per size, at least 1; default 3.
    pub repeats: usize,
    /// Seed of the draws; default 0.
    pub seed: u64,
}

impl Default for SampleSizeCurve {
    fn default() -> Self {
        Self { sizes: Vec::new(), repeats: 3, seed: 0 }
    }
}

const SMALLEST_DEFAULT: usize = 4;
const HALVINGS: u32 = 5;

impl SampleSizeCurve {
    /// The points, in order of size, for n samples `embeddings`, `(n, d)`, with the labels `given`, `(n,)`.
    /// Costs `repeats` times the evidence on every size.
    ///
    /// # Errors
    /// [`Error::Parameter`] for `repeats` 0 or a size outside its range, [`Error::LengthMismatch`], and as `evidence`.
    pub fn points(
        &self,
        evidence: &dyn ClassEvidence<Evidence = ErrorSummary>,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<Vec<SampleSizePoint>> {
        same_length("given labels", embeddings.shape().0, given.len())?;
        let sizes = self.checked_sizes(given)?;
        let stage = run.stage("measuring difficulty by sample size", sizes.len() * self.repeats);
        let members = given.members();
        let mean_ratio = |size: usize, repeat: usize| {
            let rows = self.draw(&members, size, repeat);
            let labels = given.with_values(rows.iter().map(|row| given.values()[*row as usize]).collect())?;
            // The subsets are work of one kind: their parts need names of their own.
            let run = run.scoped(format_args!("{size} samples per class, repeat {repeat}"));
            let errors = evidence.evidence(&SelectedRows::new(embeddings, rows)?, &labels, &run)?;
            stage.advance(1)?;
            Ok(Difficulty::new(&Ratios::new(&errors, &labels)?, &labels)?.dataset)
        };
        let point = |size: usize| {
            let means = (0..self.repeats).map(|repeat| mean_ratio(size, repeat)).collect::<Result<Vec<f64>>>()?;
            Ok(SampleSizePoint::of(size, &means))
        };
        sizes.into_iter().map(point).collect()
    }

    fn checked_sizes(&self, given: &Labels) -> Result<Vec<usize>> {
        if self.repeats == 0 {
            return Err(Error::parameter("repeats", 0.0, "at least 1"));
        }
        let mut counts: Vec<usize> = given.counts().into_iter().filter(|count| *count > 0).collect();
        counts.sort_unstable();
        let (median, largest) = (counts[counts.len() / 2], counts[counts.len() - 1]);
        if let Some(&size) = self.sizes.iter().find(|size| !(2..=largest).contains(*size)) {
            let requirement = "at least 2 and at most the number of samples of the largest class";
            return Err(Error::parameter("sizes", size, requirement));
        }
        let mut sizes = self.sizes.clone();
        if sizes.is_empty() {
            sizes =
                (0..=HALVINGS).map(|halvings| median >> halvings).filter(|size| *size >= SMALLEST_DEFAULT).collect();
        }
        sizes.sort_unstable();
        sizes.dedup();
        Ok(sizes)
    }

    /// Up to `size` random rows of every class, ascending.
    fn draw(&self, members: &ClassMembers, size: usize, repeat: usize) -> Vec<u32> {
        let mut drawn = Vec::new();
        for class in 0..members.class_count() {
            let seed = split_seed(self.seed, &[size as u64, repeat as u64, class as u64]);
            let mut rows = members.rows(class).to_vec();
            drawn.extend_from_slice(rows.partial_shuffle(&mut ChaCha8Rng::seed_from_u64(seed), size).0);
        }
        drawn.sort_unstable();
        drawn
    }
}

impl SampleSizePoint {
    fn of(size: usize, means: &[f64]) -> Self {
        let n = means.len() as f64;
        let mean_ratio = means.iter().sum::<f64>() / n;
        let variance = means.iter().map(|mean| (mean - mean_ratio).powi(2)).sum::<f64>() / n;
        Self { samples_per_class: size as f64, mean_ratio, deviation: variance.sqrt() }
    }
}
