//! Confident learning: label errors from predicted probabilities.

mod active_lab;
mod annotations;
mod annotators;
mod blocks;
mod confident_joint;
mod crowdlab;
mod detector;
mod ensemble;
mod filter;
mod health;
mod issue_count;
mod latent;
mod linear_system;
mod majority_vote;
mod prune_counts;
mod rounding;
mod score;
mod standing;
mod summation;
mod temperature;
mod thresholds;
mod top_margins;

pub use active_lab::{ActiveLab, ActiveTrust};
pub use annotations::Annotations;
pub use annotators::AnnotatorQuality;
pub use confident_joint::ConfidentJoint;
pub use crowdlab::{Consensus, ConsensusMethod, ConsensusQuality, CrowdLab, CrowdWeights};
pub use detector::ConfidentLearning;
pub use ensemble::{Ensemble, EnsembleScores, Weighting};
pub use filter::Filter;
pub use health::{ClassHealth, ClassOverlap, LabelHealth};
pub use issue_count::IssueCount;
pub use latent::{LatentEstimates, LatentEstimation, PriorMethod};
pub use score::Score;
pub use temperature::{Temperature, best_temperature};
pub use thresholds::ConfidentThresholds;
