//! Mean and total variance of every class.

use mislabel_core::{ClassMembers, Result};
use rayon::prelude::*;

use crate::rows::scaling::ScaledRows;
use crate::rows::slices::{CHUNK, GROUP, add, in_rows, square_norm};

/// A variance below this share of the mean square is what f64 sums leave of a class that does not vary.
const ROUNDING: f64 = 1e-13;

/// Mean and mean squared distance to it, of one class.
#[derive(Clone, Debug)]
pub(crate) struct ClassMoments {
    /// Samples n_c.
    pub(crate) count: usize,
    /// Mean m_c, `(d,)`.
    pub(crate) mean: Vec<f64>,
    /// trace(C_c) = Σ ‖x − m_c‖² / n_c.
    pub(crate) variance: f64,
}

/// The moments of every class, from its `members`. O(n·d).
pub(crate) fn class_moments(rows: &ScaledRows<'_>, members: &ClassMembers) -> Result<Vec<ClassMoments>> {
    let chunks = |class: usize| members.rows(class).chunks(CHUNK).map(move |chunk| (class, chunk));
    let work: Vec<(usize, &[u32])> = (0..members.class_count()).flat_map(chunks).collect();
    let origin = vec![0.0; rows.shape().1];
    let sums = |&(class, chunk): &(usize, &[u32])| {
        let x = rows.gather(chunk, &origin)?;
        let mut sum = vec![0.0; x.ncols()];
        in_rows(&x).for_each(|row| add(row, &mut sum));
        Ok((class, sum, in_rows(&x).map(square_norm).sum::<f64>()))
    };
    let empty = |class| ClassMoments {
        count: members.rows(class).len(),
        mean: if members.rows(class).is_empty() { Vec::new() } else { origin.clone() },
        variance: 0.0,
    };
    let mut moments: Vec<ClassMoments> = (0..members.class_count()).map(empty).collect();
    // A group at a time, so that what is held does not grow with n.
    for group in work.chunks(GROUP) {
        for (class, sum, squares) in group.par_iter().map(sums).collect::<Result<Vec<_>>>()? {
            add(&sum, &mut moments[class].mean);
            moments[class].variance += squares;
        }
    }
    moments.iter_mut().filter(|m| m.count > 0).for_each(finish);
    Ok(moments)
}

/// From sums to means.
fn finish(moments: &mut ClassMoments) {
    let count = moments.count as f64;
    moments.mean.iter_mut().for_each(|sum| *sum /= count);
    let square: f64 = moments.mean.iter().map(|m| m * m).sum();
    let mean_square = moments.variance / count;
    let variance = mean_square - square;
    moments.variance = if variance > ROUNDING * mean_square { variance } else { 0.0 };
}

/// The median of the classes' variances; classes with fewer than two samples have none.
/// Zero when no class varies.
pub(crate) fn median_variance(moments: &[ClassMoments]) -> f64 {
    median(moments.iter().filter(|m| m.count > 1).map(|m| m.variance).collect())
}

/// The median of variances; 0 without any.
pub(crate) fn median(mut variances: Vec<f64>) -> f64 {
    variances.sort_by(f64::total_cmp);
    let middle = variances.len() / 2;
    match variances.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => variances[middle],
        _ => f64::midpoint(variances[middle - 1], variances[middle]),
    }
}
