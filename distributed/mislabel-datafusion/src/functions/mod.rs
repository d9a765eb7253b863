//! The functions, in one list for whoever runs queries: a session of one's own, a scheduler, an executor.

mod asked;
mod class_moments;
mod confident;
mod flaw;
mod nearest;
mod posterior;
mod probabilities;
mod rer;
pub(crate) mod rows;
mod statistics;
mod steps;
mod version;

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};

pub use asked::{RowFunction, rows_scored};
pub use class_moments::ClassMoments;
pub use confident::{ConfidentClass, Margins, StandingOf};
pub use flaw::Flaw;
pub(crate) use nearest::{NearRow, evidence, near_rows};
pub use statistics::{Draw, ExactMean, Histogram, Without, quantile};
pub(crate) use steps::{Done, SeenBy, Task, Work, sums_object};

/// The aggregates: `class_moments`, `mislabel_mean`, `mislabel_mean_probability`, `mislabel_histogram`.
pub fn aggregates() -> Vec<Arc<AggregateUDF>> {
    vec![
        Arc::new(AggregateUDF::from(ClassMoments::default())),
        Arc::new(AggregateUDF::from(ExactMean::default())),
        Arc::new(AggregateUDF::from(ExactMean::of_probabilities())),
        Arc::new(AggregateUDF::from(Histogram::default())),
    ]
}

/// The scalar functions: `mislabel_rer` and `mislabel_posterior` with their relatives, `mislabel_confident_class`, `mislabel_standing`, `mislabel_margins`,
/// `mislabel_draw`, `mislabel_flaw`, `mislabel_without`, and those that steps are made of.
pub fn scalars() -> Vec<Arc<ScalarUDF>> {
    let of_rows = rer::rer_functions().into_iter();
    let of_rows = of_rows.chain(posterior::posterior_functions()).chain(nearest::nearest_functions());
    let others = [
        ScalarUDF::from(ConfidentClass::default()),
        ScalarUDF::from(StandingOf::default()),
        ScalarUDF::from(Margins::default()),
        ScalarUDF::from(Draw::default()),
        ScalarUDF::from(Flaw::default()),
        ScalarUDF::from(Without::default()),
        ScalarUDF::from(steps::KeepSums::default()),
        ScalarUDF::from(steps::WorkOnClass::default()),
        ScalarUDF::from(version::Version::default()),
    ];
    of_rows.map(ScalarUDF::from).chain(others).map(Arc::new).collect()
}

/// Makes all functions known to a session.
///
/// # Errors
/// What the registry says.
pub fn register(registry: &mut dyn FunctionRegistry) -> Result<()> {
    for function in aggregates() {
        registry.register_udaf(function)?;
    }
    for function in scalars() {
        registry.register_udf(function)?;
    }
    Ok(())
}
