//! Columns of predictions, and the classes that they are of.

use std::path::PathBuf;

use crate::labels::classes::Classes;

/// The columns of a file of predictions, in its order.
#[derive(Clone, Debug)]
pub struct PredictionColumns {
    /// The file, for messages.
    pub path: PathBuf,
    /// The number of columns k.
    pub count: usize,
    /// Their names, `(k,)`, where the file has some.
    pub names: Option<Vec<String>>,
    /// The column with the largest value in each row, `(n,)`, or in the first rows: it tells whether labels count from 1.
    pub largest: Vec<u32>,
}

/// Which classes labels are over, and which column of predictions is of each.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClassMatch {
    /// The classes.
    pub classes: Classes,
    /// For every class the column that is of it, `(k,)`; `None` where column i is of class i.
    pub order: Option<Vec<usize>>,
    /// How this was found out, in words.
    pub because: String,
    /// What may be wrong with it.
    pub doubt: Option<String>,
}

impl ClassMatch {
    /// The classes of labels without predictions.
    pub fn of(classes: Classes) -> Self {
        Self::new(classes, "")
    }

    pub(crate) fn new(classes: Classes, because: &str) -> Self {
        Self { classes, order: None, because: because.into(), doubt: None }
    }
}
