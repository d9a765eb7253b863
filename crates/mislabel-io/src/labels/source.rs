//! Where the labels of a file are: the cells of a column, or the elements of an array.

use std::path::{Path, PathBuf};

use crate::choice::{ReadOptions, Unlabelled};
use crate::error::{Error, Result};
use crate::formats::extension::Format;
use crate::formats::npy::reader as npy;
use crate::formats::{npz, safetensors};
use crate::issues::table::SampleColumn;
use crate::labels::class_names::ClassNames;
use crate::labels::values::{LabelValues, ReadLabels};
use crate::storage::element::Element;
use crate::storage::stored_array::StoredArray;
use crate::table::role::Understanding;

/// The labels of a file, and what was found out on the way.
pub(crate) struct Source {
    pub(crate) labels: ReadLabels,
    /// Their column, by its name or number; `None` for an array.
    pub(crate) column: Option<String>,
    /// The classes that the file itself names.
    pub(crate) names: Option<ClassNames>,
    pub(crate) understanding: Understanding,
    /// The columns of sample ids, best first.
    pub(crate) ids: Vec<SampleColumn>,
}

const KNOWN: &str =
    "npy, npz, safetensors, csv, tsv, txt, jsonl, json, arrow, feather, parquet (text also with .gz or .zst)";

/// Reads the labels in the file, the folder of files, or the files that match the pattern `path`.
pub(crate) fn read(path: &Path, choice: &ReadOptions) -> Result<Source> {
    let files = files(path)?;
    let format =
        Format::by_extension(&files[0]).ok_or_else(|| Error::Extension { path: files[0].clone(), known: KNOWN })?;
    match format {
        Format::Npy => of_arrays(&files, choice, npy::open),
        Format::Npz | Format::Safetensors => {
            let mut first = None;
            let source = of_arrays(&files, choice, |path| {
                let (array, called) = match format {
                    Format::Npz => npz::open(path, choice, npz::Wanted::Labels)?,
                    _ => safetensors::open(path, choice, npz::Wanted::Labels)?,
                };
                first.get_or_insert(called);
                Ok(array)
            })?;
            Ok(Source { understanding: source.understanding.of_archive(first.unwrap_or_default()), ..source })
        }
        _ => of_table(files, format, choice),
    }
}

#[cfg(feature = "tables")]
fn files(path: &Path) -> Result<Vec<PathBuf>> {
    crate::table::sources::files(path)
}

#[cfg(not(feature = "tables"))]
fn files(path: &Path) -> Result<Vec<PathBuf>> {
    Ok(vec![path.into()])
}

fn of_arrays(
    files: &[PathBuf],
    choice: &ReadOptions,
    mut open: impl FnMut(&Path) -> Result<StoredArray>,
) -> Result<Source> {
    let mut cells = Vec::new();
    let mut element = String::new();
    for file in files {
        let array = open(file)?;
        element = array.layout().element.words();
        if let ([_], Some(integers)) = (files, integers(&array, choice)?) {
            let labels = ReadLabels {
                values: LabelValues::Integers(integers),
                unlabelled: Vec::new(),
                written: Vec::new(),
                fraction: None,
            };
            return Ok(Source::of_array(labels, files, &element));
        }
        cells.extend(array_cells(&array)?);
    }
    let labels = ReadLabels::from_cells(&files[0], "0", cells, &choice.unlabelled, false)?;
    Ok(Source::of_array(labels, files, &element))
}

impl Source {
    fn of_array(labels: ReadLabels, files: &[PathBuf], element: &str) -> Self {
        let format = format!("array of {element}");
        let understanding = Understanding { files: files.to_vec(), format, ..Understanding::default() };
        Self { labels, column: None, names: None, understanding, ids: Vec::new() }
    }
}

/// The labels of an array of integers among which none can stand for no label.
fn integers(array: &StoredArray, choice: &ReadOptions) -> Result<Option<Vec<i64>>> {
    let n = array.column_length()?;
    let element = array.layout().element;
    if element.is_text() || element.is_float() || element == Element::Bool {
        return Ok(None);
    }
    let values: std::result::Result<Vec<i64>, f64> = (0..n).map(|row| array.integer(row)).collect();
    Ok(values.ok().filter(|values| choice.unlabelled == Unlabelled::Refuse || values.iter().all(|value| *value >= 0)))
}

/// The elements of a vector as text; NaN is a missing one.
fn array_cells(array: &StoredArray) -> Result<Vec<Option<String>>> {
    let rows = 0..array.column_length()?;
    let element = array.layout().element;
    let unicode = |row: usize| Error::Value {
        path: array.path().into(),
        row,
        column: "0".into(),
        value: "�".into(),
        requirement: "be Unicode text",
    };
    let float = |value: f64| (!value.is_nan()).then(|| value.to_string());
    let cell = |row: usize| match array.integer(row) {
        Ok(value) if element == Element::Bool => Some(if value == 0 { "False" } else { "True" }.to_owned()),
        Ok(value) => Some(value.to_string()),
        Err(value) => array.unsigned(row).map(|value| value.to_string()).or_else(|| float(value)),
    };
    match element.is_text() {
        true => rows
            .map(|row| array.text(row).map(|text| Some(text.trim().to_owned())).ok_or_else(|| unicode(row)))
            .collect(),
        false => Ok(rows.map(cell).collect()),
    }
}

#[cfg(feature = "tables")]
fn of_table(files: Vec<PathBuf>, format: Format, choice: &ReadOptions) -> Result<Source> {
    use crate::table::column::ColumnKind;
    use crate::table::dataset::Table;
    use crate::table::guess::Purpose;
    use crate::table::roles::{column_and_ids, roles};

    let table = Table::open(files, format, choice)?;
    let roles = roles(&table, choice, Purpose::Labels)?;
    let chosen = roles.chosen[0];
    let found = &table.columns[chosen];
    let refuse =
        |requirement: &str| Err(Error::parser(table.path())(format!("column {} holds {requirement}", found.name)));
    match &found.kind {
        ColumnKind::List | ColumnKind::OtherList => return refuse("lists: samples with several labels are not read"),
        ColumnKind::Time => return refuse("dates or times, no labels: name another with --labels-key"),
        ColumnKind::Media => return refuse("images or sounds, no labels: name another with --labels-key"),
        ColumnKind::Other(what) => return refuse(&format!("{what}, no labels: name another with --labels-key")),
        _ => {}
    }
    let names = found.declared.classes.clone().filter(|names| !names.is_empty()).map(ClassNames::new).transpose()?;
    let (cells, ids) = column_and_ids(&table, chosen, &roles, choice)?;
    let labels = ReadLabels::from_cells(table.path(), &found.name, cells, &choice.unlabelled, names.is_some())?;
    let name = found.name.clone();
    Ok(Source { labels, column: Some(name), names, understanding: roles.understanding(&table), ids })
}

#[cfg(not(feature = "tables"))]
fn of_table(files: Vec<PathBuf>, format: Format, choice: &ReadOptions) -> Result<Source> {
    let path = &files[0];
    if format != Format::Text {
        return Err(Error::Extension {
            path: path.clone(),
            known: "npy, npz, safetensors, txt (others need the feature tables)",
        });
    }
    let cells = crate::formats::lines::lines(path)?.into_iter().map(Some).collect();
    let labels = ReadLabels::from_cells(path, "0", cells, &choice.unlabelled, false)?;
    let format = "one value a line".to_owned();
    let understanding = Understanding { files, format, ..Understanding::default() };
    Ok(Source { labels, column: Some("0".into()), names: None, understanding, ids: Vec::new() })
}
