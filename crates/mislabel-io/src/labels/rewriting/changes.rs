//! What changes in a file of labels.

use std::collections::BTreeMap;

/// Labels that change, and rows that go, of a file of n samples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelChanges {
    /// The class that a sample gets, by its row in the file, from 0.
    pub labels: BTreeMap<usize, u32>,
    /// Rows that are left out, ascending. An array has no rows to leave out: tables only.
    pub left_out: Vec<usize>,
}

impl LabelChanges {
    /// Whether the file stays as it is.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.left_out.is_empty()
    }
}
