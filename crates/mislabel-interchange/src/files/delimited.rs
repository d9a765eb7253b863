//! Text with delimiters, under a header line.

use std::collections::HashSet;
use std::io::Write;
use std::path::Path;

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::files::input;
use crate::options::ReadOptions;

/// Hands every row to `each`, with its number; cells are texts.
pub(crate) fn each_row(
    path: &Path,
    delimiter: u8,
    options: &ReadOptions,
    mut each: impl FnMut(usize, Map<String, Value>) -> Result<()>,
) -> Result<()> {
    let bytes = input::bytes(path, options)?;
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes.as_slice());
    let header: Vec<String> = reader.headers().map_err(Error::malformed(path))?.iter().map(Into::into).collect();
    check_header(path, &header)?;
    let names = named(&header);
    for (number, record) in reader.records().enumerate() {
        let record = record.map_err(Error::malformed(path))?;
        each(number, names.iter().cloned().zip(record.iter().map(Value::from)).collect())?;
    }
    Ok(())
}

fn check_header(path: &Path, header: &[String]) -> Result<()> {
    let mut seen = HashSet::new();
    match header.iter().find(|name| !seen.insert(*name)) {
        Some(name) => Err(Error::malformed(path)(format!("the header has the column {name:?} twice"))),
        None => Ok(()),
    }
}

/// A first column without a name is the index that pandas writes.
fn named(header: &[String]) -> Vec<String> {
    let mut names = header.to_vec();
    if let Some(first) = names.first_mut().filter(|name| name.is_empty()) {
        *first = if header.iter().any(|name| name == "index") { "unnamed".into() } else { "index".into() };
    }
    names
}

/// Writes rows under a header; a value that is absent is an empty cell.
pub(crate) fn write(
    out: &mut dyn Write,
    delimiter: u8,
    columns: &[String],
    rows: &[Map<String, Value>],
) -> std::io::Result<()> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    writer.write_record(columns)?;
    for row in rows {
        writer.write_record(columns.iter().map(|name| row.get(name).map(cell).unwrap_or_default()))?;
    }
    writer.flush()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        _ => value.to_string(),
    }
}
