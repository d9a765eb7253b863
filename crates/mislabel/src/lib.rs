//! Find label errors in classification datasets and measure how hard they are.
//!
//! This crate gathers the workspace: the vocabulary and the traits are at the top, every method is a module behind the
//! feature of its name, and the [`prelude`] has what most programs need. The [`manual`] goes through detecting,
//! pipelines, your own detectors and simulated noise. [`core`] has the rest of the vocabulary, for authors of methods.
//!
//! The default features are `posterior`, `reconstruct` and `rer`: embeddings and labels from memory. The feature `full` turns on everything but
//! `app`, `cuda`, `demo`, `embed`, `images`, `linfa`, `onnx` and `testkit`; this example needs it for the dataset and the evaluation.
//!
//! ```
//! use mislabel::prelude::*;
//!
//! let digits = mislabel::datasets::digits();
//! let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
//!
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! let issues = SoftLinearPosterior::default().detect(&embeddings, &noisy.given, &Run::quiet())?;
//!
//! let evaluation = Evaluation::new(&issues, &noisy.errors)?;
//! assert!(evaluation.average_precision.value() > Some(0.98));
//! # Ok::<(), mislabel::Error>(())
//! ```
//!
//! Data in other forms: [`manual::conversions`]. Which evidence suits which judge: [`manual::evidence`].
//!
//! # Features
//!
//! | feature | what it adds | default |
//! |---|---|---|
//! | `posterior` | the probability that a label is wrong: [`SoftLinearPosterior`](posterior::SoftLinearPosterior), the best to begin with | yes |
//! | `reconstruct` | class-wise reconstructors: [`ErrorSummary`], [`NearestErrors`] | yes |
//! | `rer` | the reconstruction error ratio | yes |
//! | `io` | embeddings, labels and probabilities from files, issues to files | |
//! | `parquet` | Parquet files | |
//! | `metrics`, `noise`, `datasets` | measures, simulated label noise, embedded digits | |
//! | `confident`, `neighbors`, `predictions`, `probe`, `coreset`, `consensus` | the other methods, each by its name | |
//! | `methods` | every method by name, parameters in TOML and JSON | |
//! | `serde` | parameters, issues and reports that serialize | |
//! | `half` | embeddings of f16 and bf16 in memory | |
//! | `checkpoint` | runs that are taken up again | |
//! | `many-classes` | a faster search of thousands of classes, with the same result | |
//! | `report` | what a method found as one HTML page | |
//! | `review` | reviews of label issues, kept and resumed | |
//! | `interchange` | samples and decisions to and from annotation tools | |
//! | `full` | all of the above | |
//! | `images` | thumbnails in a report | |
//! | `app` | a local web page on which issues are decided | |
//! | `testkit` | the laws of detectors, for tests | |
//! | `demo` | wrong labels put into the embedded digits, and found | |
//! | `embed`, `onnx` | embeddings of pictures and texts: a first look, ONNX models | |
//! | `cuda` | reconstructors and neighbors on an NVIDIA GPU | |
//! | `linfa` | classifiers of linfa behind the probe | |
//!
//! # Examples of the modules
//!
//! A module is a crate of its own, and its examples name that crate: `mislabel_core` is [`mislabel::core`](core), `mislabel_rer` is
//! `mislabel::rer`. With these names at the top of a file, every example compiles as it stands:
//!
//! ```
//! use mislabel::{core as mislabel_core, ndarray, rer as mislabel_rer};
//!
//! // An example of mislabel-rer:
//! use mislabel_core::{ErrorSummary, Labels};
//! use mislabel_rer::Rer;
//! use ndarray::array;
//!
//! let given = Labels::new(vec![0, 1, 1], 2)?;
//! let errors = ErrorSummary::from_dense(array![[1.0, 4.0], [3.0, 1.0], [1.0, 2.0]].view(), &given)?;
//! assert_eq!(Rer::default().report(&errors, &given)?.issues().quality().ranking()[0], 2);
//! # Ok::<(), mislabel_core::Error>(())
//! ```
//!
//! # Use an optimized build
//!
//! A development build compiles dependencies without optimization, and a crate that depends on this one does not inherit its
//! profile. With these lines in your `Cargo.toml` only your own code is unoptimized:
//!
//! ```toml
//! [profile.dev.package."*"]
//! opt-level = 3
//! debug = false
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(no_inline)]
pub use mislabel_core as core;
#[doc(no_inline)]
pub use mislabel_core::ndarray;
#[doc(inline)]
pub use mislabel_core::{
    Checkpoint, ClassEvidence, ClassMap, ConvertedRows, Detector, EmbeddingMatrix, EmbeddingSource, Embeddings, Error,
    ErrorMask, ErrorSummary, Estimate, Issue, Judge, LabelIssues, LabelQuality, Labels, MemoryBudget, NearestErrors,
    NoiseModel, NoiseTransition, NoisyLabels, PartialLabels, Pipeline, PredictedProbabilities, ProbabilityMatrix,
    ProbabilitySource, Progress, Result, Run, SelectedRows, TransitionEstimator, VerifiedLabels, Weighted, progress_fn,
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
#[cfg(feature = "demo")]
#[doc(inline)]
pub use mislabel_demo as demo;
#[cfg(feature = "embed")]
#[doc(inline)]
pub use mislabel_embed as embed;
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
