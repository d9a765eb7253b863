//! The whole way over a table: classes, sums, fit, trim, fit again, scores, report.

mod detection;
mod report;
mod run;

pub use detection::Detection;
pub use report::{ClassFigures, Report, Suspect};
pub use run::Progress;
