//! Parameters of a method from a file.

use std::path::Path;

use mislabel::methods::{Entry, Method, from_toml};

use crate::failure::{Failure, Result};
use crate::inputs::files::has_extension;

/// The method of `entry` with the parameters in `path`: JSON by its extension, else TOML.
pub(crate) fn read_parameters(entry: &Entry, path: &Path) -> Result<Box<dyn Method>> {
    let refuse = |reason: String| Failure::Arguments(format!("{}: {reason}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|cause| refuse(cause.to_string()))?;
    let method = if has_extension(path, &["json"]) {
        let parameters = serde_json::from_str(&text).map_err(|cause| refuse(cause.to_string()))?;
        entry.parameterized(&parameters)
    } else {
        from_toml(entry.name, &text)
    };
    method.map_err(|cause| refuse(cause.to_string()))
}
