//! Options of reconstructors and of the ratio of their errors.

use clap::{Args, ValueEnum};
use mislabel::core::MemoryBudget;
use mislabel::reconstruct::{ClassSearch, RowScaling, SharedMetric};
use mislabel::rer::{Denominator, Rer, Threshold};

use super::{NetworkOptions, TrainingOptions};
use crate::failure::{Failure, Result};
use crate::value_parsers::{components, positive, search, seed, shrinkage, threshold};
use mislabel::methods::Device;

const LINEAR: &str = "Options of rer, gaussian, centroid and autoencoder (the threshold of others too)";

/// Options of the methods that reconstruct, and the seed.
#[derive(Args)]
pub(crate) struct ReconstructionOptions {
    /// Seed of everything random; same seed, same result on any number of threads
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = seed, allow_negative_numbers = true)]
    pub(crate) seed: u64,
    /// Memory that the work may take beside mapped files, such as 4GiB; results do not depend on it [default: no limit]
    #[arg(long, value_name = "SIZE", allow_negative_numbers = true)]
    pub(crate) memory: Option<MemoryBudget>,
    /// Shrinkage, in units of the median class variance per feature [default: 10; autoencoder: 4]
    #[arg(long, value_name = "A", value_parser = shrinkage, allow_negative_numbers = true, help_heading = LINEAR)]
    pub(crate) alpha: Option<f64>,
    /// Components kept for scoring samples of other classes. With too few, too few labels are flagged where classes overlap
    /// [default: 50; posterior with --metric shared: all]
    #[arg(long, value_name = "N", value_parser = components, allow_negative_numbers = true, help_heading = LINEAR)]
    pub(crate) components: Option<usize>,
    /// Leave samples with a ratio above this out and refit; repeat for further rounds [default: 1.06; autoencoder: 1.06 and 1.03]
    #[arg(long, value_name = "RATIO", value_parser = positive, allow_negative_numbers = true, help_heading = LINEAR)]
    trim: Vec<f64>,
    /// Fit once, on all samples
    #[arg(long, conflicts_with = "trim", help_heading = LINEAR)]
    no_trim: bool,
    /// Which classes a sample is compared with, beyond 31 classes and 16,384 samples: all; pruned, where bounds rule classes out
    /// without a change of the result; or only those of this many nearest means, with the share of samples that this gets
    /// wrong measured [default: pruned]
    #[arg(long, value_name = "CLASSES", value_parser = search, allow_negative_numbers = true, help_heading = LINEAR)]
    pub(crate) search: Option<ClassSearch>,
    /// What is done to every row of the embeddings first [default: unit-norm]
    #[arg(long, value_name = "HOW", help_heading = LINEAR)]
    scaling: Option<ScalingName>,
    /// How far apart rows are, for rer and posterior: plain, as they come; or shared, less along directions in which samples differ
    /// from their own class. Shared helps pixels, classes that look alike and errors near boundaries, hurts texts whose classes
    /// overlap, and takes 2 to 3 times as long [default: plain]
    #[arg(long, value_name = "WHICH", help_heading = LINEAR)]
    metric: Option<MetricName>,
    /// How much of the shared metric stays plain: 1 is half [default: 1]
    #[arg(long, value_name = "G", value_parser = positive, allow_negative_numbers = true, requires = "metric", help_heading = LINEAR)]
    metric_ridge: Option<f64>,
    /// Flag samples with a score above this: a number, or for ratios published or mixture [default: published; gaussian: 0;
    /// mistakenness and zero-shot: 0.5; coreset: 1]
    #[arg(long, value_name = "RULE", value_parser = threshold, allow_negative_numbers = true, help_heading = LINEAR)]
    threshold: Option<Threshold>,
    /// Which class the mean error behind the noise rate leaves out [default: without-least]
    #[arg(long, value_name = "WHICH", help_heading = LINEAR)]
    denominator: Option<DenominatorName>,
    /// Where rer and autoencoder compute: cpu, cuda or cuda:N for the N-th NVIDIA GPU, from 0 [default: cpu]
    #[arg(long, value_name = "DEVICE", default_value = "cpu", hide_default_value = true, help_heading = LINEAR)]
    pub(crate) device: Device,
    #[command(flatten)]
    pub(crate) network: NetworkOptions,
    #[command(flatten)]
    pub(crate) training: TrainingOptions,
}

#[derive(Clone, Copy, ValueEnum)]
enum ScalingName {
    /// Divide every row by its L2 norm
    UnitNorm,
    /// Leave rows as they are
    None,
}

#[derive(Clone, Copy, ValueEnum)]
enum MetricName {
    /// Rows as they are scaled
    Plain,
    /// Whitened by the covariance within all classes, and half a ball
    Shared,
}

#[derive(Clone, Copy, ValueEnum)]
enum DenominatorName {
    /// The class of least error, as the paper's released code does
    WithoutLeast,
    /// The given class, as the paper's text says
    WithoutGiven,
}

impl ReconstructionOptions {
    /// The thresholds of the trim-and-refit rounds, where they were given.
    pub(crate) fn trim(&self) -> Option<Vec<f64>> {
        (self.no_trim || !self.trim.is_empty()).then(|| self.trim.clone())
    }

    pub(crate) fn scaling(&self) -> RowScaling {
        match self.scaling {
            Some(ScalingName::None) => RowScaling::None,
            Some(ScalingName::UnitNorm) => RowScaling::UnitNorm,
            None => RowScaling::default(),
        }
    }

    /// The metric that all classes share, where it is asked for.
    pub(crate) fn metric(&self) -> Option<SharedMetric> {
        let ridge = self.metric_ridge.unwrap_or(SharedMetric::default().ridge);
        matches!(self.metric, Some(MetricName::Shared)).then(|| SharedMetric { ridge, scaling: self.scaling() })
    }

    pub(crate) fn rer(&self) -> Rer {
        let denominator = match self.denominator {
            Some(DenominatorName::WithoutGiven) => Denominator::WithoutGiven,
            Some(DenominatorName::WithoutLeast) => Denominator::WithoutLeast,
            None => Denominator::default(),
        };
        Rer { threshold: self.threshold.unwrap_or_default(), denominator }
    }

    /// The threshold of a `method` that knows numbers only.
    pub(crate) fn number(&self, method: &'static str) -> Result<Option<f64>> {
        match self.threshold {
            None => Ok(None),
            Some(Threshold::Fixed(number)) => Ok(Some(number)),
            Some(_) => Err(Failure::Arguments(format!("--threshold must be a number for the method {method}"))),
        }
    }
}
