//! Detectors combined, and why a label is suspect.
//!
//! No detector is the best on every dataset: reconstruction errors are hard to beat, neighbors see what they
//! miss where labels are wrong near class boundaries and are misled where errors have a direction. [`Combination`] joins the
//! issues of any detectors, weighing each by how central it is to their agreement on the most suspect samples, or, given a
//! few dozen [`VerifiedLabels`](mislabel_core::VerifiedLabels), by how right it was. Without verified labels it is safer than a member
//! that nobody has tried on the data, and seldom better than the best. [`Explanation`] says of one sample why it is suspect.
//!
//! ```
//! use mislabel_consensus::{Combination, Member};
//! use mislabel_core::{Embeddings, NoiseModel, Pipeline, Run, VerifiedLabels};
//! use mislabel_neighbors::{Agreement, KNearest};
//! use mislabel_noise::Asymmetric;
//! use mislabel_posterior::SoftLinearPosterior;
//! use mislabel_reconstruct::SoftLinear;
//! use mislabel_rer::Rer;
//!
//! let digits = mislabel_datasets::digits();
//! let noisy = Asymmetric { rate: 0.2, ..Asymmetric::default() }.corrupt(&digits.labels, 51)?;
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! let posterior = SoftLinearPosterior::default();
//! let ratio = Pipeline::new(SoftLinear::default(), Rer::default());
//! let neighbors = Pipeline::new(KNearest::default(), Agreement::default());
//! let members = [
//!     Member { name: "posterior", detector: &posterior },
//!     Member { name: "ratio", detector: &ratio },
//!     Member { name: "neighbors", detector: &neighbors },
//! ];
//! let issues = members.iter().map(|member| member.issues(&embeddings, &noisy.given, &Run::quiet()));
//! let issues = issues.collect::<Result<Vec<_>, _>>()?;
//! let combined = Combination::default().combine(&issues, &noisy.given)?;
//! assert!(combined.weights[2] < 0.1); // plain neighbors believe errors that have a direction
//!
//! // Someone looks at the 40 most suspect samples.
//! let reviewed = combined.issues.quality().ranking()[..40].to_vec();
//! let labels = reviewed.iter().map(|row| digits.labels.values()[*row]).collect();
//! let verified = VerifiedLabels::new(reviewed, labels, &noisy.given)?;
//! let learnt = Combination::default().combine_verified(&issues, &noisy.given, &verified)?;
//! assert!((learnt.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
//! # Ok::<(), mislabel_core::Error>(())
//! ```

mod combining;
mod explaining;
mod member;

pub use combining::combination::Combination;
pub use combining::combined::CombinedIssues;
pub use explaining::explanation::{Explainer, Explanation, MemberVote, Reconstruction};
pub use explaining::near_samples::NearSample;
pub use member::{Member, MemberIssues};
