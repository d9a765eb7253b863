//! Options of the posterior of the true labels.

use clap::Args;
use mislabel::posterior::FlagRule;

use crate::value_parsers::{count_or_none, not_negative, positive_share, share};

const HEADING: &str = "Options of posterior";

/// What is known beforehand; without any of it, labels more likely wrong than right are flagged, and some less likely wrong
/// where errors are those of annotators.
#[derive(Args)]
pub(crate) struct FlagOptions {
    /// Flag this many labels, the most suspect: a review budget
    #[arg(long, value_name = "N", value_parser = count_or_none, allow_negative_numbers = true, conflicts_with_all = ["precision", "noise_rate"], help_heading = HEADING)]
    budget: Option<usize>,
    /// Flag as many labels as possible while at least this share of the flags is expected to be right
    #[arg(long, value_name = "R", value_parser = positive_share, allow_negative_numbers = true, conflicts_with = "noise_rate", help_heading = HEADING)]
    precision: Option<f64>,
    /// Flag this share of all labels: the noise rate, where it is known
    #[arg(long, value_name = "R", value_parser = share, allow_negative_numbers = true, help_heading = HEADING)]
    noise_rate: Option<f64>,
    /// How much likelier a wrong label is where classes are hard to tell apart: 0 for errors that strike anywhere, 2 for those
    /// of human annotators [default: learnt from where errors go]
    #[arg(long, value_name = "K", value_parser = not_negative, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) boundary: Option<f64>,
    /// Fit the noise rate again to 40 resamples of the samples, for its standard error
    #[arg(long, help_heading = HEADING)]
    pub(crate) interval: bool,
}

impl FlagOptions {
    /// The rule that was asked for, if any.
    pub(crate) fn rule(&self) -> Option<FlagRule> {
        let budget = self.budget.map(FlagRule::Budget);
        let precision = self.precision.map(FlagRule::Precision);
        budget.or(precision).or(self.noise_rate.map(FlagRule::NoiseRate))
    }
}
