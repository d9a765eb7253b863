//! One file per command: its arguments, and what it does with them.

pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod detect;
pub(crate) mod difficulty;
pub(crate) mod evaluate;
pub(crate) mod generate;
pub(crate) mod methods;
pub(crate) mod noise;
pub(crate) mod report;
pub(crate) mod review;
