//! Predicted probabilities written to a file row by row, in any order.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use mislabel_core::ProbabilitySink;
use mislabel_core::checks::{rows_in_range, same_length};
use ndarray::ArrayView2;

use crate::error::{Error, Result};
use crate::formats::npy::writer::NpyElement;
use crate::formats::npy::writer::header;

/// How probabilities are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoredProbability {
    /// 32 bits (f32): 7 digits, half the space. The default.
    #[default]
    Single,
    /// 64 bits (f64): as they are.
    Double,
}

/// A `.npy` file of predicted probabilities, `(n, k)`, whose rows arrive in any order: for more of them than memory
/// holds.
///
/// A scratch file rather than a result: it lies under its own name from the start, and rows that were never put are 0.
/// It is made anew if it is there already.
///
/// ```
/// use mislabel_core::{ProbabilitySink, ProbabilitySource};
/// use mislabel_io::{ReadOptions, ProbabilityFile, ProbabilityWriter, StoredProbability};
/// use ndarray::array;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("scratch.npy");
/// let writer = ProbabilityWriter::create(&path, 2, 2, StoredProbability::Single)?;
/// writer.put(&[1], array![[0.25, 0.75]].view())?;
/// writer.put(&[0], array![[1.0, 0.0]].view())?;
/// drop(writer);
/// let probabilities = ProbabilityFile::open(&path, &ReadOptions::default())?;
/// assert_eq!(probabilities.to_array()?, array![[1.0, 0.0], [0.25, 0.75]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ProbabilityWriter {
    path: PathBuf,
    file: Mutex<File>,
    start: u64,
    samples: usize,
    classes: usize,
    stored: StoredProbability,
}

impl ProbabilityWriter {
    /// Makes the file at `path` for `samples` rows over `classes` classes.
    ///
    /// # Errors
    /// [`Error::Io`] when the system refuses.
    pub fn create(path: impl AsRef<Path>, samples: usize, classes: usize, stored: StoredProbability) -> Result<Self> {
        let path = path.as_ref();
        let (descr, width) = match stored {
            StoredProbability::Single => (f32::DESCR, 4),
            StoredProbability::Double => (f64::DESCR, 8),
        };
        let header = header(descr, &[samples, classes]);
        let start = header.len() as u64;
        let make = || -> std::io::Result<File> {
            let mut file = File::create(path)?;
            file.write_all(&header)?;
            file.set_len(start + samples as u64 * classes as u64 * width)?;
            Ok(file)
        };
        let file = Mutex::new(make().map_err(Error::io(path))?);
        Ok(Self { path: path.into(), file, start, samples, classes, stored })
    }

    /// Writes `rows` consecutive rows from `first` on.
    fn write(&self, file: &mut File, first: u32, rows: ArrayView2<'_, f64>) -> std::io::Result<()> {
        let mut bytes = Vec::with_capacity(8 * rows.len());
        match self.stored {
            StoredProbability::Single => rows.iter().for_each(|value| (*value as f32).append(&mut bytes)),
            StoredProbability::Double => rows.iter().for_each(|value| value.append(&mut bytes)),
        }
        let row_bytes = (bytes.len() / rows.nrows()) as u64;
        file.seek(SeekFrom::Start(self.start + u64::from(first) * row_bytes))?;
        file.write_all(&bytes)
    }
}

impl ProbabilitySink for ProbabilityWriter {
    fn put(&self, rows: &[u32], probabilities: ArrayView2<'_, f64>) -> mislabel_core::Result<()> {
        same_length("rows of predicted probabilities", rows.len(), probabilities.nrows())?;
        same_length("a row of predicted probabilities", self.classes, probabilities.ncols())?;
        rows.iter().try_for_each(|row| rows_in_range(self.samples, *row as usize, 1))?;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rest = probabilities;
        for run in rows.chunk_by(|row, next| row.checked_add(1) == Some(*next)) {
            let (rows, others) = rest.split_at(ndarray::Axis(0), run.len());
            self.write(&mut file, run[0], rows).map_err(Error::io(&self.path))?;
            rest = others;
        }
        Ok(())
    }
}
