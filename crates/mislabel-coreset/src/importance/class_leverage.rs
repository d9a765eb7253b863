//! Class-conditional leverage.

use faer::linalg::triangular_inverse::invert_lower_triangular;
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{Mat, Par};
use mislabel_core::{Error, Result, Run};
use mislabel_linalg::{add_lower, ridged_factor, row_major};
use ndarray::{Array1, Array2};
use rayon::prelude::*;

use crate::algebra::class_moments::{ClassMoments, class_moments, share};
use crate::algebra::rows::{BLOCK, Rows, in_rows_mut};
use crate::importance::measure::Importance;
use crate::samples::Samples;

/// The least ridge relative to the scatter: with less, the factorization would see rounding.
const LEAST_RIDGE: f64 = 1e-9;

/// The leverage of a sample among the samples of its given class:
/// w_i/W + w_i·(x_i − m)ᵀ (S + W·α·I)⁻¹ (x_i − m).
///
/// W, m and S = Σ w (x − m)(x − m)ᵀ are weight, mean and scatter of the class, and α = `ridge` · median over classes of
/// trace(S/W)/d, one value shared by all classes. It is the leverage of ridge regression within the class: in [0, 1], and
/// its sum over a class is at most 1 + min(members − 1, d). A sample that the rest of its class does not explain has a
/// high one, so **it depends on the labels and finds label errors**, those far from their given class; it does not ask
/// which class would explain them better, and is well behind methods that do (the crate's documentation has figures). With a large ridge it
/// orders a class by distance from the mean, with a small one by Mahalanobis distance.
///
/// One-sample classes have leverage 1. O(Σ_c n_c·d·min(n_c, d)); rows are gathered by class, three times. Memory: 8 bytes a
/// sample, d values a class, and per thread min(n_c, d)² values and the rows of a class (a block of them where n_c > d).
///
/// ```
/// use mislabel_core::{Embeddings, Labels, Run};
/// use mislabel_coreset::{ClassLeverage, Importance, Samples};
/// use ndarray::array;
///
/// let rows = array![[5.0_f32, 0.0], [6.0, 0.3], [5.0, 0.5], [0.0, 5.0], [0.2, 6.0], [0.1, 4.0]];
/// let given = Labels::new(vec![0, 0, 0, 0, 1, 1], 2)?; // the fourth is wrong
/// let rows = Embeddings::new(rows.view())?;
/// let importance = ClassLeverage::default().importance(&Samples::new(&rows, &given)?, &Run::quiet())?;
/// assert!((0..3).all(|row| importance[3] > importance[row]));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct ClassLeverage {
    /// The ridge in units of the median class variance per feature, 1e-9 to 1e12; default 1,000, chosen on the eight
    /// rows of the crate's table for finding label errors: more changes little, 100 finds fewer errors of a direction and
    /// more of others, 1 is best on well separated classes.
    pub ridge: f64,
    /// Whether rows are divided by their L2 norm first; default true.
    pub unit_norm: bool,
}

impl ClassLeverage {
    pub(crate) const DEFAULT: Self = Self { ridge: 1_000.0, unit_norm: true };
}

