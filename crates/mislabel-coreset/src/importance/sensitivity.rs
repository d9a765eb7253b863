//! The importances of this crate as one value.

use mislabel_core::{Result, Run};
use ndarray::Array1;

use crate::importance::class_leverage::ClassLeverage;
use crate::importance::comparison::Comparison;
use crate::importance::lewis::LewisWeights;
use crate::importance::loss_sensitivity::{LossSensitivity, Uniform};
use crate::importance::measure::Importance;
use crate::importance::root_leverage::RootLeverage;
use crate::samples::Samples;

/// One of the importances of this crate, for places that store or name which one is in use, as
/// [`MergeReduce`](crate::MergeReduce) does.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
pub enum Sensitivity {
    /// Leverage within the given class; the default.
    ClassLeverage(ClassLeverage),
    /// Share of the loss; the samples must come with losses.
    Loss,
    /// Root leverage, blind to labels.
    RootLeverage(RootLeverage),
    /// ℓ1 Lewis weights, blind to labels.
    Lewis(LewisWeights),
    /// Every sample alike.
    Uniform,
}

impl Sensitivity {
    /// All of them, each with its default options.
    pub const ALL: [Self; 5] = [
        Self::ClassLeverage(ClassLeverage::DEFAULT),
        Self::Loss,
        Self::RootLeverage(RootLeverage::DEFAULT),
        Self::Lewis(LewisWeights::DEFAULT),
        Self::Uniform,
    ];

    /// The name on a command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ClassLeverage(_) => "class-leverage",
            Self::Loss => "loss",
            Self::RootLeverage(_) => "root-leverage",
            Self::Lewis(_) => "lewis",
            Self::Uniform => "uniform",
        }
    }

    /// Whether the labels have any influence, without which no label error can be found.
    pub fn depends_on_labels(&self) -> bool {
        matches!(self, Self::ClassLeverage(_) | Self::Loss)
    }

    /// What it is compared with when samples of all classes are ranked together: class leverage with the class.
    pub fn comparison(&self) -> Comparison {
        match self {
            Self::ClassLeverage(_) => Comparison::GivenClass,
            _ => Comparison::Dataset,
        }
    }

    /// Whether the samples must come with losses.
    pub fn needs_losses(&self) -> bool {
        matches!(self, Self::Loss)
    }
}

impl Default for Sensitivity {
    fn default() -> Self {
        Self::ClassLeverage(ClassLeverage::default())
    }
}

impl Importance for Sensitivity {
    fn importance(&self, samples: &Samples<'_>, run: &Run<'_>) -> Result<Array1<f64>> {
        match self {
            Self::ClassLeverage(leverage) => leverage.importance(samples, run),
            Self::RootLeverage(leverage) => leverage.importance(samples, run),
            Self::Lewis(lewis) => lewis.importance(samples, run),
            Self::Loss => LossSensitivity.importance(samples, run),
            Self::Uniform => Uniform.importance(samples, run),
        }
    }
}
