//! Which file of labels is written again, and how.

use std::path::Path;

/// A file of labels, to be written again with corrections in the same format.
#[derive(Clone, Copy, Debug)]
pub struct LabelRewrite<'a> {
    /// The file that the review read its labels from: `.npy`, `.safetensors`, `.csv`, `.tsv` or `.txt`.
    pub path: &'a Path,
    /// The array or column of the labels, where the file has several.
    pub key: Option<&'a str>,
    /// Whether a table or text starts with a header line; `None`: if the file has a line more than there are labels.
    pub header: Option<bool>,
    /// Whether the rows of excluded samples are left out; tables and texts only.
    pub drop_excluded: bool,
}

impl<'a> LabelRewrite<'a> {
    /// Of the file at `path`, with all rows kept.
    pub fn new(path: &'a Path) -> Self {
        Self { path, key: None, header: None, drop_excluded: false }
    }
}
