//! Options of confident learning, under cleanlab's names.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use mislabel::confident::{Filter, Score};

use crate::value_parsers::{count_or_none, share};

const HEADING: &str = "Options of confident";

/// cleanlab's options of `find_label_issues` and `get_label_quality_scores`.
#[derive(Args)]
pub(crate) struct ConfidentOptions {
    /// Which labels are flagged [default: prune_by_noise_rate]
    #[arg(long, value_name = "FILTER", value_parser = filter(), help_heading = HEADING)]
    pub(crate) filter_by: Option<Filter>,
    /// What the quality is [default: self_confidence]
    #[arg(long, value_name = "SCORE", value_parser = score(), help_heading = HEADING)]
    pub(crate) score: Option<Score>,
    /// Adjust probabilities by the confident thresholds before scoring, for imbalanced classes
    #[arg(long, help_heading = HEADING)]
    pub(crate) adjust_pred_probs: bool,
    /// Share of the estimated noise to prune [default: 1]
    #[arg(long, alias = "frac-noise", value_name = "R", value_parser = share, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) noise_fraction: Option<f64>,
    /// Samples to prune of every class instead of the estimate, comma-separated
    #[arg(long, value_name = "N,...", value_delimiter = ',', value_parser = count_or_none, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) num_to_remove_per_class: Option<Vec<usize>>,
    /// Samples to leave in every class [default: 1]
    #[arg(long, value_name = "N", value_parser = count_or_none, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) min_examples_per_class: Option<usize>,
}

fn filter() -> impl TypedValueParser<Value = Filter> {
    let by_name = |name: String| Filter::ALL.into_iter().find(|filter| filter.name() == name);
    PossibleValuesParser::new(Filter::ALL.map(Filter::name)).try_map(move |name| by_name(name).ok_or("no such filter"))
}

fn score() -> impl TypedValueParser<Value = Score> {
    let by_name = |name: String| Score::ALL.into_iter().find(|score| score.name() == name);
    PossibleValuesParser::new(Score::ALL.map(Score::name)).try_map(move |name| by_name(name).ok_or("no such score"))
}
