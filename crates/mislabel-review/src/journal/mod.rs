//! The file in which nothing is lost.

pub(crate) mod clock;
pub(crate) mod contents;
pub(crate) mod header;
#[expect(clippy::module_inception, reason = "the folder is named by the noun of its main file")]
pub(crate) mod journal;
pub(crate) mod line;
