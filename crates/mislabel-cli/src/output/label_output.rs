//! Labels written to files.

use std::convert::identity;
use std::path::Path;

use mislabel::checkpoint::write_atomically;
use mislabel::io::{LabelValues, write_npy};
use ndarray::ArrayView1;

use crate::failure::{Failure, Result};
use crate::inputs::files::has_extension;

/// Writes `labels` to `path`: integers as `.npy`, anything as `.txt`, one label a line.
pub(crate) fn write_labels(path: &Path, labels: &LabelValues) -> Result<()> {
    let refuse = |reason: String| Err(Failure::Output { path: path.into(), reason });
    let text = has_extension(path, &["txt"]);
    match labels {
        LabelValues::Integers(values) if !text => Ok(write_npy(path, ArrayView1::from(values))?),
        LabelValues::Strings(_) if !text => refuse("the labels are strings: write them as .txt".into()),
        LabelValues::Strings(names) if names.iter().any(|name| !fits_line(name)) => {
            refuse("a class name has line breaks, or blanks around it, which a .txt file cannot hold".into())
        }
        _ => match write_atomically(path, identity, |file| file.write_all(lines(labels).as_bytes())) {
            Ok(()) => Ok(()),
            Err(cause) => refuse(cause.to_string()),
        },
    }
}

fn fits_line(name: &str) -> bool {
    name.trim() == name && !name.contains('\n')
}

fn lines(labels: &LabelValues) -> String {
    (0..labels.len()).map(|row| format!("{}\n", labels.text(row))).collect()
}
