//! Models to rows: tiny graphs that the tests write, and real models beside what Python makes of them.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing helper is a failing test")]

mod fixture;
mod graphs;
mod identity;
mod pictures;
mod presets;
mod proto;
mod real_pictures;
mod real_texts;
mod refusals;
mod texts;
