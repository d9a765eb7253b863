//! Root leverage: the sensitivity of logistic regression.

use mislabel_core::{Result, Run, Stage};
use ndarray::Array1;

use crate::algebra::basis::Basis;
use crate::algebra::rows::Rows;
use crate::importance::measure::Importance;
use crate::samples::Samples;

/// ‖Q_i‖₂ + w_i/Σw: the square root of a sample's leverage, plus its share of the weight.
///
/// Q is an orthonormal basis of the columns of the label-folded matrix, whose row i is w_i·z_i·[1, x_i] with z_i = ±1 by
/// the label; for logistic regression on data that are not separable the sum bounds the sensitivity up to the constant μ
/// of the data (Munteanu, Schwiegelshohn, Sohler & Woodruff 2018, "On Coresets for Logistic Regression", Lemma 11; with
/// more than two classes, of each one-against-rest regression). A sign does not change a length: **this importance does
/// not depend on the labels**, so it cannot find label errors. It is for training on less data.
///
/// O(n·d²) for n > d, else O(n²·d); the source is read five times. Directions in which the samples do not vary (relative
/// variance under 1e-10, columns first brought to equal variance) are left out of the rank.
///
/// ```
/// use mislabel_core::{Embeddings, Labels, Run};
/// use mislabel_coreset::{Importance, RootLeverage, Samples};
/// use ndarray::array;
///
/// let rows = array![[0.0_f32], [0.0], [0.0], [9.0]];
/// let (rows, given) = (Embeddings::new(rows.view())?, Labels::new(vec![0, 0, 1, 1], 2)?);
/// let leverage = RootLeverage { unit_norm: false, ..RootLeverage::default() };
/// let importance = leverage.importance(&Samples::new(&rows, &given)?, &Run::quiet())?;
/// assert!((importance[3] - (1.0 + 0.25)).abs() < 1e-12); // alone in its direction: leverage 1
/// assert!((importance[0] - ((1.0_f64 / 3.0).sqrt() + 0.25)).abs() < 1e-12);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RootLeverage {
    /// Whether rows are divided by their L2 norm first, as embeddings are for most classifiers; default true.
    pub unit_norm: bool,
    /// Whether the regression has an intercept, a column of ones; default true.
    pub intercept: bool,
}

impl RootLeverage {
    pub(crate) const DEFAULT: Self = Self { unit_norm: true, intercept: true };
}

impl Default for RootLeverage {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl RootLeverage {
    /// The leverage ‖Q_i‖² of every sample, `(n,)`, in [0, 1]; their sum is the rank.
    ///
    /// # Errors
    /// What the source reports; [`Error::Cancelled`](mislabel_core::Error::Cancelled).
    pub fn leverage(&self, samples: &Samples<'_>, run: &Run<'_>) -> Result<Array1<f64>> {
        let n = samples.given().len();
        let stage = run.stage("measuring leverage", (self.reads() + 1) * n);
        let basis = self.basis(samples, &stage)?;
        let blocks = basis.blocks(|coordinates| {
            coordinates.row_iter().map(|row| row.squared_norm_l2().min(1.0)).collect::<Vec<f64>>()
        })?;
        Ok(Array1::from_vec(blocks.concat()))
    }

    /// How often [`basis`](Self::basis) reads the rows: for their mean, their spread and their products.
    pub(crate) fn reads(&self) -> usize {
        2 + usize::from(self.intercept)
    }

    pub(crate) fn basis<'b, 'a: 'b>(&self, samples: &Samples<'a>, stage: &'b Stage<'b>) -> Result<Basis<'b>> {
        let rows = Rows { source: samples.embeddings(), unit_norm: self.unit_norm, stage };
        Basis::new(rows, row_factors(samples), self.intercept)
    }
}

impl Importance for RootLeverage {
    fn importance(&self, samples: &Samples<'_>, run: &Run<'_>) -> Result<Array1<f64>> {
        let leverage = self.leverage(samples, run)?;
        Ok(with_weight_share(leverage.mapv(f64::sqrt), samples))
    }
}

/// The loss of a sample of weight w is homogeneous in w: its row is multiplied by w. One common factor changes no
/// leverage, and keeps squares of extreme weights in range.
fn row_factors(samples: &Samples<'_>) -> Vec<f64> {
    let weights = || (0..samples.given().len()).map(|row| samples.weight(row));
    let greatest = weights().fold(f64::MIN_POSITIVE, f64::max);
    weights().map(|weight| weight / greatest).collect()
}

/// `importance` plus the share of every sample in the total weight, `(n,)`.
pub(crate) fn with_weight_share(mut importance: Array1<f64>, samples: &Samples<'_>) -> Array1<f64> {
    let total = samples.total_weight();
    importance.iter_mut().enumerate().for_each(|(row, value)| *value += samples.weight(row) / total);
    importance
}
