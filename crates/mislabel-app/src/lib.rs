//! A local web page on which label issues are looked at and decided.
//!
//! A [`Session`] is a review that is going on: samples, a journal, and what the page can ask beyond, such as embeddings.
//! [`App`] serves it on the loopback address. The page is part of the program: it asks nothing of any other host, needs no
//! build step, and works by keyboard as well as by buttons. What is decided is on the disk before the page says "saved".
//!
//! Nobody but the person with the printed link can ask or decide: see `docs/review.md` in the repository for what is checked.
//!
//! ```no_run
//! use mislabel_app::{App, AppOptions, Evidence, Session};
//! use mislabel_core::{LabelIssues, LabelQuality, Labels};
//! use mislabel_review::{Journal, Samples};
//!
//! let given = Labels::new(vec![0, 1], 2)?.with_class_names(["cat", "dog"])?;
//! let issues = LabelIssues::new(LabelQuality::new(vec![0.9, 0.1])?, vec![false, true], given.clone(), vec![0.0; 2])?;
//! let samples = Samples::new(given, issues)?;
//! let journal = Journal::open("review.jsonl", samples.given_labels())?;
//!
//! let app = App::bind(Session::new(samples, journal, Evidence::default(), AppOptions::default())?)?;
//! println!("open {}", app.link());
//! app.run()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod media;
mod options;
mod server;
mod session;

pub use error::{Error, Result};
pub use media::packed::PackedPictures;
pub use options::AppOptions;
pub use server::app::App;
pub use session::evidence::Evidence;
pub use session::session::Session;
