//! Every method of mislabel by name: one dataset, one call, one report.
//!
//! A [`Dataset`] holds given labels and what there is to judge them by: embeddings, predictions, text embeddings of the
//! class names, verified labels. A [`Method`] with its parameters turns it into a [`Report`]: issues, and where the method
//! says so a noise rate, a threshold, difficulties. [`METHODS`] is the table of all methods; the command `mislabel` is a
//! thin layer over it, so that the same call in Rust and in the shell gives the same bytes.
//!
//! ```
//! use mislabel_core::{Embeddings, NoiseModel, Run};
//! use mislabel_methods::{Dataset, METHODS, from_toml};
//! use mislabel_noise::Symmetric;
//!
//! let digits = mislabel_datasets::digits();
//! let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! let data = Dataset::new(&noisy.given).with_embeddings(&embeddings)?;
//!
//! let method = from_toml("rer", "evidence.components = 30\njudge.threshold.fixed = 1.0")?;
//! let report = method.report(&data, &Run::quiet())?;
//! assert!(report.issues.flagged() > 150);
//! assert_eq!(report.threshold, Some(1.0));
//! for entry in &METHODS {
//!     println!("{:<14} {} (needs {})", entry.name, entry.about, entry.needs());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod advice;
mod dataset;
mod device;
mod error;
mod interface;
mod methods;
mod parameters;
mod partial;
mod predictions;
mod report;
mod rules;
mod sampled;
mod stages;
mod stored;
mod table;

pub use advice::feature_notes;
pub use dataset::{Dataset, Predictions};
pub use device::Device;
pub use error::{Error, Missing, Result};
pub use interface::{Method, Needs};
pub use methods::confident::ConfidentMethod;
pub use methods::consensus::ConsensusMethod;
pub use methods::coreset::CoresetMethod;
pub use methods::gaussian::GaussianMethod;
pub use methods::mistakenness::MistakennessMethod;
pub use methods::neighbors::{NeighborJudge, NeighborMethod};
pub use methods::ratio::{
    AutoencoderRatio, CentroidRatio, RatioMethod, Reconstruction, SoftLinearRatio, reconstruction_errors,
};
pub use methods::zero_shot::ZeroShotMethod;
pub use partial::{PartialDataset, PartialReport, Suggestion};
pub use predictions::predictor::PrunedProbe;
pub use report::Report;
pub use rules::{RuleRow, rules};
pub use sampled::Sampled;
pub use stored::from_report;
pub use table::{Entry, METHODS, detect, from_toml, method, parameterized};
