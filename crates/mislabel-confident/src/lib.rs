//! Confident learning: label errors from predicted probabilities.

mod blocks;
mod confident_joint;
mod detector;
mod filter;
mod issue_count;
mod latent;
mod linear_system;
mod prune_counts;
mod rounding;
mod score;
mod standing;
mod summation;
mod thresholds;
mod top_margins;

pub use confident_joint::ConfidentJoint;
pub use detector::ConfidentLearning;
pub use filter::Filter;
pub use issue_count::IssueCount;
pub use latent::{LatentEstimates, LatentEstimation, PriorMethod};
pub use score::Score;
pub use thresholds::ConfidentThresholds;
