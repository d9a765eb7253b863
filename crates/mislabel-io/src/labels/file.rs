//! Labels in files, and the classes they name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mislabel_core::{ErrorMask, Labels};

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::extension::Format;
use crate::formats::lines::lines;
use crate::formats::npy::reader as npy;
use crate::formats::{delimited, npz, safetensors};
use crate::labels::class_names::ClassNames;
#[cfg(feature = "parquet")]
use crate::labels::parquet;
use crate::labels::values::{LabelForm, LabelValues};

/// Class indices found in a file must stay below this: memory grows with k, and larger numbers are names, not indices.
pub const MOST_CLASSES: usize = 1 << 20;

/// Which classes the labels are over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Classes {
    /// What the labels show: for integers k is the largest label plus one, for strings the distinct ones
    /// in ascending order of their bytes.
    #[default]
    Observed,
    /// This many, for integer labels (strings must then show exactly this many).
    Count(usize),
    /// These: an integer is a place in the list, a string a name in it.
    Names(ClassNames),
}

/// Labels with the form in which they were written and should be written again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelColumn {
    /// The labels, `(n,)` over k classes; with class names if the file has strings or names were given.
    pub labels: Labels,
    /// Whether the file has integers or strings.
    pub form: LabelForm,
}

impl LabelColumn {
    /// Class indices `classes`, `(m,)`, each below k, in the form of this column. Panics at an index of k or more.
    pub fn written(&self, classes: &[u32]) -> LabelValues {
        match self.form {
            LabelForm::Integers => LabelValues::Integers(classes.iter().map(|&class| class.into()).collect()),
            LabelForm::Strings => LabelValues::Strings(
                classes.iter().map(|&class| self.labels.class_name(class as usize).into()).collect(),
            ),
        }
    }
}

/// A file of labels that have been read but not yet joined to classes.
///
/// Formats: `.npy`, `.npz`, `.safetensors` (a vector of integers, booleans, whole floats, or NumPy strings);
/// `.csv`, `.tsv`, `.parquet` (a column); `.txt` (one label a line). Text is taken for integers if every label
/// is written as one.
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
    path: PathBuf,
    values: LabelValues,
}

impl LabelFile {
    /// Reads the labels chosen from the file at `path`; its extension tells the format.
    ///
    /// # Errors
    /// Whatever is wrong with the file, naming the row and the value of a label that is none.
    pub fn read(path: impl AsRef<Path>, choice: &ReadOptions) -> Result<Self> {
        use Format::{Csv, Npy, Npz, Parquet, Safetensors, Text, Tsv};
        let path = path.as_ref();
        let known = "npy, npz, safetensors, csv, tsv, txt, parquet";
        let from_text = |labels| LabelValues::from_text(path, choice.array.as_deref().unwrap_or("0"), labels);
        let values = match Format::of(path, &[Npy, Npz, Safetensors, Csv, Tsv, Text, Parquet], known)? {
            Npy => LabelValues::from_array(&npy::open(path)?)?,
            Npz => LabelValues::from_array(&npz::open(path, choice)?)?,
            Safetensors => LabelValues::from_array(&safetensors::open(path, choice)?)?,
            Tsv => from_text(delimited::label_column(path, b'\t', choice)?)?,
            Text => from_text(lines(path)?)?,
            #[cfg(feature = "parquet")]
            Parquet => parquet::read(path, choice)?,
            _ => from_text(delimited::label_column(path, b',', choice)?)?,
        };
        Ok(Self { path: path.into(), values })
    }

    /// The path it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The labels as the file writes them, `(n,)`, n ≥ 1.
    pub fn values(&self) -> &LabelValues {
        &self.values
    }

    /// The labels over `classes`.
    ///
    /// # Errors
    /// [`Error::Content`] at a negative label or one of k or more, [`Error::Value`] at a string that is not among
    /// the class names or an index of [`MOST_CLASSES`] or more.
    pub fn column(&self, classes: &Classes) -> Result<LabelColumn> {
        let mut columns = Self::columns(&[self], classes)?;
        Ok(columns.remove(0))
    }

