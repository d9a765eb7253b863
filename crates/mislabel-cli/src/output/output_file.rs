//! Files that commands write, checked before the work starts.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::inputs::files::{has_extension, same_file};

/// Extensions of tables that are written.
pub(crate) const TABLES: [&str; 5] = ["csv", "tsv", "jsonl", "ndjson", "parquet"];

/// Refuses a path that could not be written in the end: an extension other than `extensions`, a folder that is
/// missing, a directory, or one of the `inputs`, which would be lost.
pub(crate) fn check_output(path: &Path, extensions: &[&str], inputs: &[&Path]) -> Result<()> {
    let refuse = |reason: String| Err(Failure::Output { path: path.into(), reason });
    if !has_extension(path, extensions) {
        return refuse(format!("the extension must be one of {}", extensions.join(", ")));
    }
    if path.is_dir() {
        return refuse("is a directory".into());
    }
    let folder = folder_of(path);
    if !folder.is_dir() {
        return refuse(format!("the folder {} does not exist", folder.display()));
    }
    if inputs.iter().any(|input| same_file(path, input)) {
        return refuse("is an input of the command and would be overwritten".into());
    }
    Ok(())
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.into(),
        _ => PathBuf::from("."),
    }
}
