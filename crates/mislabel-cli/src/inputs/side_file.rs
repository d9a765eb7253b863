//! Files of predictions or of class text embeddings, which labels must fit.

use std::path::Path;

/// A file beside embeddings and labels that tells the classes.
pub(crate) struct SideFile<'a> {
    pub(crate) path: &'a Path,
    /// Samples it has rows for; `None` where it has none for samples.
    pub(crate) samples: Option<usize>,
    pub(crate) classes: usize,
}
