//! Find label errors in classification datasets and measure how hard they are.
//!
//! This crate gathers the workspace: the vocabulary and the traits are at the top, every method is a module behind the
//! feature of its name, and the [`prelude`] has what most programs need. The [`manual`] goes through detecting,
//! pipelines, your own detectors and simulated noise. [`core`] has the rest of the vocabulary, for authors of methods.
//!
//! The default features are `io`, `reconstruct` and `rer`. The feature `full` turns on everything but `app`, `cuda`,
//! `images`, `linfa` and `testkit`; this example needs it for the dataset and the evaluation.
//!
//! ```
//! use mislabel::prelude::*;
//!
//! let digits = mislabel::datasets::digits();
//! let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
//!
//! let detector = Pipeline::new(SoftLinear::default(), Rer::default());
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! let issues = detector.detect(&embeddings, &noisy.given, &Run::quiet())?;
//!
//! let evaluation = Evaluation::new(&issues, &noisy.errors)?;
//! assert!(evaluation.average_precision.value() > Some(0.98));
//! # Ok::<(), mislabel::Error>(())
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(no_inline)]
pub use mislabel_core as core;
#[doc(no_inline)]
pub use mislabel_core::ndarray;
#[doc(inline)]
pub use mislabel_core::{
    Checkpoint, ClassEvidence, Detector, EmbeddingSource, Embeddings, Error, ErrorMask, ErrorSummary, Estimate, Judge,
    LabelIssues, LabelQuality, Labels, MemoryBudget, NearestErrors, NoiseModel, NoiseTransition, NoisyLabels, Pipeline,
    PredictedProbabilities, ProbabilityMatrix, ProbabilitySource, Progress, Result, Run, TransitionEstimator,
    VerifiedLabels, progress_fn,
};

#[cfg(feature = "checkpoint")]
#[doc(inline)]
pub use mislabel_checkpoint as checkpoint;
#[cfg(feature = "methods")]
#[doc(inline)]
pub use mislabel_methods as methods;

#[cfg(feature = "app")]
#[doc(inline)]
pub use mislabel_app as app;
#[cfg(feature = "confident")]
#[doc(inline)]
pub use mislabel_confident as confident;
#[cfg(feature = "consensus")]
#[doc(inline)]
pub use mislabel_consensus as consensus;
#[cfg(feature = "coreset")]
#[doc(inline)]
pub use mislabel_coreset as coreset;
#[cfg(feature = "cuda")]
#[doc(inline)]
pub use mislabel_cuda as cuda;
#[cfg(feature = "datasets")]
#[doc(inline)]
pub use mislabel_datasets as datasets;
#[cfg(feature = "interchange")]
#[doc(inline)]
pub use mislabel_interchange as interchange;
#[cfg(feature = "io")]
#[doc(inline)]
pub use mislabel_io as io;
#[cfg(feature = "linfa")]
#[doc(inline)]
pub use mislabel_linfa as linfa;
#[cfg(feature = "metrics")]
#[doc(inline)]
pub use mislabel_metrics as metrics;
#[cfg(feature = "neighbors")]
#[doc(inline)]
pub use mislabel_neighbors as neighbors;
#[cfg(feature = "noise")]
#[doc(inline)]
pub use mislabel_noise as noise;
#[cfg(feature = "posterior")]
#[doc(inline)]
pub use mislabel_posterior as posterior;
#[cfg(feature = "predictions")]
#[doc(inline)]
pub use mislabel_predictions as predictions;
#[cfg(feature = "probe")]
#[doc(inline)]
pub use mislabel_probe as probe;
#[cfg(feature = "reconstruct")]
#[doc(inline)]
pub use mislabel_reconstruct as reconstruct;
#[cfg(feature = "report")]
#[doc(inline)]
pub use mislabel_report as report;
#[cfg(feature = "rer")]
#[doc(inline)]
pub use mislabel_rer as rer;
#[cfg(feature = "review")]
#[doc(inline)]
pub use mislabel_review as review;
#[cfg(feature = "testkit")]
#[doc(inline)]
pub use mislabel_testkit as testkit;

pub mod manual;
pub mod prelude;
