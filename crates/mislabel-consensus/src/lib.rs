//! Detectors combined, and why a label is suspect.
//!
//! No detector is the best on every dataset: a ratio of reconstruction errors is hard to beat, neighbors see what it
//! misses where labels are wrong near class boundaries and are misled where errors have a direction. [`Combination`] joins the
//! issues of any detectors, weighing each by how central it is to their agreement on the most suspect samples, or, given a
//! few dozen [`VerifiedLabels`](mislabel_core::VerifiedLabels), by how right it was. [`Consensus`] is the combination for
//! those who do not want to choose: four judges on two pieces of evidence. [`Explanation`] says of one sample why it is suspect.
//!
//! ```
//! use mislabel_consensus::Consensus;
//! use mislabel_core::{Embeddings, NoiseModel, Run, VerifiedLabels};
//! use mislabel_noise::Asymmetric;
//!
//! let digits = mislabel_datasets::digits();
//! let noisy = Asymmetric { rate: 0.2, ..Asymmetric::default() }.corrupt(&digits.labels, 51)?;
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! let report = Consensus::default().report(&embeddings, &noisy.given, None, &Run::quiet())?;
//! assert_eq!(report.combined.members, ["rer", "directed", "neighbors", "trusted"]);
//! assert!(report.combined.weights[2] < 0.1); // plain neighbors believe errors that have a direction
//!
//! // Someone looks at the 40 most suspect samples.
//! let reviewed = report.combined.issues.quality().ranking()[..40].to_vec();
//! let labels = reviewed.iter().map(|row| digits.labels.values()[*row]).collect();
//! let verified = VerifiedLabels::new(reviewed, labels, &noisy.given)?;
//! let learnt = Consensus::default().report(&embeddings, &noisy.given, Some(&verified), &Run::quiet())?;
//! assert!((learnt.combined.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
//! # Ok::<(), mislabel_core::Error>(())
//! ```

mod combining;
mod consensus;
mod directed;
mod explaining;
mod member;
mod rows;
mod trusted;

pub use combining::combination::Combination;
pub use combining::combined::CombinedIssues;
pub use consensus::{Consensus, ConsensusReport};
pub use directed::DirectedPosterior;
pub use explaining::explanation::{Explainer, Explanation, MemberVote, Reconstruction};
pub use explaining::near_samples::NearSample;
pub use member::{Member, MemberIssues};
