//! The laws, one function each: what any detector must do, whatever its method.
//!
//! Most laws take the judge as a function from a [`Case`](crate::Case) to an [`Answer`]: to
//! [`LabelIssues`](mislabel_core::LabelIssues), or to evidence. `&|case: &LabeledRows| case.judged_by(&detector)` is one, and
//! so is a scoring function of one's own. Inside `proptest!` a law is one line:
//!
//! ```
//! use mislabel_core::{LabelIssues, LabelQuality, Result};
//! use mislabel_testkit::proptest::prelude::*;
//! use mislabel_testkit::{LabeledProbabilities, confident_probabilities, laws, orders};
//!
//! fn self_confidence(case: &LabeledProbabilities) -> Result<LabelIssues> {
//!     let own = case.given.values().iter().zip(case.probabilities.outer_iter()).map(|(c, row)| row[*c as usize].min(1.0));
//!     let own: Vec<f64> = own.collect();
//!     let is_issue = own.iter().map(|p| *p < 0.5).collect();
//!     LabelIssues::new(LabelQuality::new(own.clone())?, is_issue, case.given.clone(), own)
//! }
//!
//! let cases = confident_probabilities().prop_flat_map(|case| (orders(case.given.len()), Just(case)));
//! proptest!(|((order, case) in cases)| {
//!     laws::sample_order_does_not_matter(&self_confidence, &case, &order, 0.0)?;
//! });
//! ```
//!
//! A violation shows the case as Rust and the change that broke the law, ready to be passed to the law again.

pub(crate) mod answer;
mod detection;
mod geometry;
mod metric;
mod noise;
mod resumption;
mod review;
mod sameness;
mod soundness;
mod source;
mod stopping;
mod suspicion;
pub(crate) mod verdicts;

pub use answer::{Answer, Correspondence};
pub(crate) use detection::{EmbeddingWork, cancelling, failing_source};
pub use detection::{cancelling_is_obeyed, failing_sources_are_reported};
pub use geometry::{rotation_does_not_matter, scale_does_not_matter};
pub use metric::{
    RankingMetric, a_better_ranking_is_not_worse, metrics_are_numbers, only_the_order_of_quality_matters,
    the_order_of_ranked_samples_does_not_matter,
};
pub use noise::noise_is_what_it_says;
pub(crate) use resumption::resuming;
pub use resumption::stopping_and_resuming_changes_nothing;
pub use review::{ReviewedScoring, verified_labels_keep_the_ranking};
pub use sameness::{
    an_empty_class_changes_nothing, asking_again_changes_nothing, class_names_do_not_matter,
    equal_samples_are_judged_alike, refusals_do_not_depend_on_names, refusals_do_not_depend_on_order,
    sample_order_does_not_matter, threads_do_not_matter,
};
pub use soundness::{answers_are_well_formed, other_lengths_are_refused, sound_input_is_accepted};
pub use source::{Block, bad_requests_are_refused, blocks_do_not_matter};
pub use stopping::every_report_can_stop;
pub use suspicion::{a_copy_is_no_worse, a_wrong_label_is_most_suspect, more_wrong_labels_do_not_raise_quality};
pub use verdicts::Scoring;
