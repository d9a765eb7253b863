//! Embeddings in files.

use std::path::Path;

use mislabel_core::EmbeddingSource;
use mislabel_core::checks::{rows_in_range, same_length};
use ndarray::{Array2, ArrayViewMut2};

use crate::choice::ReadOptions;
use crate::error::Result;
use crate::formats::matrix::{Content, Opened, matrix};
use crate::issues::table::SampleColumn;
use crate::storage::stored_array::Backing;
use crate::table::role::Understanding;

/// Embeddings in a file, `(n, d)`, n, d ≥ 1; converted to f32 as rows are read.
///
/// `.npy`, stored `.npz` and `.safetensors` files are mapped, so they may be larger than memory and 16-bit floats stay
/// 16-bit. Deflated `.npz` and tables of all kinds are gathered on opening, in memory or, beyond
/// [`memory_limit`](ReadOptions::memory_limit), in a temporary file that is mapped; a list column of half floats stays 16-bit. Elements may be floats of 16 (both
/// kinds), 32 or 64 bits, integers of any width, or booleans (as 0 and 1); in rows or in columns, of either
/// byte order. Integers above 2²⁴ and 64-bit floats are rounded to f32.
///
/// Rows in Fortran order (one column after another) are read in tiles, several times slower than rows in C order, and
/// gathering them touches about one cache line per value: convert a large file that is read often.
///
/// Rows are checked when they are read: the error of [`read_rows`](EmbeddingSource::read_rows) names the file, the row,
/// the column and the value that is not finite. The file must not change while it is open.
///
/// ```
/// use mislabel_core::EmbeddingSource;
/// use mislabel_io::{ReadOptions, EmbeddingFile, write_npy};
/// use ndarray::{Array2, array};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("embeddings.npy");
/// write_npy(&path, array![[0.0_f32, 1.0], [2.0, 3.0], [4.0, 5.0]].view())?;
///
/// let embeddings = EmbeddingFile::open(&path, &ReadOptions::default())?;
/// assert_eq!(embeddings.shape(), (3, 2));
/// let mut rows = Array2::zeros((2, 2));
/// embeddings.gather(&[2, 0], rows.view_mut())?;
/// assert_eq!(rows, array![[4.0, 5.0], [0.0, 1.0]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct EmbeddingFile(Opened);

impl EmbeddingFile {
    /// Opens the file at `path`; its extension tells the format.
    ///
    /// # Errors
    /// Whatever is wrong with the file's structure, and for CSV and Parquet with its values; see
    /// [`Error`](crate::Error).
    pub fn open(path: impl AsRef<Path>, choice: &ReadOptions) -> Result<Self> {
        matrix(path.as_ref(), choice, Content::Features).map(Self)
    }

    /// Opens the logits in the file at `path`: as [`open`](Self::open), but the columns of a table are predictions.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_logits(path: impl AsRef<Path>, choice: &ReadOptions) -> Result<Self> {
        matrix(path.as_ref(), choice, Content::Logits).map(Self)
    }

    /// The path it was opened by.
    pub fn path(&self) -> &Path {
        self.0.stack.path()
    }

    /// Bytes of memory that the data take; 0 where they are mapped.
    pub fn held_bytes(&self) -> u64 {
        match self.residence() {
            Backing::Memory(bytes) => bytes,
            _ => 0,
        }
    }

    /// Where the data are.
    pub fn residence(&self) -> Backing {
        self.0.stack.residence()
    }

    /// What was read as what.
    pub fn understanding(&self) -> &Understanding {
        &self.0.understanding
    }

    /// The names of the columns, `(d,)`, where a table has a name for each.
    pub fn column_names(&self) -> Option<&[String]> {
        self.0.names.as_deref()
    }

    /// The column of ids of the samples, `(n,)`, where a table has one.
    pub fn ids(&self) -> Option<&SampleColumn> {
        self.0.ids.first()
    }

    /// All columns that tell the samples apart, `(n,)` each, best first: a table may have an index beside its ids.
    pub fn id_columns(&self) -> &[SampleColumn] {
        &self.0.ids
    }

    /// The same with row i taken from row `rows[i]`. Panics at a row of n or more.
    #[must_use]
    pub fn with_rows(self, rows: Vec<u32>) -> Self {
        let stack = self.0.stack.with_rows(rows);
        Self(Opened { stack, ..self.0 })
    }

    /// The same with column i taken from column `order[i]`. Panics at a column of d or more.
    #[must_use]
    pub fn with_columns(self, order: Vec<usize>) -> Self {
        let stack = self.0.stack.with_columns(order);
        Self(Opened { stack, ..self.0 })
    }

    /// All rows, `(n, d)`, in memory.
    ///
    /// # Errors
    /// As [`read_rows`](EmbeddingSource::read_rows).
    pub fn to_array(&self) -> mislabel_core::Result<Array2<f32>> {
        let mut rows = Array2::zeros(self.shape());
        self.read_rows(0, rows.view_mut())?;
        Ok(rows)
    }
}

impl EmbeddingSource for EmbeddingFile {
    fn shape(&self) -> (usize, usize) {
        self.0.stack.shape()
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> mislabel_core::Result<()> {
        let (n, d) = self.shape();
        rows_in_range(n, start, out.nrows())?;
        same_length("a row of the reading buffer", d, out.ncols())?;
        Ok(self.0.stack.read(start, &mut out, true)?)
    }

    fn gather(&self, rows: &[u32], mut out: ArrayViewMut2<'_, f32>) -> mislabel_core::Result<()> {
        let (n, d) = self.shape();
        same_length("the gathering buffer", rows.len(), out.nrows())?;
        same_length("a row of the gathering buffer", d, out.ncols())?;
        let last = rows.iter().copied().max().map_or(0, |last| last as usize);
        rows_in_range(n, last, usize::from(!rows.is_empty()))?;
        Ok(self.0.stack.gather(rows, &mut out)?)
    }
}
