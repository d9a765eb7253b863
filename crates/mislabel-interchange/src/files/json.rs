//! JSON documents and JSON lines.

use std::io::Write;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::files::input;
use crate::options::ReadOptions;

/// The document in a file.
pub(crate) fn document<T: DeserializeOwned>(path: &Path, options: &ReadOptions) -> Result<T> {
    serde_json::from_slice(&input::bytes(path, options)?).map_err(Error::malformed(path))
}

/// Hands the value of every line to `each`, with its number from 0; blank lines are skipped and not counted.
pub(crate) fn each_line<T: DeserializeOwned>(
    path: &Path,
    options: &ReadOptions,
    mut each: impl FnMut(usize, T) -> Result<()>,
) -> Result<()> {
    let bytes = input::bytes(path, options)?;
    let text = std::str::from_utf8(&bytes).map_err(Error::malformed(path))?;
    let filled = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    for (row, (number, line)) in filled.enumerate() {
        let refuse = |error| Error::malformed(path)(format!("line {}: {error}", number + 1));
        each(row, serde_json::from_str(line).map_err(refuse)?)?;
    }
    Ok(())
}

/// One value a line; blank lines are skipped.
pub(crate) fn lines<T: DeserializeOwned>(path: &Path, options: &ReadOptions) -> Result<Vec<T>> {
    let mut values = Vec::new();
    each_line(path, options, |_, value| {
        values.push(value);
        Ok(())
    })?;
    Ok(values)
}

/// A list as one document, or one value a line.
pub(crate) fn list_or_lines<T: DeserializeOwned>(path: &Path, options: &ReadOptions) -> Result<Vec<T>> {
    let is_list = input::bytes(path, options)?.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    if is_list { document(path, options) } else { lines(path, options) }
}

/// Writes a list, one element a line.
pub(crate) fn write_list<T: Serialize>(out: &mut dyn Write, elements: impl Iterator<Item = T>) -> std::io::Result<()> {
    out.write_all(b"[")?;
    for (row, element) in elements.enumerate() {
        out.write_all(if row == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &element)?;
    }
    out.write_all(b"\n]\n")
}

/// Writes one value a line.
pub(crate) fn write_lines<T: Serialize>(out: &mut dyn Write, values: impl Iterator<Item = T>) -> std::io::Result<()> {
    for value in values {
        serde_json::to_writer(&mut *out, &value)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
