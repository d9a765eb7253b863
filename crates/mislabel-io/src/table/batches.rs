//! Rows on their way out of a table, some thousands at a time.

use arrow_array::RecordBatch;

use crate::error::Result;

/// How cells of text that hold numbers are handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cells {
    /// As text.
    Text,
    /// As f32 where the column holds numbers.
    Single,
    /// As f64 where the column holds numbers.
    Double,
}

/// Batches of rows.
pub(crate) struct Batches<'a>(Box<dyn Iterator<Item = Result<RecordBatch>> + 'a>);

impl<'a> Batches<'a> {
    pub(crate) fn new(batches: impl Iterator<Item = Result<RecordBatch>> + 'a) -> Self {
        Self(Box::new(batches))
    }
}

impl Iterator for Batches<'_> {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}
