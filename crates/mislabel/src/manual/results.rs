//! What to do with issues, reports, parameters, and progress.
//!
//! # Rows
//!
//! ```
//! use mislabel::prelude::*;
//!
//! let digits = mislabel::datasets::digits();
//! let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! let issues = Pipeline::new(SoftLinear::default(), Rer::default()).detect(&embeddings, &noisy.given, &Run::quiet())?;
//!
//! for issue in issues.top(3) {
//!     let given = noisy.given.class_name(noisy.given.class(issue.row));
//!     println!("{}: {given} or {}? quality {:.3}", issue.row, noisy.given.class_name(issue.suggested), issue.quality);
//! }
//! let flagged = issues.iter().filter(|issue| issue.is_issue).count();
//! assert_eq!(flagged, issues.flagged());
//! let worst_of_class = issues.by_class(&noisy.given)?.into_iter().filter_map(|rows| rows.first().copied());
//! assert_eq!(worst_of_class.count(), 10);
//! # Ok::<(), mislabel::Error>(())
//! ```
//!
//! # Saving, and running again
//!
//! With the feature `serde`, parameters, issues and reports serialize. A report of the module `methods` names its method and all
//! parameters, so that it can be made again from what was stored:
//!
//! ```
//! use mislabel::methods::{Dataset, from_report, from_toml};
//! use mislabel::prelude::*;
//!
//! let digits = mislabel::datasets::digits();
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! let data = Dataset::new(&digits.labels).with_embeddings(&embeddings)?;
//! let report = from_toml("rer", "evidence.components = 20\njudge.threshold.fixed = 1.1")?.report(&data, &Run::quiet())?;
//! let stored: serde_json::Value = serde_json::to_value(&report)?;
//!
//! let again = from_report(&stored)?.report(&data, &Run::quiet())?;
//! assert_eq!(again.issues, report.issues);
//! let issues: LabelIssues = serde_json::from_value(stored["issues"].clone())?; // checked like any other
//! assert_eq!(issues, report.issues);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A pipeline of your own serializes its structs: `serde_json::to_string(&Pipeline::new(SoftLinear::default(), Rer::default()))`.
//!
//! # Progress, and stopping
//!
//! Work reports the units of each of its stages. [`overall_progress`](crate::core::overall_progress) makes one fraction of them; an
//! answer of `Break` stops the work, which returns [`Error::Cancelled`](crate::Error::Cancelled).
//!
//! ```
//! use std::ops::ControlFlow;
//!
//! use mislabel::core::overall_progress;
//! use mislabel::methods::{Dataset, Entry};
//! use mislabel::prelude::*;
//!
//! let digits = mislabel::datasets::digits();
//! let embeddings = Embeddings::new(digits.embeddings.view())?;
//! let data = Dataset::new(&digits.labels).with_embeddings(&embeddings)?;
//! let entry = Entry::named("posterior")?;
//! let half = overall_progress(entry.stages(), |standing| match standing.fraction < 0.5 {
//!     true => ControlFlow::Continue(()),
//!     false => ControlFlow::Break(()), // a button, a deadline, a signal
//! });
//! let stopped = entry.seeded(0).report(&data, &Run::quiet().with_progress(&half));
//! assert!(stopped.unwrap_err().to_string().starts_with("cancelled while"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The examples `12_progress_bar` and `13_tracing` draw a bar, and open spans. With a
//! [`Checkpoint`](crate::Checkpoint), for one `checkpoint::CheckpointFolder`, a stopped run takes up its finished parts.
