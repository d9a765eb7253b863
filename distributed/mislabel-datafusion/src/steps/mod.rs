//! The whole way over a table: classes, sums, fit, trim, fit again, scores, report.

mod confident;
mod confident_report;
mod detection;
mod report;
mod run;

pub use confident::ConfidentDetection;
pub use confident_report::{ConfidentClassFigures, ConfidentReport, ConfidentSuspect};
pub use detection::Detection;
pub use report::{ClassFigures, Report, Suspect};
pub use run::Progress;
