//! A stored report, run again.

use serde_json::Value;

use crate::error::{Error, Result};
use crate::interface::Method;
use crate::table::Entry;

/// The method, with its parameters, that made a report: any JSON that has `method` and `parameters` as
/// [`Report`](crate::Report) is serialized. The same data then give the same report.
///
/// ```
/// use mislabel_core::{Embeddings, Run};
/// use mislabel_methods::{Dataset, from_report, from_toml};
///
/// let digits = mislabel_datasets::digits();
/// let embeddings = Embeddings::new(digits.embeddings.view())?;
/// let data = Dataset::new(&digits.labels).with_embeddings(&embeddings)?;
/// let report = from_toml("rer", "evidence.components = 20")?.report(&data, &Run::quiet())?;
/// let stored = serde_json::to_string(&report)?;
///
/// let again = from_report(&serde_json::from_str(&stored)?)?.report(&data, &Run::quiet())?;
/// assert_eq!(again.issues, report.issues);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::NotAReport`] without the two fields, [`Error::NoSuchMethod`], [`Error::Parameters`].
pub fn from_report(report: &Value) -> Result<Box<dyn Method>> {
    let missing = |field| Error::NotAReport { field };
    let name = report.get("method").and_then(Value::as_str).ok_or_else(|| missing("method"))?;
    let parameters = report.get("parameters").ok_or_else(|| missing("parameters"))?;
    Entry::named(name)?.parameterized(parameters)
}
