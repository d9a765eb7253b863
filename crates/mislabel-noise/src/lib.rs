//! Models of label noise.
//!
//! A [`NoiseModel`](mislabel_core::NoiseModel) takes true labels and a seed and returns given labels, some of them
//! wrong, with the mask of the wrong ones. The models differ in what a label error depends on: on nothing
//! ([`Symmetric`]), on the true class ([`Asymmetric`], [`Transition`]), on the sample ([`InstanceDependent`],
//! [`ConfidenceBased`]), or on real annotators ([`Recorded`]). A noise rate is a number in [0, 1]; [`Sampling`]
//! says whether it is met exactly or only on average. Class names pass through, and absent classes are no error.
//! Matrices for [`Transition`] come from [`symmetric_transition`], [`pair_flip_transition`],
//! [`class_map_transition`] and [`RandomTransition`].
//!
//! The same labels, parameters and seed give the same result on any number of threads.
//!
//! ```
//! use mislabel_core::{Labels, NoiseModel};
//! use mislabel_noise::{Asymmetric, Symmetric};
//!
//! let truth = Labels::new((0..100).map(|i| i % 4).collect(), 4)?;
//!
//! let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&truth, 51)?;
//! assert_eq!(noisy.errors.error_count(), 10);
//!
//! let all_flipped = Asymmetric { rate: 1.0, ..Asymmetric::default() }.corrupt(&truth, 51)?;
//! assert_eq!(all_flipped.given.values()[..5], [1, 2, 3, 0, 1]);
//! # Ok::<(), mislabel_core::Error>(())
//! ```

mod asymmetric;
mod centroids;
mod confidence;
mod instance;
mod learnable;
mod matrices;
mod random_transition;
mod rate;
mod recorded;
mod sampling;
mod symmetric;
mod transition;

pub use asymmetric::{Asymmetric, CIFAR10_PAIRS};
pub use confidence::{ConfidenceBased, Selection};
pub use instance::InstanceDependent;
pub use learnable::is_learnable;
pub use matrices::{class_map_transition, pair_flip_transition, symmetric_transition};
pub use random_transition::RandomTransition;
pub use recorded::Recorded;
pub use sampling::Sampling;
pub use symmetric::Symmetric;
pub use transition::Transition;
