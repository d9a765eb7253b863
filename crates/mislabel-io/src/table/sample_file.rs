//! A table of samples: what they are called, what one sees of them, and whatever else it says.

use std::path::{Path, PathBuf};

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::extension::Format;
use crate::issues::table::SampleColumn;
use crate::table::column::ColumnKind;
use crate::table::dataset::Table;
use crate::table::guess::Purpose;
use crate::table::named::KNOWN;
use crate::table::role::{Role, Understanding};
use crate::table::roles::roles;
use crate::table::sources::files;
use crate::table::whole_column::columns;

/// The columns of single values of a table of samples, each with its role: ids, paths of media, texts, splits, and others.
///
/// Any table will do: `.csv`, `.tsv`, `.txt`, `.jsonl`, `.json`, `.arrow`, `.parquet`, several files as one. Columns of lists,
/// such as embeddings, are left out.
///
/// ```
/// use mislabel_io::{ReadOptions, Role, SampleFile};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("samples.jsonl");
/// std::fs::write(&path, "{\"path\":\"a.png\",\"camera\":7}\n{\"path\":\"b.png\",\"camera\":8}\n")?;
///
/// let table = SampleFile::read(&path, &ReadOptions::default())?;
/// assert_eq!(table.rows(), 2);
/// assert_eq!(table.with_role(Role::MediaPath).unwrap().cells[1].as_deref(), Some("b.png"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct SampleFile {
    path: PathBuf,
    rows: usize,
    columns: Vec<(Role, SampleColumn)>,
    understanding: Understanding,
}

impl SampleFile {
    /// Reads the table at `path`: a file, a folder of tables, or a pattern.
    ///
    /// # Errors
    /// Whatever is wrong with the file; [`Error::NoColumn`] where it has no column of single values.
    pub fn read(path: impl AsRef<Path>, choice: &ReadOptions) -> Result<Self> {
        let path = path.as_ref();
        let files = files(path)?;
        let format = Format::by_extension(&files[0])
            .filter(|format| !matches!(format, Format::Npy | Format::Npz | Format::Safetensors))
            .ok_or_else(|| Error::Extension { path: files[0].clone(), known: KNOWN })?;
        let table = Table::open(files, format, choice)?;
        let roles = roles(&table, choice, Purpose::Samples)?;
        let single: Vec<usize> =
            (0..table.columns.len()).filter(|number| is_single(&table.columns[*number].kind)).collect();
        let mut read = Vec::new();
        for (number, cells) in single.iter().zip(columns(&table, &single, choice)?) {
            let name = table.columns[*number].name.trim().to_owned();
            read.push((roles.columns[*number].role, SampleColumn { name, cells: cells? }));
        }
        let Some(rows) = read.first().map(|(_, column)| column.cells.len()) else {
            return Err(table.no_column("there is no column of single values".into()));
        };
        Ok(Self { path: path.into(), rows, columns: read, understanding: roles.understanding(&table) })
    }

    /// The path it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns with their roles, in the order of the table.
    pub fn columns(&self) -> &[(Role, SampleColumn)] {
        &self.columns
    }

    /// The first column of this role.
    pub fn with_role(&self, role: Role) -> Option<&SampleColumn> {
        self.columns.iter().find(|(found, _)| *found == role).map(|(_, column)| column)
    }

    /// The column called `name`.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is none.
    pub fn named(&self, name: &str) -> Result<&SampleColumn> {
        let found = self.columns.iter().find(|(_, column)| column.name == name.trim());
        found.map(|(_, column)| column).ok_or_else(|| Error::Missing {
            path: self.path.clone(),
            name: name.into(),
            available: self.columns.iter().map(|(_, column)| column.name.clone()).collect(),
        })
    }

    /// The columns, each with its role.
    pub fn into_columns(self) -> Vec<(Role, SampleColumn)> {
        self.columns
    }

    /// What was read as what.
    pub fn understanding(&self) -> &Understanding {
        &self.understanding
    }
}

/// Whether the cells of a column of this kind are single values that have a text.
pub(crate) fn is_single(kind: &ColumnKind) -> bool {
    use ColumnKind::{Boolean, Integer, Media, Number, Text, Time};
    matches!(kind, Integer | Number | Boolean | Text | Time | Media)
}
