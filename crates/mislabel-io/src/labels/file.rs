//! Labels in files, and the classes they name.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mislabel_core::{ErrorMask, Labels};

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::issues::table::SampleColumn;
use crate::labels::class_names::ClassNames;
use crate::labels::class_order::in_order;
use crate::labels::classes::Classes;
use crate::labels::column::LabelColumn;
use crate::labels::numbers::finite;
use crate::labels::source::{self, Source};
use crate::labels::values::{LabelValues, ReadLabels};
use crate::table::role::Understanding;

/// Classes found in a file must be fewer than this: memory grows with their number.
pub const MOST_CLASSES: usize = 1 << 20;

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
    path: PathBuf,
    labels: ReadLabels,
    column: Option<String>,
    names: Option<ClassNames>,
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
        Ok(Self { path: path.into(), labels, column, names, understanding, ids, choice: choice.clone() })
    }

    /// The path it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The labels as the file writes them, `(m,)`, m ≥ 1, of the samples that have one.
    pub fn values(&self) -> &LabelValues {
        &self.labels.values
    }

    /// The number of samples n, with a label or without.
    pub fn samples(&self) -> usize {
        self.labels.values.len() + self.labels.unlabelled.len()
    }

    /// The samples without a label, ascending; none unless [`ReadOptions::unlabelled`] keeps them.
    pub fn unlabelled(&self) -> &[usize] {
        &self.labels.unlabelled
    }

    /// How the file writes that a sample has no label, each way once.
    pub fn unlabelled_as(&self) -> &[String] {
        &self.labels.written
    }

    /// The column of a table that the labels are, by its name or number.
    pub fn column_name(&self) -> Option<&str> {
        self.column.as_deref()
    }

    /// The classes that the file itself names, as Hugging Face's files do.
    pub fn named_classes(&self) -> Option<&ClassNames> {
        self.names.as_ref()
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
        let is_missing = |row: &usize| self.labels.unlabelled.binary_search(row).is_ok();
        let place = |row: &usize| row - self.labels.unlabelled.partition_point(|missing| missing < row);
        let kept: Vec<usize> = rows.iter().filter(|row| !is_missing(row)).map(place).collect();
        assert!(!kept.is_empty(), "a sample with a label is kept");
        let unlabelled = (0..rows.len()).filter(|place| is_missing(&rows[*place])).collect();
        let labels = ReadLabels { values: self.values().select(&kept), unlabelled, ..self.labels.clone() };
        let cells = |ids: &SampleColumn| rows.iter().map(|row| ids.cells[*row].clone()).collect();
        let ids = self.ids.iter().map(|ids| SampleColumn { name: ids.name.clone(), cells: cells(ids) }).collect();
        Self { labels: ReadLabels { fraction: None, ..labels }, ids, ..self.clone() }
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
        let over = Over::of(files, classes)?;
        files.iter().map(|file| file.over(&over)).collect()
    }

    /// The labels as flags: 0 and 1, or `true` and `false` in any case, where true marks a label error.
    ///
    /// # Errors
    /// [`Error::Value`] at a label that is no flag.
    pub fn error_mask(&self) -> Result<ErrorMask> {
        let flag = |row: usize| match self.values().text(row).to_string().to_lowercase().as_str() {
            "1" | "true" => Ok(true),
            "0" | "false" => Ok(false),
            _ => Err(self.refusal(row, "be a flag: 0 or 1, true or false")),
        };
        let mask = (0..self.values().len()).map(flag).collect::<Result<_>>()?;
        ErrorMask::new(mask).map_err(Error::content(&self.path))
    }

    /// The distinct labels as text, in the order of classes.
    pub(crate) fn distinct(&self) -> Vec<String> {
        match self.values() {
            LabelValues::Integers(values) => {
                values.iter().collect::<BTreeSet<_>>().into_iter().map(ToString::to_string).collect()
            }
            LabelValues::Strings(values) => in_order(values.iter().map(String::as_str)),
        }
    }

    fn refusal(&self, row: usize, requirement: &'static str) -> Error {
        let (value, column) = (self.values().text(row).to_string(), self.column.clone().unwrap_or_else(|| "0".into()));
        Error::Value { path: self.path.clone(), row: self.row(row), column, value, requirement }
    }

    /// The sample that the label at `place` is of.
    fn row(&self, place: usize) -> usize {
        self.labels.unlabelled.iter().fold(place, |row, missing| if *missing <= row { row + 1 } else { row })
    }

    fn over(&self, over: &Over) -> Result<LabelColumn> {
        let labels = match self.values() {
            LabelValues::Integers(values) => over.of_integers(values).map_err(|place| self.none_of(place, over))?,
            LabelValues::Strings(values) => {
                over.of_strings(values).map_err(|place| self.refusal(place, "be one of the class names"))?
            }
        };
        let labels = Labels::new(labels, over.count);
        let labels = match &over.names {
            Some(names) => labels.and_then(|labels| labels.with_class_names(names.iter().cloned())),
            None => labels,
        };
        let column = LabelColumn::new(labels.map_err(Error::content(&self.path))?, self.values().form());
        let codes = over.codes.clone().filter(|_| matches!(self.values(), LabelValues::Integers(_)));
        Ok(column.with_codes(codes).beside(self.labels.unlabelled.clone()))
    }

    fn none_of(&self, place: usize, over: &Over) -> Error {
        let LabelValues::Integers(values) = self.values() else { return self.refusal(place, "be one of the classes") };
        let (row, label, classes) = (self.row(place), values[place], over.count);
        Error::Content { path: self.path.clone(), cause: mislabel_core::Error::LabelOutOfRange { row, label, classes } }
    }
}

