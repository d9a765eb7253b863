//! A table of samples in a file: ids, paths or texts, and further columns.

use std::path::Path;

use crate::error::{Error, Result};
use crate::samples::column::Column;
use crate::samples::media::Media;
use crate::samples::packed_texts::PackedTexts;
use crate::samples::samples::Samples;

/// Names of columns that hold paths of files, texts, and ids.
const PATHS: [&str; 5] = ["path", "file", "filepath", "file_name", "image"];
const TEXTS: [&str; 3] = ["text", "sentence", "content"];
const IDS: [&str; 3] = ["id", "key", "uid"];
const INDEX: &str = "index";

/// A table of samples: `.csv` or `.tsv` with a header line.
///
/// A column `index` says which sample a row is of, from 0; without it rows are in the order of the data. `id` names the
/// sample. One of `path` (also `file`, `filepath`, `file_name`, `image`) and `text` (also `sentence`, `content`) is what a
/// person sees. All other columns can be asked for in queries.
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
#[derive(Clone, Debug)]
pub struct SampleTable {
    names: Vec<String>,
    /// In the order of the data.
    columns: Vec<PackedTexts>,
}

impl SampleTable {
    /// Reads the table at `path`.
    ///
    /// # Errors
    /// [`Error::Table`] at an extension that is not read, a row of another length, an index that is no number of a row or
    /// that is there twice.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let parser = |error: csv::Error| Error::table(path, error.to_string());
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter(path)?).from_path(path).map_err(parser)?;
        let names: Vec<String> = reader.headers().map_err(parser)?.iter().map(|name| name.trim().into()).collect();
        let mut columns = vec![PackedTexts::default(); names.len()];
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(parser)? {
            record.iter().zip(&mut columns).for_each(|(text, column)| column.push(text));
        }
        Self { names, columns }.in_order_of_data(path)
    }

    /// The number of samples.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, PackedTexts::len)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `samples` with what the table says of them.
    ///
    /// # Errors
    /// As [`Samples::with_ids`], [`Samples::with_media`] and [`Samples::with_column`].
    pub fn join(self, mut samples: Samples) -> Result<Samples> {
        let place = |known: &[&str]| known.iter().find_map(|name| self.names.iter().position(|other| other == name));
        let (id, path, text) = (place(&IDS), place(&PATHS), place(&TEXTS));
        let seen = path.or(text);
        if let Some(place) = seen {
            let texts = self.columns[place].clone();
            let media = if path.is_some() { Media::Files(texts) } else { Media::Texts(texts) };
            samples = samples.with_media(media)?;
        }
        if let Some(place) = id {
            samples = samples.with_ids(self.columns[place].clone())?;
        }
        for (place, (name, texts)) in self.names.into_iter().zip(&self.columns).enumerate() {
            if Some(place) != id && Some(place) != seen && name != INDEX {
                samples = samples.with_column(name, Column::from_texts(texts))?;
            }
        }
        Ok(samples)
    }

    fn in_order_of_data(self, path: &Path) -> Result<Self> {
        let Some(place) = self.names.iter().position(|name| name == INDEX) else { return Ok(self) };
        let order = row_order(path, &self.columns[place])?;
        let ordered = |texts: &PackedTexts| order.iter().map(|&row| texts.get(row)).collect();
        Ok(Self { columns: self.columns.iter().map(ordered).collect(), ..self })
    }
}

/// The row of the table that every sample is in.
fn row_order(path: &Path, indices: &PackedTexts) -> Result<Vec<usize>> {
    let count = indices.len();
    let mut order = vec![usize::MAX; count];
    for (row, text) in indices.iter().enumerate() {
        let index = text.trim().parse::<usize>().ok().filter(|index| *index < count);
        let Some(index) = index else {
            let problem = format!("row {row} has the index {text:?}: it must be a number from 0 to {}", count - 1);
            return Err(Error::table(path, problem));
        };
        if order[index] != usize::MAX {
            return Err(Error::table(path, format!("rows {} and {row} have the same index {index}", order[index])));
        }
        order[index] = row;
    }
    Ok(order)
}

fn delimiter(path: &Path) -> Result<u8> {
    match path.extension().and_then(|extension| extension.to_str()).map(str::to_lowercase).as_deref() {
        Some("csv") => Ok(b','),
        Some("tsv") => Ok(b'\t'),
        _ => Err(Error::table(path, "the extension must be one of csv, tsv")),
    }
}
