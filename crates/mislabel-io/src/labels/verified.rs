//! Verified labels in files: the number of a sample and the label someone found for it.

use std::path::{Path, PathBuf};

use mislabel_core::VerifiedLabels;
use serde::Deserialize;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::delimited::label_column;
use crate::formats::extension::Format;
use crate::formats::lines::lines;
use crate::labels::class_lookup::ClassLookup;
use crate::labels::file::{LabelColumn, LabelFile};
use crate::labels::json::{Label, label_values};
use crate::labels::values::LabelValues;

/// A file of verified labels that has been read but not yet joined to the samples and classes of a dataset.
///
/// The file has the columns `index`, the sample's number in the data from 0 on, and `true_label`, an integer or a class
/// name as the given labels are; other columns are ignored, so a table of label issues does in which someone has filled
/// in `true_label`. Formats: `.csv` and `.tsv` (without a header line only if there are just these two columns, in this
/// order; rows where `true_label` is blank are not verified yet, and not counted where an error names a row), `.jsonl`,
/// `.npz`, `.safetensors`, `.parquet`.
///
/// ```
/// use mislabel_io::{ReadOptions, Classes, LabelFile, VerifiedFile};
///
/// let folder = tempfile::tempdir()?;
/// let (given, review) = (folder.path().join("given.txt"), folder.path().join("review.csv"));
/// std::fs::write(&given, "dog\ncat\ndog\n")?;
/// std::fs::write(&review, "index,true_label\n2,cat\n1,cat\n")?;
/// let given = LabelFile::read(&given, &ReadOptions::default())?.column(&Classes::Observed)?;
///
/// let verified = VerifiedFile::read(&review, &ReadOptions::default())?.labels(&given)?;
/// assert_eq!(verified.samples(), [1, 2]);
/// assert_eq!(verified.label_errors(&given.labels).filter(|(_, wrong)| *wrong).count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct VerifiedFile {
    path: PathBuf,
    samples: Vec<usize>,
    labels: LabelValues,
}

const INDEX: &str = "index";
const TRUE_LABEL: &str = "true_label";

impl VerifiedFile {
    /// Reads the file at `path`; its extension tells the format. Of `choice`, only the header and the memory count.
    ///
    /// # Errors
    /// Whatever is wrong with the file; [`Error::Missing`] without one of the two columns, [`Error::Value`] at an index
    /// that is no number of a sample or a label that is none.
    pub fn read(path: impl AsRef<Path>, choice: &ReadOptions) -> Result<Self> {
        use Format::{Csv, JsonLines, Npz, Parquet, Safetensors, Tsv};
        let path = path.as_ref();
        let known = "csv, tsv, jsonl, ndjson, npz, safetensors, parquet";
        let (indices, labels) = match Format::of(path, &[Csv, Tsv, JsonLines, Npz, Safetensors, Parquet], known)? {
            JsonLines => json_columns(path)?,
            Csv => table_columns(path, b',', choice)?,
            Tsv => table_columns(path, b'\t', choice)?,
            _ => named_columns(path, choice, [INDEX, TRUE_LABEL])?,
        };
        if indices.len() != labels.len() {
            let (expected, found) = (indices.len(), labels.len());
            let cause = mislabel_core::Error::LengthMismatch { what: TRUE_LABEL, expected, found };
            return Err(Error::Content { path: path.into(), cause });
        }
        Ok(Self { path: path.into(), samples: samples(path, &indices)?, labels })
    }

    /// The path it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The verified labels over the samples and classes of the `given` labels.
    ///
    /// # Errors
    /// [`Error::Content`] at a sample that the given labels lack or one that is verified twice, [`Error::Value`] at a
    /// label that is not one of their classes.
    pub fn labels(&self, given: &LabelColumn) -> Result<VerifiedLabels> {
        let classes = ClassLookup::of(given);
        let class = |row: usize| {
            let value = self.labels.text(row).to_string();
            classes.named(&value).ok_or_else(|| Error::Value {
                path: self.path.clone(),
                row,
                column: TRUE_LABEL.into(),
                value,
                requirement: "be one of the classes of the given labels",
            })
        };
        let labels = (0..self.labels.len()).map(class).collect::<Result<_>>()?;
        VerifiedLabels::new(self.samples.clone(), labels, &given.labels).map_err(Error::content(&self.path))
    }
}

/// The two columns of a table, by their names or, in a table of two columns without a header, by their places; rows
/// whose label is still to be filled in are left out.
fn table_columns(path: &Path, delimiter: u8, choice: &ReadOptions) -> Result<(LabelValues, LabelValues)> {
    match text_columns(path, delimiter, choice, [INDEX, TRUE_LABEL]) {
        Err(Error::Missing { available, .. }) if available == ["0", "1"] => {
            text_columns(path, delimiter, choice, ["0", "1"])
        }
        columns => columns,
    }
}

fn text_columns(
    path: &Path,
    delimiter: u8,
    choice: &ReadOptions,
    names: [&str; 2],
) -> Result<(LabelValues, LabelValues)> {
    let column = |name: &str| label_column(path, delimiter, &of_column(choice, name));
    let (indices, labels) = (column(names[0])?, column(names[1])?);
    if labels.is_empty() {
        return Err(Error::EmptyFile { path: path.into() });
    }
    let filled = indices.into_iter().zip(labels).filter(|(_, label)| !label.is_empty());
    let (indices, labels): (Vec<String>, Vec<String>) = filled.unzip();
    if labels.is_empty() {
        return Ok((LabelValues::Integers(Vec::new()), LabelValues::Integers(Vec::new())));
    }
    let indices = LabelValues::from_text(path, INDEX, indices.clone()).unwrap_or(LabelValues::Strings(indices));
    Ok((indices, LabelValues::from_text(path, TRUE_LABEL, labels)?))
}

fn named_columns(path: &Path, choice: &ReadOptions, names: [&str; 2]) -> Result<(LabelValues, LabelValues)> {
    let column = |name: &str| Ok(LabelFile::read(path, &of_column(choice, name))?.values().clone());
    Ok((column(names[0])?, column(names[1])?))
}

fn of_column(choice: &ReadOptions, name: &str) -> ReadOptions {
    ReadOptions { array: Some(name.into()), exclude: Vec::new(), ..choice.clone() }
}

#[derive(Deserialize)]
struct Line<'a> {
    index: i64,
    true_label: Label<'a>,
}

fn json_columns(path: &Path) -> Result<(LabelValues, LabelValues)> {
    let (mut indices, mut labels) = (Vec::new(), Vec::new());
    for (row, text) in lines(path)?.iter().enumerate() {
        let refuse = |error: serde_json::Error| Error::Parser {
            path: path.into(),
            cause: format!("row {row} is not a verified label: {error}").into(),
        };
        let line: Line<'_> = serde_json::from_str(text).map_err(refuse)?;
        indices.push(line.index);
        labels.push(line.true_label);
    }
    Ok((LabelValues::Integers(indices), label_values(path, TRUE_LABEL, labels)?))
}

fn samples(path: &Path, indices: &LabelValues) -> Result<Vec<usize>> {
    let sample = |row: usize| match indices {
        LabelValues::Integers(values) => usize::try_from(values[row]).ok(),
        LabelValues::Strings(values) => values[row].parse().ok(),
    };
    let refuse = |row: usize| Error::Value {
        path: path.into(),
        row,
        column: INDEX.into(),
        value: indices.text(row).to_string(),
        requirement: "be the number of a sample, from 0 on",
    };
    (0..indices.len()).map(|row| sample(row).ok_or_else(|| refuse(row))).collect()
}