/// Classes that labels of both forms are looked up in.
struct Over {
    count: usize,
    names: Option<Vec<String>>,
    /// The integer of every class, where these are not 0 to k - 1.
    codes: Option<Arc<[i64]>>,
}

impl Over {
    fn of(files: &[&LabelFile], classes: &Classes) -> Result<Self> {
        let named = files.iter().find_map(|file| file.names.as_ref());
        match (classes, named) {
            (Classes::Names(names), _) | (Classes::Observed, Some(names)) => Ok(Self::named(names.as_slice().to_vec())),
            (Classes::Codes(codes), _) => Ok(Self::coded(codes.clone())),
            (Classes::Observed, None) => Self::observed(files),
            (Classes::Count(count), _) => Self::counted(files, *count),
        }
    }

    fn named(names: Vec<String>) -> Self {
        Self { count: names.len(), names: Some(names), codes: None }
    }

    fn coded(codes: Vec<i64>) -> Self {
        let plain = codes.iter().copied().eq(0..codes.len() as i64);
        let names = (!plain).then(|| codes.iter().map(ToString::to_string).collect());
        Self { count: codes.len(), names, codes: (!plain).then(|| codes.into()) }
    }

    fn observed(files: &[&LabelFile]) -> Result<Self> {
        let integers = files.iter().find(|file| matches!(file.values(), LabelValues::Integers(_)));
        let strings = files.iter().find(|file| matches!(file.values(), LabelValues::Strings(_)));
        if let (Some(integers), Some(strings)) = (integers, strings) {
            return Err(Error::LabelForms { integers: integers.path.clone(), strings: strings.path.clone() });
        }
        files.iter().try_for_each(|file| refuse_measurements(file))?;
        let over = match strings {
            Some(_) => Self::named(in_order(files.iter().flat_map(|file| file.strings()))),
            None => Self::coded(
                files.iter().flat_map(|file| file.integers()).collect::<BTreeSet<_>>().into_iter().collect(),
            ),
        };
        match over.count > MOST_CLASSES {
            true => Err(wrong_count(files, over.count, "at most 1048576: is this the column of labels?")),
            false => Ok(over),
        }
    }

    fn counted(files: &[&LabelFile], count: usize) -> Result<Self> {
        let fits = |value: i64| (0..count as i64).contains(&value);
        let plain =
            files.iter().all(|file| matches!(file.values(), LabelValues::Integers(_)) && file.integers().all(fits));
        if plain {
            return Ok(Self { count, names: None, codes: None });
        }
        let observed = Self::observed(files)?;
        let of_integers = files.iter().all(|file| matches!(file.values(), LabelValues::Integers(_)));
        match (observed.count == count, of_integers) {
            (true, _) => Ok(observed),
            // The first label that is no index is named where the labels are read.
            (false, true) => Ok(Self { count, names: None, codes: None }),
            (false, false) => {
                Err(wrong_count(files, count, "the number of distinct strings; give the class names instead"))
            }
        }
    }

    /// The class of every integer, or the place of the first that is none.
    fn of_integers(&self, values: &[i64]) -> Result<Vec<u32>, usize> {
        let codes: Option<HashMap<i64, u32>> =
            self.codes.as_ref().map(|codes| codes.iter().copied().zip(0..).collect());
        let class = |value: &i64| match &codes {
            Some(codes) => codes.get(value).copied(),
            None => u32::try_from(*value).ok().filter(|class| (*class as usize) < self.count),
        };
        let by_name = |value: &i64| self.numbers().get(&value.to_string()).copied();
        let all = |class: &dyn Fn(&i64) -> Option<u32>| -> Result<Vec<u32>, usize> {
            values.iter().enumerate().map(|(place, value)| class(value).ok_or(place)).collect()
        };
        // Where names are numbers, a number may be a name; an index it is if all are.
        all(&class).or_else(|place| all(&by_name).map_err(|_| place))
    }

    /// The class of every string, or the place of the first that is none.
    fn of_strings(&self, values: &[String]) -> Result<Vec<u32>, usize> {
        let names: HashMap<&str, u32> = self.names.iter().flatten().map(|name| name.trim()).zip(0..).collect();
        let numbers = self.numbers();
        let class = |(place, name): (usize, &String)| {
            names.get(name.as_str()).or_else(|| numbers.get(name)).copied().ok_or(place)
        };
        values.iter().enumerate().map(class).collect()
    }

    /// The classes whose names are numbers, by the usual spelling of these.
    fn numbers(&self) -> HashMap<String, u32> {
        let number = |(name, class): (&String, u32)| finite(name.trim()).map(|value| (value.to_string(), class));
        self.names.iter().flatten().zip(0..).filter_map(number).collect()
    }
}

impl LabelFile {
    fn strings(&self) -> impl Iterator<Item = &str> {
        let values: &[String] = if let LabelValues::Strings(values) = self.values() { values } else { &[] };
        values.iter().map(String::as_str)
    }

    pub(crate) fn integers(&self) -> impl Iterator<Item = i64> {
        let values: &[i64] = if let LabelValues::Integers(values) = self.values() { values } else { &[] };
        values.iter().copied()
    }
}

/// Numbers with fractions that hardly ever come again are measurements, not classes.
fn refuse_measurements(file: &LabelFile) -> Result<()> {
    let Some(row) = file.labels.fraction else { return Ok(()) };
    if 2 * file.labels.distinct() <= file.values().len() {
        return Ok(());
    }
    let place = row - file.labels.unlabelled.iter().filter(|missing| **missing < row).count();
    Err(file.refusal(place, "be a label: a class index or a class name"))
}

fn wrong_count(files: &[&LabelFile], count: usize, requirement: &'static str) -> Error {
    let path = files.first().map(|file| file.path.clone()).unwrap_or_default();
    Error::Content { path, cause: mislabel_core::Error::parameter("classes", count, requirement) }
}
