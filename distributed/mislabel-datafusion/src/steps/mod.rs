//! The whole way over a table: classes, sums, fit, trim, fit again, scores, report.

mod batches;
mod confident;
mod confident_report;
mod detection;
mod drawing;
mod fitting;
mod judging;
mod labels;
mod posterior;
mod posterior_report;
mod report;
mod run;
mod sums;
mod trimming;

pub use confident::ConfidentDetection;
pub use confident_report::{ConfidentClassFigures, ConfidentReport, ConfidentSuspect};
pub use detection::Detection;
pub(crate) use labels::Counted;
pub use posterior::PosteriorDetection;
pub use posterior_report::{PosteriorClassFigures, PosteriorReport};
pub use report::{ClassFigures, Report, Suspect};
pub use run::Progress;
