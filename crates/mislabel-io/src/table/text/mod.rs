//! Tables that are text: what separates their cells, whether quotes hold cells together, whether a header stands first.

pub(crate) mod blanks;
pub(crate) mod cells;
pub(crate) mod decoding;
pub(crate) mod delimiter;
pub(crate) mod header;
pub(crate) mod other_forms;
pub(crate) mod place;
pub(crate) mod preamble;
pub(crate) mod quotes;
pub(crate) mod records;
pub(crate) mod table;
