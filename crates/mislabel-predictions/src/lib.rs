//! Mistakenness, hardness and uniqueness from predictions; zero-shot mistakenness.
//!
//! A model that is sure of another class than the given one is evidence of a label error; a model that is sure of the
//! given class is evidence against one; an unsure model is no evidence. [`Mistakenness`] puts the three on one scale
//! from 0 to 1, and quality is 1 − mistakenness. Predictions come as [`Logits`], as predicted probabilities, or as mere
//! classes with confidences ([`Predictions`]); they should be out-of-sample, because a model that was trained on a wrong
//! label tends to agree with it. Without a trained model, [`ZeroShot`] makes logits of image embeddings and the text
//! embeddings of the class names. [`hardness`], [`uniqueness`] and [`Representativeness`] describe samples rather than
//! labels. The definitions are those of FiftyOne Brain (voxel51, Apache-2.0); where they are not, `# Departures` says so.
//!
//! ```
//! use mislabel_core::{Judge, Labels, Run};
//! use mislabel_predictions::{Logits, Mistakenness};
//! use ndarray::array;
//!
//! let logits = Logits::new(array![[9.0_f32, 0.0, 0.0], [9.0, 0.0, 0.0], [0.1, 0.0, 0.1]])?;
//! let given = Labels::new(vec![0, 1, 1], 3)?;
//! let issues = Mistakenness::default().judge(&logits, &given, &Run::quiet())?;
//! assert_eq!(issues.quality().ranking(), [1, 2, 0]); // sure of another class, unsure, sure of the given one
//! assert!(issues.score()[1] > 0.99 && issues.score()[0] < 0.01);
//! assert_eq!(issues.suggested().class(1), 0);
//! # Ok::<(), mislabel_core::Error>(())
//! ```

mod entropy;
mod hardness;
mod logits;
mod mistakenness;
mod predictions;
mod representativeness;
mod softmax;
mod uniqueness;
mod zero_shot;

pub use hardness::{hardness, hardness_of_probabilities};
pub use logits::Logits;
pub use mistakenness::Mistakenness;
pub use predictions::{Certainty, Predictions};
pub use representativeness::{Normalization, Representativeness};
pub use softmax::Softmax;
pub use uniqueness::uniqueness;
pub use zero_shot::{ZeroShot, ZeroShotLogits};
