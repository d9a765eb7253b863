//! Which evidence suits which judge, what it costs, and what it needs.
//!
//! A [`Pipeline`](crate::Pipeline) joins any evidence with any judge of its type; the compiler refuses the others.
//!
//! | evidence | gives | judges | needs | cost, in n samples, d features, k classes |
//! |---|---|---|---|---|
//! | `SoftLinear` | [`ErrorSummary`](crate::ErrorSummary) | `Rer` | two classes with samples | n·d·min(n/k, d) to fit, n·d·k·r to score with r ≤ 50 components; far less where classes are ruled out |
//! | `Centroid` | [`ErrorSummary`](crate::ErrorSummary) | `Rer` | the same | n·d·k |
//! | `Gaussian` | [`ErrorSummary`](crate::ErrorSummary) | `LikelihoodRatio` | the same | as `SoftLinear` |
//! | `Autoencoder` | [`ErrorSummary`](crate::ErrorSummary) | `Rer` | some 20 samples a class | minutes; a GPU helps (feature `cuda`) |
//! | `NearestClasses` | [`NearestErrors`](crate::NearestErrors) | `PosteriorDetector`, `PosteriorModel` | the same as `SoftLinear` | as `SoftLinear`, with 256 components |
//! | `Probe` | [`ProbabilityMatrix`](crate::ProbabilityMatrix) | `ConfidentLearning`, `Mistakenness`, `CoresetDetector` | two classes; the more samples the better | folds · 20 passes of n·d·k |
//! | `Calibrated`, `Pruned`, [`Weighted`](crate::Weighted) | as what they wrap | the same | the same | once or twice more |
//! | your model | [`PredictedProbabilities`](crate::PredictedProbabilities) | the same | out-of-sample predictions | nothing |
//! | `ZeroShot` | `Predictions` | `Mistakenness` | embeddings of the class names from the same network | n·d·k |
//! | `KNearest` | `NeighborGraph` | `SimiFeat`, `Agreement`, `SelfClean`, `Wann`, `RelationGraph`, `KnnShapley`, `Duplicates`, `Rarity`, `Hoc` | a distance that means something | n²·d exactly, some n·√n·d by cells |
//! | `CoresetEvidence` | `ImportanceEvidence` | `CoresetDetector` | | n·d² |
//!
//! *Which one?* `SoftLinear` with `Rer` for a ranking; `NearestClasses` with `PosteriorDetector` for flags and a noise rate; `Probe`
//! with `ConfidentLearning` where minutes do not matter; your own predictions with `ConfidentLearning` if they are good.
//! The README has the figures.
//!
//! Evidence is gathered once and judged often:
//!
//! ```
//! use mislabel::neighbors::{Agreement, SelfClean};
//! use mislabel::prelude::*;
//!
//! let digits = mislabel::datasets::digits();
//! let (embeddings, given) = (Embeddings::new(digits.embeddings.view())?, &digits.labels);
//! let graph = KNearest { neighbors: Some(50), ..KNearest::default() }.evidence(&embeddings, given, &Run::quiet())?;
//! for judge in [&Agreement::default() as &dyn Judge<_>, &SelfClean, &SimiFeat::default()] {
//!     let issues = judge.judge(&graph, given, &Run::quiet())?;
//!     println!("most suspect: {:?}", issues.top(1));
//! }
//! # Ok::<(), mislabel::Error>(())
//! ```
