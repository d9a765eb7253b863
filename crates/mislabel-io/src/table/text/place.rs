//! Where the rows of a table of text stand in its file, and how they are cut.

use crate::choice::Delimiter;

/// Where the rows of a table stand in the text of its file, and how they are cut into cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TextPlace {
    /// Where the first row of data starts, in bytes.
    pub(crate) start: usize,
    /// Bytes at the end of the file that belong to no row.
    pub(crate) tail: usize,
    pub(crate) delimiter: Delimiter,
    /// Whether quotes hold cells together.
    pub(crate) quotes: bool,
}
