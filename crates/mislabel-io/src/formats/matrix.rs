//! The matrix in a file, whatever its format.

use std::path::{Path, PathBuf};

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::extension::Format;
use crate::formats::npy::reader as npy;
use crate::formats::{npz, safetensors};
use crate::issues::table::SampleColumn;
use crate::storage::element::Element;
use crate::storage::matrix::Matrix;
use crate::storage::stack::Stack;
use crate::storage::stored_array::StoredArray;
use crate::table::role::Understanding;

/// What a matrix is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Features, which become f32 where they have more digits.
    Features,
    /// Predictions, which become f64.
    Predictions,
    /// Predictions before the softmax, which become f32.
    Logits,
}

/// A matrix, and what was read as what.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) stack: Stack,
    /// The names of its columns, where the file has a name for each.
    pub(crate) names: Option<Vec<String>>,
    pub(crate) understanding: Understanding,
    /// The columns of ids of the samples, best first.
    pub(crate) ids: Vec<SampleColumn>,
}

const KNOWN: &str =
    "npy, npz, safetensors, csv, tsv, txt, jsonl, json, arrow, feather, parquet (text also with .gz or .zst)";

/// The matrix in the file, the folder of files, or the files that match the pattern `path`.
pub(crate) fn matrix(path: &Path, choice: &ReadOptions, content: Content) -> Result<Opened> {
    let files = files(path)?;
    let format =
        Format::by_extension(&files[0]).ok_or_else(|| Error::Extension { path: files[0].clone(), known: KNOWN })?;
    let wanted = if content == Content::Features { npz::Wanted::Features } else { npz::Wanted::Predictions };
    match format {
        Format::Npy => of_arrays(files, npy::open),
        Format::Npz | Format::Safetensors => {
            let mut first = None;
            let opened = of_arrays(files, |path| {
                let (array, called) = match format {
                    Format::Npz => npz::open(path, choice, wanted)?,
                    _ => safetensors::open(path, choice, wanted)?,
                };
                first.get_or_insert(called);
                Ok(array)
            })?;
            Ok(Opened { understanding: opened.understanding.of_archive(first.unwrap_or_default()), ..opened })
        }
        _ => of_table(files, format, choice, content),
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

fn of_arrays(files: Vec<PathBuf>, mut open: impl FnMut(&Path) -> Result<StoredArray>) -> Result<Opened> {
    let arrays: Vec<StoredArray> = files.iter().map(|file| open(file)).collect::<Result<_>>()?;
    let layout = arrays[0].layout();
    let axes: Vec<String> = layout.shape.iter().map(ToString::to_string).collect();
    let format = match files.len() {
        1 => format!("array of {}, {}", layout.element.words(), axes.join(" x ")),
        count => format!("{count} arrays of {}, one after another in the order of their names", layout.element.words()),
    };
    let understanding = Understanding { files, format, ..Understanding::default() };
    let stack = Stack::new(arrays.into_iter().map(Matrix::new).collect::<Result<_>>()?)?;
    Ok(Opened { stack, names: None, understanding, ids: Vec::new() })
}

#[cfg(feature = "tables")]
fn of_table(files: Vec<PathBuf>, format: Format, choice: &ReadOptions, content: Content) -> Result<Opened> {
    use crate::table::dataset::Table;
    use crate::table::features;
    use crate::table::guess::Purpose;
    use crate::table::roles::{ids, roles};

    let (purpose, most) = match content {
        Content::Features => (Purpose::Features, Element::F32),
        Content::Predictions => (Purpose::Predictions, Element::F64),
        Content::Logits => (Purpose::Predictions, Element::F32),
    };
    let table = Table::open(files, format, choice)?;
    let roles = roles(&table, choice, purpose)?;
    let matrix = features::matrix(&table, &roles.chosen, choice, most)?;
    let named = |column: &usize| table.columns[*column].is_named.then(|| table.columns[*column].name.clone());
    let names: Option<Vec<String>> = roles.chosen.iter().map(named).collect();
    let names = names.filter(|names| names.len() == matrix.shape().1 && names.len() > 1);
    let ids = ids(&table, &roles, choice)?;
    Ok(Opened { stack: Stack::new(vec![matrix])?, names, understanding: roles.understanding(&table), ids })
}

#[cfg(not(feature = "tables"))]
fn of_table(files: Vec<PathBuf>, _: Format, _: &ReadOptions, content: Content) -> Result<Opened> {
    let _ = (content, Element::F32);
    Err(Error::Extension { path: files[0].clone(), known: "npy, npz, safetensors (others need the feature tables)" })
}
