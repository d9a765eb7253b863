//! JSON on standard output.

use std::io::{Write, stdout};

use mislabel::core::Labels;
use serde::{Serialize, Serializer};

use crate::failure::Result;

/// Prints `value` on standard output.
pub(crate) fn print_json(value: &impl Serialize) -> Result<()> {
    let mut out = stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)?;
    Ok(out.flush()?)
}

/// A value for every class, keyed by its name, in the order of the classes.
pub(crate) struct PerClass<'a> {
    pub(crate) labels: &'a Labels,
    /// `(k,)`; `None` for a class without one.
    pub(crate) values: &'a [Option<f64>],
}

impl Serialize for PerClass<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entry = |(class, value)| (self.labels.class_name(class), value);
        serializer.collect_map(self.values.iter().enumerate().map(entry))
    }
}
