//! Tables of ours in files; the extension tells the format.

use std::io::Write;
use std::path::Path;

use serde_json::{Map, Value};

use super::row::{self, NAME};
use crate::error::{Error, Result};
use crate::files::folder::Output;
#[cfg(feature = "parquet")]
use crate::files::parquet;
use crate::files::{delimited, input, json};
use crate::model::sample_set::SampleSet;
use crate::options::{ReadOptions, Received, WriteOptions, Written};
use crate::reading::Reading;

#[cfg(feature = "parquet")]
const EXTENSIONS: &str = "the extension csv, tsv, jsonl, ndjson or parquet";
#[cfg(not(feature = "parquet"))]
const EXTENSIONS: &str = "the extension csv, tsv, jsonl or ndjson (parquet needs the feature `parquet`)";

fn refuse<T>(path: &Path) -> Result<T> {
    Err(Error::Extension { path: path.into(), format: NAME, expected: EXTENSIONS })
}

/// Hands every row of a table to `each`, with its number.
pub(crate) fn each_row(
    path: &Path,
    options: &ReadOptions,
    each: impl FnMut(usize, Map<String, Value>) -> Result<()>,
) -> Result<()> {
    match input::extension(path).as_str() {
        "csv" => delimited::each_row(path, b',', options, each),
        "tsv" => delimited::each_row(path, b'\t', options, each),
        "jsonl" | "ndjson" => json::each_line(path, options, each),
        #[cfg(feature = "parquet")]
        "parquet" => parquet::read::each_row(path, options, each),
        _ => refuse(path),
    }
}

pub(crate) fn read(path: &Path, options: &ReadOptions) -> Result<Received> {
    let mut reading = Reading::new(path, options);
    each_row(path, options, |number, row| {
        let sample = row::sample(row, &mut reading, number)?;
        reading.push(sample);
        Ok(())
    })?;
    reading.finish()
}

pub(crate) fn write(set: &SampleSet, path: &Path, options: &WriteOptions) -> Result<Written> {
    let mut output = Output::default();
    match input::extension(path).as_str() {
        "csv" => delimited_file(set, path, b',', options, &mut output)?,
        "tsv" => delimited_file(set, path, b'\t', options, &mut output)?,
        "jsonl" | "ndjson" => {
            let rows = rows(set, options)?;
            output.file(path, |out| json::write_lines(out, rows.iter().map(Ordered)))?;
        }
        #[cfg(feature = "parquet")]
        "parquet" => {
            let rows = rows(set, options)?;
            let columns =
                row::columns(&rows).into_iter().map(|name| parquet::write::Column::of(&name, &rows)).collect();
            let table = parquet::write::Table { columns, metadata: Vec::new(), group: parquet::write::ROWS };
            output.file(path, |out| parquet::write::write(&table, out))?;
        }
        _ => return refuse(path),
    }
    Ok(output.finish())
}

fn rows(set: &SampleSet, options: &WriteOptions) -> Result<Vec<Map<String, Value>>> {
    set.samples().iter().map(|sample| row::row(set, sample, options)).collect()
}

fn delimited_file(
    set: &SampleSet,
    path: &Path,
    delimiter: u8,
    options: &WriteOptions,
    output: &mut Output,
) -> Result<()> {
    let rows = rows(set, options)?;
    let write = |out: &mut (dyn Write + Send)| delimited::write(out, delimiter, &row::columns(&rows), &rows);
    output.file(path, write)
}

/// A row whose fields stand in the order of the columns.
struct Ordered<'a>(&'a Map<String, Value>);

impl serde::Serialize for Ordered<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = row::columns(std::slice::from_ref(self.0));
        serializer.collect_map(names.iter().map(|name| (name, &self.0[name])))
    }
}
