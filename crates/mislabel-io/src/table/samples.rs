//! Samples that a table describes or holds: texts, paths of pictures, pictures.

use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::cast;
use arrow_schema::DataType;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::extension::Format;
use crate::labels::missing::is_missing;
use crate::table::batches::Cells;
use crate::table::cells::texts;
use crate::table::column::ColumnKind;
use crate::table::dataset::Table;
use crate::table::guess::Purpose;
use crate::table::named::KNOWN;
use crate::table::names::role_by_name;
use crate::table::role::{ReadColumn, Role, Understanding};
use crate::table::roles::roles;
use crate::table::sources::files;
use crate::table::whole_column::column;

/// What samples are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleKind {
    /// Texts.
    Text,
    /// Pictures: their paths, or their bytes.
    Media,
}

/// What one row has of its sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SampleContent {
    /// Nothing.
    Missing,
    /// A text.
    Text(String),
    /// The path of a file.
    Path(String),
    /// The bytes of a file, and the path it had, as Hugging Face stores them.
    Bytes {
        /// The bytes.
        bytes: Vec<u8>,
        /// The path.
        path: Option<String>,
    },
}

/// One row of a [`SampleSheet`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleRow {
    /// Its number in the table, from 0.
    pub row: usize,
    /// The sample.
    pub content: SampleContent,
    /// Its label: the name of the class where the file names classes.
    pub label: Option<String>,
    /// The split that it belongs to.
    pub split: Option<String>,
}

/// A table of samples, in one file or several, read row by row.
///
/// ```
/// use mislabel_io::{ReadOptions, SampleContent, SampleKind, SampleSheet};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("photos.csv");
/// std::fs::write(&path, "file,species\n1.png,cat\n2.png,dog\n")?;
/// let sheet = SampleSheet::open(&path, SampleKind::Media, None, None, &ReadOptions::default())?;
/// assert_eq!((sheet.rows(), sheet.is_labelled()), (2, true));
/// let mut found = Vec::new();
/// sheet.each(&mut |row| {
///     found.push((row.content, row.label));
///     true
/// })?;
/// assert_eq!(found[1], (SampleContent::Path("2.png".into()), Some("dog".into())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SampleSheet {
    table: Table,
    kind: SampleKind,
    sample: usize,
    labels: Option<Vec<Option<String>>>,
    splits: Option<Vec<Option<String>>>,
    rows: usize,
    understanding: Understanding,
}

impl SampleSheet {
    /// Opens the table at `path`: a file, a folder, or a pattern. `sample` names the column of the samples and `label` that of the
    /// labels, where the file's metadata, names, and content leave a choice; a table may have no labels.
    ///
    /// # Errors
    /// [`Error::NoColumn`] where no column or several can be the samples, and whatever is wrong with a file.
    pub fn open(
        path: impl AsRef<Path>,
        kind: SampleKind,
        sample: Option<&str>,
        label: Option<&str>,
        choice: &ReadOptions,
    ) -> Result<Self> {
        let files = files(path.as_ref())?;
        use Format::{Arrow, Csv, Json, JsonLines, Parquet, Text, Tsv};
        let format = Format::of(&files[0], &[Csv, Tsv, Text, JsonLines, Json, Arrow, Parquet], KNOWN)?;
        let table = Table::open(files, format, choice)?;
        if table.is_empty() {
            return Err(Error::EmptyFile { path: table.path().into() });
        }
        let sample = match sample {
            Some(name) => table.position(name)?,
            None => likely(&table, kind, label.map(|name| table.position(name)).transpose()?)?,
        };
        let (label, understanding) = labels(&table, kind, sample, label, choice)?;
        let split = understanding.columns.iter().position(|column| column.role == Role::Split);
        let cells = |number: Option<usize>| number.map(|number| column(&table, number, choice)).transpose();
        let splits = cells(split)?;
        let labels = cells(label)?.map(|cells| named(&table, label, cells));
        let rows = match &labels {
            Some(labels) => labels.len(),
            None => table.each(&[sample], Cells::Text, |_, _| Ok(()))?,
        };
        Ok(Self { table, kind, sample, labels, splits, rows, understanding })
    }

