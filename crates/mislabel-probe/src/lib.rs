//! Out-of-sample predicted probabilities from embeddings.
//!
//! Confident learning and its kin ask how probable a model finds each given label. A model that was trained on the
//! label in question is a partial witness, so the samples are split into K folds and each is predicted by a model
//! trained on the others ([`Probe`]). The stock model is [`SoftmaxRegression`], multinomial logistic regression with
//! the objective of scikit-learn's `LogisticRegression`; the strength of its L2 penalty, which matters more than
//! anything else here, is chosen by the likelihood of held-out given labels ([`L2Path`]), anew inside every training
//! set, so that no label has a say in its own sample's probabilities. Any other [`Classifier`] fits behind the probe;
//! crate mislabel-linfa has some. Probabilities that are too certain, or not certain enough, are mended by one number,
//! a [`Temperature`].
//!
//! ```
//! use mislabel_confident::ConfidentLearning;
//! use mislabel_core::{Detector, Embeddings, Labels, Pipeline, Run};
//! use mislabel_probe::Probe;
//! use ndarray::Array2;
//!
//! // Two classes, one in each half of the plane.
//! let rows = Array2::from_shape_fn((40, 2), |(i, j)| if j == 0 { (i % 7) as f32 } else { [-9.0, 9.0][i % 2] });
//! let mut labels: Vec<u32> = (0..40).map(|i| i % 2).collect();
//! labels[4] = 1; // a label error
//! let given = Labels::new(labels, 2)?;
//! let detector = Pipeline::new(Probe::default(), ConfidentLearning::default());
//! let issues = detector.detect(&Embeddings::new(rows.view())?, &given, &Run::quiet())?;
//! assert_eq!(issues.quality().ranking()[0], 4);
//! assert_eq!(issues.suggested().class(4), 0);
//! # Ok::<(), mislabel_core::Error>(())
//! ```
//!
//! Results are the same to the last bit on any number of threads. Features and their products are f32; sums, parameters
//! and probabilities are f64.

mod probe;
mod regression;
mod temperature;
mod training;

pub use probe::method::{Probe, Sampling};
pub use regression::method::SoftmaxRegression;
pub use regression::model::SoftmaxModel;
pub use regression::selection::L2Path;
pub use temperature::{Calibrated, Temperature, calibration_error};
pub use training::classifier::{Classifier, ProbabilityModel, TrainingSet};
pub use training::folds::Folds;
pub use training::scaling::{FeatureScaling, ScaledRows};
