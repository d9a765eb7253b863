//! Columns of samples as a file of their own.

use std::path::Path;

use crate::error::{Error, Result};
use crate::formats::extension::Format;
#[cfg(feature = "parquet")]
use crate::issues::parquet;
use crate::issues::sheet::{SheetColumn, Values};
use crate::issues::table::SampleColumn;
use crate::issues::text;
use crate::storage::atomic_file::write_atomically;

const FORMATS: [Format; 3] = [Format::Csv, Format::Tsv, Format::Parquet];
const KNOWN: &str = "csv, tsv, parquet";

/// Writes `columns`, which are equally long, to `path` as a table, whole or not at all; its extension tells the format: `.csv`,
/// `.tsv` or `.parquet`.
///
/// ```
/// use mislabel_io::{SampleColumn, write_columns};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("samples.csv");
/// let column = |name: &str, cells: [&str; 2]| SampleColumn {
///     name: name.into(),
///     cells: cells.map(|cell| Some(cell.into())).into(),
/// };
/// write_columns(&path, &[column("path", ["a.png", "b, c.png"]), column("label", ["cat", "dog"])])?;
/// assert_eq!(std::fs::read_to_string(&path)?, "path,label\na.png,cat\n\"b, c.png\",dog\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Extension`] for an unknown one, [`Error::Io`] when the system refuses.
pub fn write_columns(path: impl AsRef<Path>, columns: &[SampleColumn]) -> Result<()> {
    let path = path.as_ref();
    let format = Format::of(path, &FORMATS, KNOWN)?;
    let column =
        |column: &SampleColumn| SheetColumn { name: column.name.clone(), values: Values::Texts(column.cells.clone()) };
    let sheet: Vec<SheetColumn> = columns.iter().map(column).collect();
    let rows = columns.iter().map(|column| column.cells.len()).min().unwrap_or(0);
    write_atomically(path, |out| match format {
        Format::Tsv => text::write_sheet(&sheet, rows, b'\t', out).map_err(Error::parser(path)),
        #[cfg(feature = "parquet")]
        Format::Parquet => parquet::write_sheet(&sheet, out).map_err(Error::parser(path)),
        _ => text::write_sheet(&sheet, rows, b',', out).map_err(Error::parser(path)),
    })
}
