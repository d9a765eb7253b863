//! The reduction: fewer samples, of greater weight, that stand for the same.

use mislabel_core::{Result, Run};

use crate::tree::held::Held;
use crate::tree::merge_reduce::MergeReduce;
use crate::tree::sampling::{chances, systematic};

/// At most `size` of `held` with weights such that every weighted sum has the same expectation as before.
///
/// A sample's chance is half by its share of the importance and half by its share of the weight, so that no chance is 0
/// and no new weight exceeds 2·Σw/size (the defensive mixture of Hesterberg 1995); weights are divided by the chance. The
/// most important as [`important_samples`] has it, a share `certain` of the places, stay for sure and keep their weight.
///
/// [`important_samples`]: crate::CoresetTree::important_samples
pub(crate) fn reduced(
    held: Held,
    size: usize,
    stream: &[u64],
    shape: (usize, usize),
    options: &MergeReduce,
    run: &Run<'_>,
) -> Result<Held> {
    if held.len() <= size {
        return Ok(held);
    }
    let importance = held.importance(shape, &options.sensitivity, run)?;
    let (all, weight) = (importance.sum(), held.samples.iter().map(|sample| sample.weight).sum::<f64>());
    let pairs = || held.samples.iter().zip(&importance);
    let shares: Vec<f64> = pairs().map(|(sample, value)| value / all + sample.weight / weight).collect();
    let relative = held.relative(&importance, shape.0, options.sensitivity.comparison());
    let chances = chances(&shares, size, &greatest(&relative, (options.certain * size as f64) as usize));
    let kept = systematic(&chances, options.seed, stream);
    let mut coreset = held.select(&kept, shape.1);
    for (sample, place) in coreset.samples.iter_mut().zip(kept) {
        sample.weight /= chances[place];
    }
    Ok(coreset)
}

/// The numbers of the `count` greatest values; the first of equal ones.
fn greatest(values: &[f64], count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
    order.truncate(count);
    order
}
