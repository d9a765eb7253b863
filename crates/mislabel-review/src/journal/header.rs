//! The first line of a journal: which labels it is about.

use mislabel_core::PartialLabels;
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_128;

/// The version of the format.
pub(crate) const VERSION: u32 = 1;

/// Which labels a journal is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) v: u32,
    pub(crate) kind: String,
    /// The hash of the labels.
    pub(crate) data: String,
    /// The number of samples.
    pub(crate) n: usize,
    /// The names of the classes.
    pub(crate) classes: Vec<String>,
    #[serde(default)]
    pub(crate) created: String,
}

impl Header {
    pub(crate) fn of(given: &PartialLabels, created: String) -> Self {
        let labels = given.labelled();
        let classes = (0..labels.class_count()).map(|class| labels.class_name(class).into_owned()).collect();
        Self { v: VERSION, kind: "header".into(), data: fingerprint(given), n: given.len(), classes, created }
    }
}

/// What stands for no label in the hash: more than there can be classes.
const NO_LABEL: u32 = u32::MAX;

/// A hash of given labels and the names of their classes: XXH3 of 128 bits, in hexadecimal digits. Good against mistakes, not
/// against somebody who wants two datasets to look alike.
pub fn fingerprint(given: &PartialLabels) -> String {
    let labels = given.labelled();
    let mut hasher = XxHash3_128::new();
    hasher.write(&(labels.class_count() as u64).to_le_bytes());
    for class in 0..labels.class_count() {
        let name = labels.class_name(class);
        hasher.write(&(name.len() as u64).to_le_bytes());
        hasher.write(name.as_bytes());
    }
    (0..given.len()).for_each(|row| hasher.write(&given.class(row).unwrap_or(NO_LABEL).to_le_bytes()));
    format!("{:032x}", hasher.finish_128())
}
