//! Folders that are splits of a dataset, not classes.

use std::path::Path;

/// Names of splits.
const SPLITS: [&str; 9] = ["train", "training", "val", "valid", "validation", "dev", "test", "testing", "eval"];

/// Whether the name of `folder` is that of a split.
pub(crate) fn is_split(folder: &Path) -> bool {
    let name = folder.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    SPLITS.contains(&&*name)
}