impl Default for ClassLeverage {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Importance for ClassLeverage {
    fn importance(&self, samples: &Samples<'_>, run: &Run<'_>) -> Result<Array1<f64>> {
        if !(LEAST_RIDGE..=1e12).contains(&self.ridge) {
            let requirement = "from 1e-9 to 1e12";
            return Err(Error::parameter("ridge", self.ridge, requirement));
        }
        let stage = run.stage("measuring the spread of classes", 2 * samples.given().len());
        let rows = Rows { source: samples.embeddings(), unit_norm: self.unit_norm, stage: &stage };
        let by_class = samples.given().members();
        let members: Vec<&[u32]> = (0..by_class.class_count()).map(|class| by_class.rows(class)).collect();
        let moments = class_moments(samples, rows, &members)?;
        let alpha = self.ridge * median_variance(&moments) / rows.shape().1 as f64;
        let reads = members.iter().map(|members| members.len() * if fits_gram(members, rows) { 1 } else { 2 });
        let stage = run.stage("measuring leverage within classes", reads.sum());
        let rows = Rows { stage: &stage, ..rows };
        let fit = |(members, moments): (&&[u32], &ClassMoments)| leverage(samples, rows, members, moments, alpha);
        let leverages = members.par_iter().zip(&moments).map(fit).collect::<Result<Vec<_>>>()?;
        let mut importance = Array1::zeros(samples.given().len());
        for (members, leverages) in members.iter().zip(leverages) {
            members.iter().zip(leverages).for_each(|(row, leverage)| importance[*row as usize] = leverage);
        }
        Ok(importance)
    }
}

/// The median over the classes that vary of trace(S/W); 0 when none does.
fn median_variance(moments: &[ClassMoments]) -> f64 {
    let variances = moments.iter().map(|class| share(class.trace, class.weight));
    let mut variances: Vec<f64> = variances.filter(|variance| *variance > 0.0).collect();
    variances.sort_by(f64::total_cmp);
    variances.get(variances.len() / 2).copied().unwrap_or(0.0)
}

/// Whether the class has no more members than there are features: then its leverages come from the products of its rows.
fn fits_gram(members: &[u32], rows: Rows<'_>) -> bool {
    members.len() <= rows.shape().1
}

fn leverage(
    samples: &Samples<'_>,
    rows: Rows<'_>,
    members: &[u32],
    moments: &ClassMoments,
    alpha: f64,
) -> Result<Vec<f64>> {
    let weight = |row: &u32| samples.weight(*row as usize);
    let constant = members.iter().map(|row| share(weight(row), moments.weight));
    if moments.trace <= 0.0 {
        return Ok(constant.collect());
    }
    // Where classes differ in spread by many digits, the shared ridge alone could vanish beside this class.
    let ridge = (moments.weight * alpha).max(LEAST_RIDGE * moments.trace / rows.shape().1 as f64);
    // Weights so small that their products vanish tell no direction from another.
    if !ridge.is_normal() {
        return Ok(constant.collect());
    }
    let centered = |chunk: &[u32]| {
        let mut block = rows.gather(chunk)?;
        for (x, row) in in_rows_mut(&mut block).zip(chunk) {
            let factor = weight(row).sqrt();
            x.iter_mut().zip(&moments.mean).for_each(|(x, mean)| *x = factor * (*x - mean));
        }
        Ok(block)
    };
    let inner = if fits_gram(members, rows) {
        from_gram(&centered(members)?, ridge)
    } else {
        from_scatter(members, rows.shape().1, ridge, centered)?
    };
    Ok(constant.zip(inner).map(|(constant, inner)| (constant + inner).clamp(0.0, 1.0)).collect())
}

/// uᵀ(UᵀU + bI)⁻¹u for every row u of U: 1 − b·[(UUᵀ + bI)⁻¹]_ii.
fn from_gram(rows: &Array2<f64>, ridge: f64) -> Vec<f64> {
    let (matrix, size) = (row_major(rows), rows.nrows());
    let mut gram = Mat::zeros(size, size);
    add_lower(&mut gram, matrix, matrix.transpose());
    let factor = ridged_factor(gram, ridge);
    let mut inverse = Mat::zeros(size, size);
    invert_lower_triangular(inverse.as_mut(), factor.as_ref(), Par::Seq);
    let diagonal = (0..size).map(|j| inverse.col(j).subrows(j, size - j).squared_norm_l2());
    diagonal.map(|inverse| 1.0 - ridge * inverse).collect()
}

fn from_scatter(
    members: &[u32],
    d: usize,
    ridge: f64,
    centered: impl Fn(&[u32]) -> Result<Array2<f64>> + Sync,
) -> Result<Vec<f64>> {
    let mut scatter = Mat::zeros(d, d);
    for chunk in members.chunks(BLOCK) {
        let block = centered(chunk)?;
        add_lower(&mut scatter, row_major(&block).transpose(), row_major(&block));
    }
    let factor = ridged_factor(scatter, ridge);
    let of_chunk = |chunk: &[u32]| {
        let mut columns = row_major(&centered(chunk)?).transpose().to_owned();
        solve_lower_triangular_in_place(factor.as_ref(), columns.as_mut(), Par::Seq);
        Ok(columns.col_iter().map(|column| column.squared_norm_l2()).collect::<Vec<f64>>())
    };
    let chunks: Vec<&[u32]> = members.chunks(BLOCK).collect();
    Ok(chunks.into_par_iter().map(of_chunk).collect::<Result<Vec<_>>>()?.concat())
}
