//! Wrong labels put into embedded digits, and found: the smallest program of mislabel.
//!
//! `cargo run --release -p mislabel-demo` prints it; `mislabel demo` has options, a report, and a page beside.
//!
//! ```
//! use mislabel_core::Run;
//! use mislabel_demo::{Demo, describe};
//!
//! let demo = Demo { rate: 0.2, ..Demo::default() }.data()?;
//! let posterior = demo.posterior(&Run::quiet())?;
//! let issues = posterior.issues(posterior.default_rule())?;
//! let mut text = Vec::new();
//! describe(&mut text, &demo, &issues, Some(posterior.noise_rate()), 0.1)?;
//! assert!(String::from_utf8_lossy(&text).starts_with("1797 handwritten digits, 359 given a wrong label at random"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod description;
mod noisy_digits;
mod picture;

pub use description::describe;
pub use noisy_digits::{Demo, MOST_INK, NoisyDigits};
