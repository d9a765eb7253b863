//! Review label issues: slices, a queue, decisions, a journal that loses nothing, corrected labels.
//!
//! A method says which labels are suspect; a person decides. This crate has what lies between the two, without a user
//! interface. [`Samples`] are what is reviewed; some may have no label yet, and get one. A [`Query`] takes a slice of them, an [`Order`] sorts it, and a
//! [`Distribution`] says what it consists of. A [`Queue`] says what to look at next. What people decide is written to a
//! [`Journal`], which is forced to the disk before it counts, and gathered on a [`Board`]: the decisions that hold.
//! [`Progress`] and [`Agreement`] say what follows of the method and of the reviewers, and [`Corrections`] turn decisions
//! into labels. `mislabel-app` puts a page in front of all this.
//!
//! ```
//! use mislabel_core::{LabelIssues, LabelQuality, Labels};
//! use mislabel_review::{
//!     Action, Circumstances, Corrections, Decision, Journal, Order, Progress, Query, Samples, Settlement,
//! };
//!
//! let given = Labels::new(vec![0, 1, 1, 0], 2)?.with_class_names(["cat", "dog"])?;
//! let quality = LabelQuality::new(vec![0.9, 0.1, 0.8, 0.2])?;
//! let suggested = given.with_values(vec![0, 0, 1, 1])?;
//! let issues = LabelIssues::new(quality, vec![false, true, false, true], suggested, vec![0.0; 4])?;
//! let samples = Samples::new(given, issues)?;
//! let folder = tempfile::tempdir()?;
//! let mut journal = Journal::open(folder.path().join("review.jsonl"), samples.given_labels())?;
//!
//! let wanted = Query::parse("flagged and not decided")?.select(&samples, journal.board())?;
//! assert_eq!(Order::MostSuspect.rows(&samples, &wanted), [1, 3]);
//!
//! let decide = |row, decision| Action::Decide { row, decision, circumstances: Circumstances::default() };
//! journal.write("op 1", "ann", vec![decide(1, Decision::Relabel(0)), decide(3, Decision::Keep)])?;
//! let progress = Progress::of(journal.board(), &samples);
//! assert_eq!(progress.precision.map(|share| share.share), Some(0.5));
//!
//! let corrections = Corrections::of(journal.board(), samples.given_labels(), Settlement::Newest)?;
//! assert_eq!(corrections.apply(samples.given_labels())?.labelled().values(), [0, 0, 1, 0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod apply;
mod candidates;
mod decisions;
mod error;
mod examples;
mod journal;
mod queue;
mod samples;
mod similarity;
mod slices;

pub use apply::corrections::{Correction, Corrections};
pub use candidates::Candidates;
pub use decisions::agreement::Agreement;
pub use decisions::board::{Board, Verdict};
pub use decisions::decision::Decision;
pub use decisions::event::{Action, Circumstances, Event};
pub use decisions::progress::Progress;
pub use decisions::settlement::Settlement;
pub use decisions::share::Share;
pub use error::{Error, Result};
pub use examples::{Examples, Similarity};
pub use journal::header::fingerprint;
pub use journal::journal::Journal;
pub use queue::Queue;
pub use samples::column::{Column, TextColumn};
pub use samples::media::{Media, NumberRows};
pub use samples::packed_texts::PackedTexts;
#[cfg(feature = "files")]
pub use samples::sample_table::SampleTable;
pub use samples::samples::Samples;
pub use samples::suggestion::Suggestion;
pub use similarity::similarities;
pub use slices::distribution::{Distribution, Pair};
pub use slices::field::field_names;
pub use slices::noise::SliceNoise;
pub use slices::order::Order;
pub use slices::query::Query;
pub use slices::query_error::QueryError;
