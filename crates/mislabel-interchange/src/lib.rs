//! Label issues to annotation tools and dataset viewers, and decisions back.
//!
//! A list of suspect labels is of use once people have looked at it, and people look at samples in tools they have:
//! FiftyOne, Label Studio, CVAT and others. A [`SampleSet`] holds what all of them know, samples with an identity, labels,
//! opinions of models and decisions of people; every [`Format`] writes it as one tool reads it, and reads what the tool
//! gives back. What a format has no place for travels in named fields, so that a sample that comes back is known by its
//! index and its id, and [`Comparison`] says what became of the suggestions.
//!
//! Three rules hold for all formats. A sample is known by its index and its id, and a mismatch is refused by name. What a
//! tool would take in silence is checked before it is written. Only what a person touched is a decision: a label that
//! merely came back says nothing.
//!
//! ```
//! use mislabel_interchange::{Classes, Format, Media, ReadOptions, Sample, SampleSet, Verdict, WriteOptions};
//!
//! let mut sample = Sample::new("0003");
//! sample.media = Some(Media::Text("a bark in the night".into()));
//! (sample.index, sample.given, sample.suggested, sample.quality) = (Some(3), Some(0), Some(1), Some(0.05));
//! let samples = SampleSet::new(Classes::new(["cat", "dog"])?, vec![sample])?;
//!
//! let folder = tempfile::tempdir()?;
//! Format::LabelStudio.write(&samples, folder.path(), &WriteOptions::default())?;
//!
//! // What Label Studio exports once someone has chosen `dog`.
//! let export = folder.path().join("export.json");
//! std::fs::write(&export, r#"[{"data": {"text": "a bark in the night", "mislabel_index": 3, "mislabel_id": "0003", "mislabel_given": "cat"},
//!     "annotations": [{"result": [{"from_name": "label", "to_name": "text", "value": {"choices": ["dog"]}}]}]}]"#)?;
//! let options = ReadOptions { classes: Some(samples.classes().clone()), ..ReadOptions::default() };
//! let back = Format::LabelStudio.read(&export, &options)?.samples;
//! let decided = samples.with_decisions_of(&back)?;
//! assert_eq!(decided.samples()[0].decisions[0].verdict, Verdict::Relabel(1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod cells;
mod error;
mod fields;
mod files;
mod format;
mod formats;
mod model;
mod notes;
mod options;
mod reading;
mod returned;
#[cfg(feature = "review")]
mod review;

pub use error::{Error, Place, Result};
pub use format::{Format, UnknownFormat};
pub use model::classes::Classes;
pub use model::decision::{Decision, Verdict};
pub use model::sample::{Media, Prediction, Sample};
pub use model::sample_set::SampleSet;
pub use model::timestamp::{Timestamp, TimestampError};
pub use options::{ReadOptions, Received, WriteOptions, Written};
pub use returned::comparison::{Comparison, MethodAgreement, Share};
pub use returned::reviewers::{Outcome, Reviewers, UnknownRule};
#[cfg(feature = "review")]
pub use review::ReviewOperation;
