//! The page as its readers get it.
#![expect(clippy::unwrap_used, reason = "a failing helper is a failing test")]

mod awkward;
mod hostile;
mod large;
mod looks;
mod made;
mod values;
