//! The importances of this crate as one value.

use mislabel_core::{Progress, Result};
use ndarray::Array1;

use crate::{ClassLeverage, Importance, LewisWeights, LossSensitivity, RootLeverage, Samples, Uniform};

/// One of the importances of this crate, for places that store which one is in use, as [`CoresetTree`] does.
///
/// [`CoresetTree`]: crate::CoresetTree
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Sensitivity {
    /// Leverage within the given class; the default.
    ClassLeverage(ClassLeverage),
    /// Root leverage, blind to labels.
    RootLeverage(RootLeverage),
    /// ℓ1 Lewis weights, blind to labels.
    Lewis(LewisWeights),
    /// Share of the loss; the samples must come with losses.
    Loss,
    /// Every sample alike.
    Uniform,
}

impl Default for Sensitivity {
    fn default() -> Self {
        Self::ClassLeverage(ClassLeverage::default())
    }
}

impl Importance for Sensitivity {
    fn importance(&self, samples: &Samples<'_>, progress: &dyn Progress) -> Result<Array1<f64>> {
        match self {
            Self::ClassLeverage(leverage) => leverage.importance(samples, progress),
            Self::RootLeverage(leverage) => leverage.importance(samples, progress),
            Self::Lewis(lewis) => lewis.importance(samples, progress),
            Self::Loss => LossSensitivity.importance(samples, progress),
            Self::Uniform => Uniform.importance(samples, progress),
        }
    }
}
