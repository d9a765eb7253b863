//! Mean and scatter of every class.

use mislabel_core::Result;
use rayon::prelude::*;

use crate::algebra::rows::{BLOCK, Rows, in_rows};
use crate::samples::Samples;

/// Rows that vary by less than this share of their size, squared, are all the same: the rest is rounding of the mean.
const CONSTANT: f64 = 1e-20;

/// The weight of one class, its mean row, `(d,)`, and Σ w‖x − mean‖², 0 when its rows are all the same.
#[derive(Clone, Debug)]
pub(crate) struct ClassMoments {
    pub(crate) weight: f64,
    pub(crate) mean: Vec<f64>,
    pub(crate) trace: f64,
}

/// The moments of the classes whose members are `members`.
pub(crate) fn class_moments(samples: &Samples<'_>, rows: Rows<'_>, members: &[&[u32]]) -> Result<Vec<ClassMoments>> {
    members.par_iter().map(|members| moments(samples, rows, members)).collect()
}

fn moments(samples: &Samples<'_>, rows: Rows<'_>, members: &[u32]) -> Result<ClassMoments> {
    let weight = members.iter().map(|row| samples.weight(*row as usize)).sum::<f64>();
    let mut mean = vec![0.0; rows.shape().1];
    each_member(rows, members, |row, x| {
        let share = share(samples.weight(row), weight);
        mean.iter_mut().zip(x).for_each(|(mean, x)| *mean += share * x);
    })?;
    let (mut trace, mut size) = (0.0, 0.0);
    each_member(rows, members, |row, x| {
        let square: f64 = x.iter().zip(&mean).map(|(x, mean)| (x - mean).powi(2)).sum();
        trace += samples.weight(row) * square;
        size += samples.weight(row) * x.iter().map(|x| x * x).sum::<f64>();
    })?;
    let trace = if trace > CONSTANT * size { trace } else { 0.0 };
    Ok(ClassMoments { weight, mean, trace })
}

/// `part` of `whole`; 0 of nothing.
pub(crate) fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn each_member(rows: Rows<'_>, members: &[u32], mut visit: impl FnMut(usize, &[f64])) -> Result<()> {
    for chunk in members.chunks(BLOCK) {
        let gathered = rows.gather(chunk)?;
        in_rows(&gathered).zip(chunk).for_each(|(x, row)| visit(*row as usize, x));
    }
    Ok(())
}
