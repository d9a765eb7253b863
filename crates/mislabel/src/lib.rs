//! Find label errors in classification datasets and measure how hard they are.
//!
//! One crate for all of the workspace: the vocabulary and the traits at the top, every other crate as a module behind
//! the feature of its name, and a [`prelude`]. The module `manual` goes through detecting, pipelines, detectors of one's own
//! and simulated noise.
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

#[doc(inline)]
pub use mislabel_core as core;
#[doc(inline)]
pub use mislabel_core::*;

#[cfg(feature = "checkpoint")]
#[doc(inline)]
pub use mislabel_checkpoint as checkpoint;
#[cfg(feature = "methods")]
#[doc(inline)]
pub use mislabel_methods as methods;

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
#[cfg(feature = "rer")]
#[doc(inline)]
pub use mislabel_rer as rer;
#[cfg(feature = "testkit")]
#[doc(inline)]
pub use mislabel_testkit as testkit;

#[cfg(all(
    feature = "confident",
    feature = "consensus",
    feature = "datasets",
    feature = "io",
    feature = "metrics",
    feature = "neighbors",
    feature = "noise",
    feature = "probe",
    feature = "reconstruct",
    feature = "rer"
))]
pub mod manual;
pub mod prelude;
