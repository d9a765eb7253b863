//! Labels in files, and the classes they name.

use std::path::Path;

use mislabel_core::ErrorMask;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::issues::table::SampleColumn;
use crate::labels::class_names::ClassNames;
use crate::labels::class_space::ClassSpace;
use crate::labels::classes::Classes;
use crate::labels::column::LabelColumn;
use crate::labels::source::{self, Source};
use crate::labels::values::LabelValues;
use crate::labels::written::WrittenLabels;
use crate::table::role::Understanding;

/// A file of labels that have been read but not yet joined to classes.
///
/// Formats: `.npy`, `.npz`, `.safetensors` (a vector of integers, booleans, floats, or NumPy strings); tables (a column of
/// `.csv`, `.tsv`, `.jsonl`, `.json`, `.arrow`, `.feather`, `.parquet`); `.txt` (one label a line, or a table). Labels are
/// integers if every one is a whole number, however it is spelled (`3`, `3.0`, `3.000e+00`), in any format. Codes are but
/// names: any integers will do.
///
/// ```
/// use mislabel_io::{ReadOptions, Classes, LabelFile, LabelForm};
///
/// let folder = tempfile::tempdir()?;
/// let (given, truth) = (folder.path().join("given.txt"), folder.path().join("true.txt"));
/// std::fs::write(&given, "dog\ncat\ndog\n")?;
/// std::fs::write(&truth, "dog\nbat\ndog\n")?;
/// let given = LabelFile::read(&given, &ReadOptions::default())?;
/// let truth = LabelFile::read(&truth, &ReadOptions::default())?;
///
/// let columns = LabelFile::columns(&[&given, &truth], &Classes::Observed)?;
/// assert_eq!(columns[0].form, LabelForm::Strings);
/// assert_eq!(columns[0].labels.class_names().unwrap(), ["bat", "cat", "dog"]);
/// assert_eq!(columns[0].labels.values(), [2, 1, 2]);
/// assert_eq!(columns[1].labels.values(), [2, 0, 2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct LabelFile {
    written: WrittenLabels,
    understanding: Understanding,
    ids: Vec<SampleColumn>,
    choice: ReadOptions,
}

impl LabelFile {
    /// Reads the labels chosen from the file at `path`; its extension tells the format. A folder of tables, or a pattern such
    /// as `labels-*.csv`, is read as one table in the order of the names.
    ///
    /// # Errors
    /// Whatever is wrong with the file, naming the row and the value of a label that is none.
    pub fn read(path: impl AsRef<Path>, choice: &ReadOptions) -> Result<Self> {
        let path = path.as_ref();
        let Source { labels, column, names, understanding, ids } = source::read(path, choice)?;
        let written = WrittenLabels { path: path.into(), labels, column, names };
        Ok(Self { written, understanding, ids, choice: choice.clone() })
    }

    /// The path it was read from.
    pub fn path(&self) -> &Path {
        &self.written.path
    }

    /// The labels as the file writes them, `(m,)`, m ≥ 1, of the samples that have one.
    pub fn values(&self) -> &LabelValues {
        &self.written.labels.values
    }

    /// The number of samples n, with a label or without.
    pub fn samples(&self) -> usize {
        self.values().len() + self.unlabelled().len()
    }

    /// The samples without a label, ascending; none unless [`ReadOptions::unlabelled`] keeps them.
    pub fn unlabelled(&self) -> &[usize] {
        &self.written.labels.unlabelled
    }

    /// How the file writes that a sample has no label, each way once.
    pub fn unlabelled_as(&self) -> &[String] {
        &self.written.labels.written
    }

    /// The column of a table that the labels are, by its name or number.
    pub fn column_name(&self) -> Option<&str> {
        self.written.column.as_deref()
    }

    /// The classes that the file itself names, as Hugging Face's files do.
    pub fn named_classes(&self) -> Option<&ClassNames> {
        self.written.names.as_ref()
    }

    /// The column of ids of the samples, `(n,)`, where the table has one.
    pub fn ids(&self) -> Option<&SampleColumn> {
        self.ids.first()
    }

    /// All columns that tell the samples apart, `(n,)` each, best first: a table may have an index beside its ids.
    pub fn id_columns(&self) -> &[SampleColumn] {
        &self.ids
    }

    /// The labels of the samples `rows`, ascending, alone. Panics at a row of n or more, or where no sample of them has a label.
    #[must_use]
    pub fn of_samples(&self, rows: &[usize]) -> Self {
        let cells = |ids: &SampleColumn| rows.iter().map(|row| ids.cells[*row].clone()).collect();
        let ids = self.ids.iter().map(|ids| SampleColumn { name: ids.name.clone(), cells: cells(ids) }).collect();
        Self { written: self.written.of_samples(rows), ids, ..self.clone() }
    }

    /// How it was read.
    pub(crate) fn choice(&self) -> &ReadOptions {
        &self.choice
    }

    /// What was read as what.
    pub fn understanding(&self) -> &Understanding {
        &self.understanding
    }

    /// The labels over `classes`.
    ///
    /// # Errors
    /// [`Error::Content`] at an integer that is none of the classes, [`Error::Value`] at a string that is not among
    /// the class names.
    pub fn column(&self, classes: &Classes) -> Result<LabelColumn> {
        let mut columns = Self::columns(&[self], classes)?;
        Ok(columns.remove(0))
    }

    /// The labels of several files over the same classes: the classes observed in any of them, or those given.
    ///
    /// # Errors
    /// As [`column`](Self::column), and [`Error::LabelForms`] when some files have integers, others strings, and
    /// neither `classes` nor a file names the classes.
    pub fn columns(files: &[&Self], classes: &Classes) -> Result<Vec<LabelColumn>> {
        let written: Vec<&WrittenLabels> = files.iter().map(|file| &file.written).collect();
        let space = ClassSpace::of(&written, classes)?;
        written.into_iter().map(|labels| space.column(labels)).collect()
    }

    /// The labels as flags: 0 and 1, or `true` and `false` in any case, where true marks a label error.
    ///
    /// # Errors
    /// [`Error::Value`] at a label that is no flag.
    pub fn error_mask(&self) -> Result<ErrorMask> {
        let flag = |row: usize| match self.values().text(row).to_string().to_lowercase().as_str() {
            "1" | "true" => Ok(true),
            "0" | "false" => Ok(false),
            _ => Err(self.written.refusal(row, "be a flag: 0 or 1, true or false")),
        };
        let mask = (0..self.values().len()).map(flag).collect::<Result<_>>()?;
        ErrorMask::new(mask).map_err(Error::content(self.path()))
    }

    /// The distinct labels as text, in the order of classes.
    pub(crate) fn distinct(&self) -> Vec<String> {
        self.written.distinct()
    }

    /// The labels that are integers.
    pub(crate) fn integers(&self) -> impl Iterator<Item = i64> {
        self.written.integers()
    }
}
