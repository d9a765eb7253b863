//! Small real datasets, embedded, and synthetic ones of any size.
//!
//! A detector is judged on data, and a first example should not begin with a download. This crate carries datasets
//! that are small enough to compile in and free enough to pass on. Their labels are taken as true; a noise model makes
//! given labels of them. Source and licence of each are in the crate's `data/NOTICE.md`.
//!
//! What small data cannot show is size: [`Clusters`] are embeddings with class structure, overlap and imbalance, computed
//! row by row when they are read, so that a million rows take no more memory than ten.
//!
//! ```
//! use mislabel_core::Embeddings;
//!
//! let digits = mislabel_datasets::digits();
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! assert_eq!(embeddings.view().dim(), (1797, 64));
//! assert_eq!(digits.labels.class_names().map(|names| names.len()), Some(10));
//! # Ok::<(), mislabel_core::Error>(())
//! ```

mod class_sizes;
mod clusters;
mod dataset;
mod digits;
mod simulated_predictions;

pub use clusters::{ClusteredEmbeddings, Clusters};
pub use dataset::Dataset;
pub use digits::digits;
pub use simulated_predictions::SimulatedPredictions;
