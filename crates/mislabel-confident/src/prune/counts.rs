//! How many samples to prune for every pair of given and true class.

use mislabel_core::checks::same_length;
use mislabel_core::{Error, Result};
use ndarray::{Array2, ArrayView1, Axis};
use rayon::prelude::*;

use crate::joint::confident_joint::ConfidentJoint;
use crate::numpy::rounding::rounded_to_total;
use crate::numpy::summation::pairwise_sum;

/// Samples to prune, `(k, k)`: row = true class, column = given class; the diagonal says how many to keep.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PruneCounts(Array2<f64>);

impl PruneCounts {
    /// The counts of `joint`, keeping at least `least` samples of each class and the share `noise_fraction` of the noise.
    ///
    /// What is added to a diagonal entry is taken off the other non-zero entries of its column in equal parts.
    pub(crate) fn new(joint: ConfidentJoint, least: usize, noise_fraction: f64) -> Self {
        let mut by_given = joint.into_array();
        by_given.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(|(class, mut counts)| {
            let kept = counts[class].max(least as f64);
            let others = (counts.iter().filter(|count| **count != 0.0).count() as f64 - 1.0).max(1.0);
            let taken = (kept - counts[class]) / others;
            counts.mapv_inplace(|count| (count - taken).max(0.0));
            let spared: Vec<f64> = counts.iter().map(|count| count - count * noise_fraction).collect();
            counts.mapv_inplace(|count| (count * noise_fraction).trunc());
            counts[class] = (kept + pairwise_sum(&without(spared, class))).trunc();
        });
        Self(by_given.reversed_axes())
    }

    /// The counts scaled so that `remove[i]` samples are pruned in row i, and the rest of class i kept; `(k,)` each.
    ///
    /// At most all samples of a class. Rows are true classes, as in cleanlab. Pruning by class reads the diagonal only, and removes exactly
    /// `remove[i]` samples *given* class i.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless there are k entries in `remove`.
    pub(crate) fn removing(&self, remove: &[usize], label_counts: &[f64]) -> Result<Self> {
        same_length("remove_per_class", label_counts.len(), remove.len())?;
        let sums: Vec<f64> = self.0.outer_iter().map(|row| pairwise_sum(&row.to_vec())).collect();
        let mut counts = self.0.clone();
        for (class, mut row) in counts.outer_iter_mut().enumerate() {
            let target = (remove[class] as f64).min(label_counts[class]);
            let shares: Vec<f64> =
                row.iter().zip(&sums).map(|(count, sum)| count / sum.max(f64::MIN_POSITIVE)).collect();
            let noise = pairwise_sum(&shares) - shares[class];
            // Without noise to scale there is nothing to prune by noise rate; cleanlab divides by 0 here.
            let scale = |share: &f64| if noise == 0.0 { 0.0 } else { share * target / noise };
            let mut scaled: Vec<f64> = shares.iter().map(scale).collect();
            scaled[class] = label_counts[class] - target;
            row.assign(&ArrayView1::from(&rounded_to_total(&scaled)));
        }
        Ok(Self(counts))
    }

    /// How many of the `size` samples given `class` to prune, whatever they are truly of.
    pub(crate) fn to_prune_by_class(&self, class: usize, size: usize) -> usize {
        let pruned = size as f64 - self.0[[class, class]];
        if pruned >= 1.0 { pruned as usize } else { 0 }
    }

    /// The true classes for which samples given `class` are to be pruned, and how many of them.
    pub(crate) fn to_prune(&self, class: usize) -> Vec<(usize, usize)> {
        let counts = self.0.column(class).into_iter().enumerate();
        counts
            .filter(|(truth, count)| *truth != class && **count >= 1.0)
            .map(|(truth, &count)| (truth, count as usize))
            .collect()
    }
}

fn without(mut values: Vec<f64>, class: usize) -> Vec<f64> {
    values[class] = 0.0;
    values
}

/// Checks the share of the noise to prune.
///
/// # Errors
/// [`Error::Parameter`] outside [0, 1].
pub(crate) fn checked_fraction(noise_fraction: f64) -> Result<()> {
    if (0.0..=1.0).contains(&noise_fraction) {
        return Ok(());
    }
    Err(Error::parameter("noise_fraction", noise_fraction, "between 0 and 1"))
}
