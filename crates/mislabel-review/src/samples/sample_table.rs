//! A table of samples: ids, paths or texts, and further columns.

use std::collections::HashSet;
use std::path::Path;

use mislabel_io::{ReadOptions, Role, SampleColumn, SampleFile};

use crate::error::{Error, Result};
use crate::samples::column::Column;
use crate::samples::field_names::FIELDS;
use crate::samples::media::Media;
use crate::samples::packed_texts::PackedTexts;
use crate::samples::samples::Samples;

/// Names of columns that say which sample a row is of.
const INDICES: [&str; 2] = ["index", "mislabel_index"];

/// Before the name of a column that has the name of a field of queries.
const RENAMED: &str = "table.";

/// What a table says of n samples: what they are called, what a person sees of them, and further columns.
///
/// Any table that [`mislabel_io`] reads will do, and its columns are told apart by the same rule as elsewhere. A column `index`
/// says which sample a row is of, from 0; without it rows are in the order of the data. An id names the sample. A path of a
/// media file, or else a text, is what a person sees. All other columns can be asked for in queries; one that has the name of
/// a field of queries, such as `quality`, is called `table.quality`.
///
/// ```
/// use mislabel_review::SampleTable;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("samples.csv");
/// std::fs::write(&path, "index,path,split\n1,b.png,test\n0,a.png,train\n")?;
/// assert_eq!(SampleTable::read(&path)?.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct SampleTable {
    rows: usize,
    ids: Option<PackedTexts>,
    files: Option<PackedTexts>,
    texts: Option<PackedTexts>,
    columns: Vec<(String, PackedTexts)>,
}

impl SampleTable {
    /// Reads the table at `path`.
    ///
    /// # Errors
    /// [`Error::File`] at a file that is no table; [`Error::Table`] at an index that is no number of a row or that is there
    /// twice.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::of(path, SampleFile::read(path, &ReadOptions::default())?.into_columns())
    }

    /// The table of `columns`, read from `path`, which errors name; by their column `index`, if there is one.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn of(path: &Path, mut columns: Vec<(Role, SampleColumn)>) -> Result<Self> {
        let is_index = |(_, column): &(Role, SampleColumn)| INDICES.contains(&column.name.to_lowercase().as_str());
        let index = columns.iter().position(is_index).map(|place| columns.remove(place).1);
        let id = columns.iter().find(|(role, column)| *role == Role::Id && column.name.eq_ignore_ascii_case("id"));
        let ids: Option<PackedTexts> = id.map(|(_, column)| packed(column));
        let mut table = Self::new(columns);
        // A column of this name must tell the samples apart.
        table.ids = table.ids.or(ids);
        let Some(index) = index else { return Ok(table) };
        let order = row_order(path, &index)?;
        Ok(Self { rows: order.len(), ..table }.in_order(&order))
    }

    /// The table of `columns`, `(n,)` each, in the order of the data. Ids are those of the first column of ids that tells all
    /// samples apart.
    pub fn new(columns: Vec<(Role, SampleColumn)>) -> Self {
        let mut table = Self { rows: columns.first().map_or(0, |(_, column)| column.cells.len()), ..Self::default() };
        for (role, column) in columns {
            let texts = packed(&column);
            let place = match role {
                Role::Id if table.ids.is_none() && tells_apart(&texts) => &mut table.ids,
                Role::MediaPath if table.files.is_none() => &mut table.files,
                Role::Text if table.texts.is_none() => &mut table.texts,
                _ => {
                    table.columns.push((column.name, texts));
                    continue;
                }
            };
            *place = Some(texts);
        }
        table
    }

    /// The number of samples n.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is something to see: paths or texts.
    pub fn shows(&self) -> bool {
        self.files.is_some() || self.texts.is_some()
    }

    /// The paths of media, `(n,)`, where the table has some.
    pub fn files(&self) -> Option<&PackedTexts> {
        self.files.as_ref()
    }

    /// The texts, `(n,)`, where the table has some.
    pub fn texts(&self) -> Option<&PackedTexts> {
        self.texts.as_ref()
    }

    /// The ids, `(n,)`, where the table has some.
    pub fn ids(&self) -> Option<&PackedTexts> {
        self.ids.as_ref()
    }

    /// The table of the rows `order`. Panics when one is n or more, as slices do.
    #[must_use]
    pub fn in_order(self, order: &[u32]) -> Self {
        let ordered = |texts: &PackedTexts| order.iter().map(|&row| texts.get(row as usize)).collect();
        Self {
            rows: order.len(),
            ids: self.ids.as_ref().map(ordered),
            files: self.files.as_ref().map(ordered),
            texts: self.texts.as_ref().map(ordered),
            columns: self.columns.iter().map(|(name, texts)| (name.clone(), ordered(texts))).collect(),
        }
    }

    /// This table, and what only `other` says of the same samples.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        if self.rows == 0 {
            return other;
        }
        self.ids = self.ids.or(other.ids);
        self.files = self.files.or(other.files);
        self.texts = self.texts.or(other.texts);
        for (name, texts) in other.columns {
            if !self.columns.iter().any(|(known, _)| *known == name) {
                self.columns.push((name, texts));
            }
        }
        self
    }

    /// `samples` with what the table says of them.
    ///
    /// # Errors
    /// As [`Samples::with_ids`], [`Samples::with_media`] and [`Samples::with_column`].
    pub fn join(self, mut samples: Samples) -> Result<Samples> {
        let mut further = Vec::new();
        match (self.files, self.texts) {
            (Some(files), texts) => {
                samples = samples.with_media(Media::Files(files))?;
                further.extend(texts.map(|texts| ("text".to_owned(), texts)));
            }
            (None, Some(texts)) => samples = samples.with_media(Media::Texts(texts))?,
            (None, None) => {}
        }
        if let Some(ids) = self.ids {
            samples = samples.with_ids(ids)?;
        }
        further.extend(self.columns);
        for (name, texts) in further {
            let taken = |name: &str| FIELDS.contains(&name) || samples.column(name).is_some();
            let name = if taken(&name) { format!("{RENAMED}{name}") } else { name };
            samples = samples.with_column(name, Column::from_texts(&texts))?;
        }
        Ok(samples)
    }
}

fn packed(column: &SampleColumn) -> PackedTexts {
    column.cells.iter().map(|cell| cell.as_deref().unwrap_or("")).collect()
}

/// Whether every text is there once.
fn tells_apart(texts: &PackedTexts) -> bool {
    let mut seen = HashSet::with_capacity(texts.len());
    texts.iter().all(|text| !text.is_empty() && seen.insert(text))
}

/// The row of the table that every sample is in.
fn row_order(path: &Path, indices: &SampleColumn) -> Result<Vec<u32>> {
    let count = indices.cells.len();
    let mut order = vec![u32::MAX; count];
    for (row, text) in indices.cells.iter().enumerate() {
        let text = text.as_deref().unwrap_or("");
        let Some(index) = text.trim().parse::<usize>().ok().filter(|index| *index < count) else {
            let problem = format!("row {row} has the index {text:?}: it must be a number from 0 to {}", count - 1);
            return Err(Error::table(path, problem));
        };
        if order[index] != u32::MAX {
            return Err(Error::table(path, format!("rows {} and {row} have the same index {index}", order[index])));
        }
        order[index] = row as u32;
    }
    Ok(order)
}