    /// The labels of several files over the same classes: the classes observed in any of them, or those given.
    ///
    /// # Errors
    /// As [`column`](Self::column), and [`Error::LabelForms`] when some files have integers, others strings, and
    /// `classes` does not name the classes.
    pub fn columns(files: &[&Self], classes: &Classes) -> Result<Vec<LabelColumn>> {
        let names = match classes {
            Classes::Names(names) => Some(names.clone()),
            _ => observed_names(files)?,
        };
        let count = match (&names, classes) {
            (Some(names), &Classes::Count(count)) if names.as_slice().len() != count => {
                return Err(wrong_count(files, count));
            }
            (Some(names), _) => names.as_slice().len(),
            (None, Classes::Count(count)) => *count,
            (None, _) => observed_count(files)?,
        };
        files.iter().map(|file| file.over(names.as_ref(), count)).collect()
    }

    /// The labels as flags: 0 and 1, or `true` and `false` in any case, where true marks a label error.
    ///
    /// # Errors
    /// [`Error::Value`] at a label that is no flag.
    pub fn error_mask(&self) -> Result<ErrorMask> {
        let flag = |row: usize| match self.values.text(row).to_string().to_lowercase().as_str() {
            "1" | "true" => Ok(true),
            "0" | "false" => Ok(false),
            _ => Err(self.refusal(row, "be a flag: 0 or 1, true or false")),
        };
        let mask = (0..self.values.len()).map(flag).collect::<Result<_>>()?;
        ErrorMask::new(mask).map_err(Error::content(&self.path))
    }

    fn refusal(&self, row: usize, requirement: &'static str) -> Error {
        let value = self.values.text(row).to_string();
        Error::Value { path: self.path.clone(), row, column: "0".into(), value, requirement }
    }

    fn over(&self, names: Option<&ClassNames>, count: usize) -> Result<LabelColumn> {
        let form = self.values.form();
        let labels = match &self.values {
            LabelValues::Integers(values) => Labels::from_integers(values, Some(count)),
            LabelValues::Strings(values) => {
                let indices = names.map(ClassNames::indices).unwrap_or_default();
                let class = |(row, name): (usize, &String)| {
                    indices.get(name.as_str()).copied().ok_or_else(|| self.refusal(row, "be one of the class names"))
                };
                let classes: Vec<i64> = values.iter().enumerate().map(class).collect::<Result<_>>()?;
                Labels::from_integers(&classes, Some(count))
            }
        };
        let labels = match (labels, names) {
            (Ok(labels), Some(names)) => labels.with_class_names(names.as_slice()),
            (labels, _) => labels,
        };
        Ok(LabelColumn { labels: labels.map_err(Error::content(&self.path))?, form })
    }
}

/// The distinct strings in the files, ascending; `None` when all files have integers.
fn observed_names(files: &[&LabelFile]) -> Result<Option<ClassNames>> {
    let mut names = BTreeSet::new();
    for file in files {
        if let LabelValues::Strings(values) = &file.values {
            names.extend(values);
        }
    }
    let with_form = |form| files.iter().find(move |file| file.values.form() == form);
    match (with_form(LabelForm::Integers), with_form(LabelForm::Strings)) {
        (Some(integers), Some(strings)) => {
            Err(Error::LabelForms { integers: integers.path.clone(), strings: strings.path.clone() })
        }
        (_, Some(_)) => ClassNames::new(names.into_iter().cloned()).map(Some),
        _ => Ok(None),
    }
}

/// The largest integer in the files, plus one.
fn observed_count(files: &[&LabelFile]) -> Result<usize> {
    let mut count = 1;
    for file in files {
        let LabelValues::Integers(values) = &file.values else { continue };
        if let Some(row) = values.iter().position(|&value| value >= MOST_CLASSES as i64) {
            return Err(file.refusal(row, "be a class index below 1048576; write other numbers as strings"));
        }
        let largest = values.iter().copied().max().unwrap_or(0).max(0);
        count = count.max(largest as usize + 1);
    }
    Ok(count)
}

fn wrong_count(files: &[&LabelFile], count: usize) -> Error {
    let path = files.first().map(|file| file.path.clone()).unwrap_or_default();
    let requirement = "the number of distinct strings; give the class names instead";
    Error::Content { path, cause: mislabel_core::Error::parameter("classes", count, requirement) }
}