    /// The file, or the first of several.
    pub fn path(&self) -> &Path {
        self.table.path()
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Whether there is a column of labels.
    pub fn is_labelled(&self) -> bool {
        self.labels.is_some()
    }

    /// Whether a column says which split a sample belongs to.
    pub fn has_splits(&self) -> bool {
        self.splits.is_some()
    }

    /// What was read as what.
    pub fn understanding(&self) -> &Understanding {
        &self.understanding
    }

    /// The split of every row, where a column says it.
    pub fn splits(&self) -> Option<&[Option<String>]> {
        self.splits.as_deref()
    }

    /// The sample of one row, where it is found without reading the others, as in Parquet; `None` elsewhere, and beyond the last.
    ///
    /// # Errors
    /// Whatever is wrong with the file.
    pub fn content(&self, row: usize) -> Result<Option<SampleContent>> {
        let Some((path, batch)) = self.table.row(row, self.sample)? else { return Ok(None) };
        let name = &self.table.columns[self.sample].name;
        Ok(contents(&path, name, &batch, self.kind)?.pop())
    }

    /// Hands every row to `each`, in order, until it answers `false`.
    ///
    /// # Errors
    /// Whatever is wrong with a file.
    pub fn each(&self, each: &mut dyn FnMut(SampleRow) -> bool) -> Result<()> {
        let (mut next, mut stopped) = (0, false);
        let name = &self.table.columns[self.sample].name;
        let done = self.table.each(&[self.sample], Cells::Text, |place, batch| {
            for content in contents(place.path, name, batch, self.kind)? {
                let cell = |cells: &Option<Vec<Option<String>>>| cells.as_ref().and_then(|cells| cells[next].clone());
                let row = SampleRow { row: next, content, label: cell(&self.labels), split: cell(&self.splits) };
                next += 1;
                if !each(row) {
                    stopped = true;
                    // Any error stops the table; this one goes no further.
                    return Err(Error::EmptyFile { path: PathBuf::new() });
                }
            }
            Ok(())
        });
        if stopped { Ok(()) } else { done.map(drop) }
    }
}

/// The column that samples of `kind` most likely are.
fn likely(table: &Table, kind: SampleKind, label: Option<usize>) -> Result<usize> {
    let (role, option) = match kind {
        SampleKind::Text => (Role::Text, "texts: name one with --texts-key"),
        SampleKind::Media => (Role::MediaPath, "pictures: name one with --images-key"),
    };
    let columns = || (0..table.columns.len()).filter(|column| Some(*column) != label);
    let is_media = |column: &usize| {
        let column = &table.columns[*column];
        column.kind == ColumnKind::Media || column.declared.is_media
    };
    let has_role = |column: &usize| {
        let found = &table.columns[*column];
        found.is_named && role_by_name(&found.name, &table.kind(*column)) == Some(role)
    };
    let is_text = |column: &usize| kind == SampleKind::Text && table.kind(*column).is_text();
    let media: Vec<usize> = columns().filter(|column| kind == SampleKind::Media && is_media(column)).collect();
    let by_role: Vec<usize> = columns().filter(has_role).collect();
    let texts: Vec<usize> = columns().filter(is_text).collect();
    match [media, by_role, texts].into_iter().find(|found| !found.is_empty()).unwrap_or_default()[..] {
        [column] => Ok(column),
        [] => Err(table.no_column(format!("no column can be the {option}"))),
        _ => Err(table.no_column(format!("several columns can be the {option}"))),
    }
}

/// The column of the labels, if there is one, and what was read as what.
fn labels(
    table: &Table,
    kind: SampleKind,
    sample: usize,
    label: Option<&str>,
    choice: &ReadOptions,
) -> Result<(Option<usize>, Understanding)> {
    let mut choice = ReadOptions { array: label.map(Into::into), ..choice.clone() };
    let name = table.columns[sample].name.clone();
    let told = match kind {
        SampleKind::Text => &mut choice.columns.text,
        SampleKind::Media => &mut choice.columns.path,
    };
    told.push(name.clone());
    match roles(table, &choice, Purpose::Labels) {
        Ok(roles) if roles.chosen[0] != sample => {
            let chosen = roles.chosen[0];
            Ok((Some(chosen), roles.understanding(table)))
        }
        Err(error) if label.is_some() => Err(error),
        // Samples without labels can be embedded all the same.
        Ok(_) | Err(Error::NoColumn { .. }) => {
            let role = if kind == SampleKind::Text { Role::Text } else { Role::MediaPath };
            let columns = vec![ReadColumn { name, role, because: String::new() }];
            let notes = vec!["no column is taken for labels: --labels-key names one".to_owned()];
            Ok((None, Understanding { files: table.files.clone(), format: table.form(), columns, notes }))
        }
        Err(error) => Err(error),
    }
}

/// The `cells` of the column of labels: names where the file names its classes, nothing where a cell is empty.
fn named(table: &Table, label: Option<usize>, cells: Vec<Option<String>>) -> Vec<Option<String>> {
    let names = label.and_then(|label| table.columns[label].declared.classes.as_ref());
    let name = |cell: String| {
        if is_missing(&cell) {
            return None;
        }
        let Some(names) = names.filter(|names| !names.is_empty()) else { return Some(cell) };
        match cell.parse::<i64>() {
            Ok(code) if code < 0 => None,
            Ok(code) => Some(usize::try_from(code).ok().and_then(|code| names.get(code)).cloned().unwrap_or(cell)),
            Err(_) => Some(cell),
        }
    };
    cells.into_iter().map(|cell| cell.and_then(name)).collect()
}

/// The samples in a batch whose only column they are.
fn contents(path: &Path, name: &str, batch: &RecordBatch, kind: SampleKind) -> Result<Vec<SampleContent>> {
    let cells = batch.column(0);
    match (cells.data_type(), kind) {
        (DataType::Struct(_), SampleKind::Media) => {
            let part = |name: &str| cells.as_struct().column_by_name(name).cloned();
            let paths = part("path").map(|paths| texts(path, name, &paths)).transpose()?;
            let bytes = part("bytes").map(|bytes| binary(path, &bytes)).transpose()?;
            let row = |row: usize| {
                let path = paths.as_ref().and_then(|paths| paths[row].clone());
                match bytes.as_ref().and_then(|bytes| bytes[row].clone()) {
                    _ if cells.is_null(row) => SampleContent::Missing,
                    Some(bytes) => SampleContent::Bytes { bytes, path },
                    None => path.map_or(SampleContent::Missing, SampleContent::Path),
                }
            };
            Ok((0..cells.len()).map(row).collect())
        }
        (DataType::Binary | DataType::LargeBinary | DataType::BinaryView, SampleKind::Media) => {
            let content = |bytes: Option<Vec<u8>>| match bytes {
                Some(bytes) => SampleContent::Bytes { bytes, path: None },
                None => SampleContent::Missing,
            };
            Ok(binary(path, cells)?.into_iter().map(content).collect())
        }
        _ => {
            let content = |cell: Option<String>| match (cell.filter(|cell| !cell.is_empty()), kind) {
                (None, SampleKind::Text) => SampleContent::Text(String::new()),
                (None, SampleKind::Media) => SampleContent::Missing,
                (Some(text), SampleKind::Text) => SampleContent::Text(text),
                (Some(path), SampleKind::Media) => SampleContent::Path(path),
            };
            Ok(texts(path, name, cells)?.into_iter().map(content).collect())
        }
    }
}

fn binary(path: &Path, cells: &ArrayRef) -> Result<Vec<Option<Vec<u8>>>> {
    let cells = cast(cells, &DataType::LargeBinary).map_err(Error::parser(path))?;
    Ok(cells.as_binary::<i64>().iter().map(|cell| cell.map(<[u8]>::to_vec)).collect())
}

#[cfg(all(test, feature = "parquet"))]
mod tests {
    use std::sync::Arc;

