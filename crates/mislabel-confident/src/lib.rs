//! Confident learning: label errors from predicted probabilities.
//!
//! A model that never saw a sample's label predicts its class. Where the prediction is as sure of another class as it
//! usually is of that class's own samples, the label is probably wrong. Counted over all samples this gives the
//! *confident joint* of given and true labels, and from it how many labels of each class are wrong and in favor of
//! which other class (Northcutt, Jiang & Chuang 2021, [arXiv:1911.00068]). [`ConfidentLearning`] flags that many of the
//! least plausible labels:
//!
//! ```
//! use mislabel_confident::{ConfidentLearning, Filter};
//! use mislabel_core::{Judge, Labels, ProbabilityMatrix, Run, TransitionEstimator};
//! use ndarray::array;
//!
//! let given = Labels::new(vec![0, 0, 0, 1, 1], 2)?;
//! let probabilities = array![[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.3, 0.7], [0.2, 0.8]];
//! let probabilities = ProbabilityMatrix::new(probabilities)?; // out-of-sample
//!
//! let detector = ConfidentLearning { filter: Filter::Both, ..ConfidentLearning::default() };
//! let issues = detector.judge(&probabilities, &given, &Run::quiet())?;
//! assert_eq!(issues.is_issue().to_vec(), [false, false, true, false, false]);
//! let transition = detector.transition(&probabilities, &given, &Run::quiet())?;
//! assert_eq!(transition.probability(0, 1), 0.0); // nothing truly of class 0 is given class 1
//! # Ok::<(), mislabel_core::Error>(())
//! ```
//!
//! The parts are there on their own: [`ConfidentThresholds`], the [`ConfidentJoint`], [`LatentEstimation`] of noise
//! matrices and priors, the [`Score`]s of labels and their [`Ensemble`], [`IssueCount`], and [`LabelHealth`] of classes
//! and dataset. For labels by several [`Annotations`] there are the [`CrowdLab`] consensus and the [`ActiveLab`] scores
//! of what to label next. Probabilities are any [`ProbabilitySource`](mislabel_core::ProbabilitySource): they are read
//! in blocks of rows and may be a mapped file larger than memory; O(n + k²) is kept. Samples that lie elsewhere, as rows of a
//! table, are counted there: see [`Standing`], [`ConfidentThresholds::of_means`], [`ConfidentJoint::of_confident_classes`] and
//! [`ConfidentLearning::prune_counts`].
//!
//! Flags and scores are those of cleanlab 2.9.0 (`tests/parity.rs`, and the tests on real data of the workspace).
//!
//! # Departures
//! From cleanlab 2.9.0, each with a test:
//! - Counts are rounded to whole numbers; which of several equal fractions is rounded up follows from NumPy's sort, which
//!   differs between processors. We follow the one of x86-64 with AVX2 up to 256 classes, and the order of the classes
//!   beyond. Where samples tie for the last place to be flagged, the earlier are flagged.
//! - Labels of one class only give a result, and so does a log-loss search when classes have no labels.
//! - Options that a filter does not use are errors, not warnings; probabilities must sum to 1.
//! - A class that nothing is truly of has no noise in the transition matrix, not a column of zeros.
//! - Labels of several annotators count for the classes they are of when temperatures are fitted and for
//!   [`ConsensusQuality::Agreement`]; cleanlab counts them for the first classes. A majority that stays tied goes to the
//!   first class, not to a random one.
//!
//! [arXiv:1911.00068]: https://arxiv.org/abs/1911.00068

mod blocks;
mod crowd;
mod detector;
mod ensemble;
mod health;
mod joint;
mod numpy;
mod prune;
mod pruned;
mod score;

pub use crowd::active_lab::{ActiveLab, ActiveTrust};
pub use crowd::annotations::Annotations;
pub use crowd::annotators::AnnotatorQuality;
pub use crowd::crowdlab::{ConsensusMethod, ConsensusQuality, CrowdConsensus, CrowdLab};
pub use crowd::temperature::{Temperature, best_temperature};
pub use crowd::weights::CrowdWeights;
pub use detector::ConfidentLearning;
pub use ensemble::{Ensemble, EnsembleScores, Weighting};
pub use health::{ClassHealth, ClassOverlap, LabelHealth};
pub use joint::confident_joint::ConfidentJoint;
pub use joint::issue_count::IssueCount;
pub use joint::latent::{LatentEstimates, LatentEstimation, PriorMethod};
pub use joint::standing::Standing;
pub use joint::thresholds::ConfidentThresholds;
pub use prune::filter::Filter;
pub use pruned::Pruned;
pub use score::Score;