    use arrow_array::StringArray;
    use parquet::arrow::ArrowWriter;
    use parquet::file::properties::WriterProperties;

    use super::*;

    #[test]
    fn a_row_of_parquet_files_is_found_without_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let mut rows = 0;
        for (file, count) in [("0.parquet", 10), ("1.parquet", 25)] {
            let texts = StringArray::from_iter_values((rows..rows + count).map(|row| format!("text {row}")));
            let labels = StringArray::from_iter_values((rows..rows + count).map(|row| format!("c{}", row % 3)));
            let columns: [(&str, ArrayRef); 2] = [("text", Arc::new(texts)), ("label", Arc::new(labels))];
            let batch = RecordBatch::try_from_iter(columns).unwrap();
            let file = std::fs::File::create(folder.path().join(file)).unwrap();
            let groups = WriterProperties::builder().set_max_row_group_row_count(Some(4)).build();
            let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(groups)).unwrap();
            writer.write(&batch).unwrap();
            writer.close().unwrap();
            rows += count;
        }
        let sheet = SampleSheet::open(folder.path(), SampleKind::Text, None, None, &ReadOptions::default()).unwrap();
        assert_eq!(sheet.rows(), rows);
        sheet
            .each(&mut |row| {
                assert_eq!(sheet.content(row.row).unwrap(), Some(row.content));
                true
            })
            .unwrap();
        assert_eq!(sheet.content(rows).unwrap(), None);
    }
}
