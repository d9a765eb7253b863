//! Embeddings written to files, block by block.

use std::io::Write;
use std::path::Path;

use half::f16;
use half::slice::HalfFloatSliceExt;
use mislabel_core::{EmbeddingSource, Error, Progress, Result, Stage};
use ndarray::parallel::prelude::*;
use ndarray::{Array2, ArrayViewMut2, Axis, s};
use rayon::slice::ParallelSliceMut;

use crate::formats::extension::Format;
use crate::formats::npy::writer::header;

/// Numbers read and converted at a time: 16 MiB of f32.
const BLOCK_VALUES: usize = 1 << 22;
/// Numbers that one thread reads and converts at a time.
const PIECE_VALUES: usize = 1 << 16;

const KNOWN: &str = "npy, safetensors, parquet";
const STAGE: &str = "writing rows";

/// How numbers are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StoredFloat {
    /// 16 bits (f16): 3 decimal digits up to 65,504, half the space and the reading time. The default.
    #[default]
    Half,
    /// 32 bits (f32): as they are.
    Single,
}

impl StoredFloat {
    /// Bytes of a number.
    pub fn bytes(self) -> usize {
        match self {
            Self::Half => 2,
            Self::Single => 4,
        }
    }
}

/// Writes the rows of `source`, `(n, d)`, to `path`, whole or not at all; its extension tells the format: `.npy`,
/// `.safetensors` (as the tensor `embeddings`) or `.parquet` (as the list column `embedding`).
///
/// Rows are read in blocks, in parallel, so the source may be larger than memory: some 50 MiB beside a row are held
/// (for Parquet 100 MiB). The bytes do not depend on the number of threads.
///
/// ```
/// use mislabel_core::{EmbeddingSource, Embeddings, Silent};
/// use mislabel_io::{ArrayChoice, EmbeddingFile, StoredFloat, write_embeddings};
/// use ndarray::array;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("embeddings.safetensors");
/// let rows = array![[0.5_f32, 1.0], [2.0, -3.0]];
/// write_embeddings(&path, &Embeddings::new(rows.view())?, StoredFloat::Half, &Silent)?;
/// assert_eq!(EmbeddingFile::open(&path, &ArrayChoice::default())?.to_array()?, rows);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Those of the source; [`Error::OutOfRange`] at a value too great for f16; [`Error::Cancelled`] when `progress` says so;
/// and an unknown extension or what the system refuses, as an [`io::Error`](crate::Error).
pub fn write_embeddings(
    path: impl AsRef<Path>,
    source: &dyn EmbeddingSource,
    stored: StoredFloat,
    progress: &dyn Progress,
) -> Result<()> {
    let path = path.as_ref();
    let format = Format::of(path, &[Format::Npy, Format::Safetensors, Format::Parquet], KNOWN)?;
    if path.is_dir() {
        return Err(crate::error::Error::NotAFile { path: path.into() }.into());
    }
    let writer = Writer { path, source, stored, stage: Stage::new(STAGE, source.shape().0, progress) };
    mislabel_checkpoint::write_atomically(
        path,
        |cause| writer.io(cause),
        |out| match format {
            #[cfg(feature = "parquet")]
            Format::Parquet => crate::embeddings::parquet::write(&writer, out),
            Format::Safetensors => writer.write_plain(out, &writer.safetensors_header()),
            _ => writer.write_plain(out, &writer.npy_header()),
        },
    )
}

/// One file being written.
pub(crate) struct Writer<'a> {
    pub(crate) path: &'a Path,
    pub(crate) source: &'a dyn EmbeddingSource,
    pub(crate) stored: StoredFloat,
    stage: Stage<'a>,
}

impl Writer<'_> {
    pub(crate) fn io(&self, cause: std::io::Error) -> Error {
        crate::error::Error::io(self.path)(cause).into()
    }

    /// Writes `header`, then all numbers in row order, least byte first.
    fn write_plain(&self, out: &mut (dyn Write + Send), header: &[u8]) -> Result<()> {
        out.write_all(header).map_err(|cause| self.io(cause))?;
        self.in_blocks(|_, bytes| out.write_all(bytes).map_err(|cause| self.io(cause)))
    }

    /// Calls `write` with the number of rows and the bytes of every block of rows, in order.
    pub(crate) fn in_blocks(&self, mut write: impl FnMut(usize, &[u8]) -> Result<()>) -> Result<()> {
        let (n, d) = self.source.shape();
        let rows = (BLOCK_VALUES / d).clamp(1, n);
        let mut values = Array2::zeros((rows, d));
        let mut bytes = vec![0; rows * d * self.stored.bytes()];
        for start in (0..n).step_by(rows) {
            let count = rows.min(n - start);
            let bytes = &mut bytes[..count * d * self.stored.bytes()];
            self.fill(start, values.slice_mut(s![..count, ..]), bytes)?;
            write(count, bytes)?;
            self.stage.advance(count)?;
        }
        Ok(())
    }

    /// Reads the rows from `start` on into `values` and their bytes into `bytes`, in parallel.
    fn fill(&self, start: usize, mut values: ArrayViewMut2<'_, f32>, bytes: &mut [u8]) -> Result<()> {
        let d = values.ncols();
        let piece = (PIECE_VALUES / d).max(1);
        let pieces = values.axis_chunks_iter_mut(Axis(0), piece).into_par_iter();
        let places = bytes.par_chunks_mut(piece * d * self.stored.bytes()).enumerate();
        pieces.zip(places).try_for_each(|(mut values, (number, bytes))| {
            let first = start + number * piece;
            self.source.read_rows(first, values.view_mut())?;
            let numbers = values.as_slice().expect("rows of a new array are contiguous");
            match self.stored {
                StoredFloat::Half => halves(numbers, bytes).map_err(|place| too_great(first, d, numbers, place)),
                StoredFloat::Single => {
                    let (places, _) = bytes.as_chunks_mut();
                    places.iter_mut().zip(numbers).for_each(|(place, number)| *place = number.to_le_bytes());
                    Ok(())
                }
            }
        })
    }

    fn npy_header(&self) -> Vec<u8> {
        let (n, d) = self.source.shape();
        let descr = match self.stored {
            StoredFloat::Half => "<f2",
            StoredFloat::Single => "<f4",
        };
        header(descr, &[n, d])
    }

    /// The length of the header, and the header, padded with blanks so that the data start at a multiple of 64 bytes.
    fn safetensors_header(&self) -> Vec<u8> {
        let (n, d) = self.source.shape();
        let dtype = match self.stored {
            StoredFloat::Half => "F16",
            StoredFloat::Single => "F32",
        };
        let end = n as u64 * d as u64 * self.stored.bytes() as u64;
        let entry = format!(r#""dtype":"{dtype}","shape":[{n},{d}],"data_offsets":[0,{end}]"#);
        let header = format!("{{\"embeddings\":{{{entry}}}}}");
        let length = (8 + header.len()).next_multiple_of(64) - 8;
        let padded = format!("{header:<length$}");
        [(length as u64).to_le_bytes().as_slice(), padded.as_bytes()].concat()
    }
}

/// Converts `numbers` to f16 in `bytes`, or tells the place of the first that is too great.
fn halves(numbers: &[f32], bytes: &mut [u8]) -> Result<(), usize> {
    let mut halves = vec![f16::ZERO; numbers.len()];
    halves.convert_from_f32_slice(numbers);
    let (places, _) = bytes.as_chunks_mut();
    places.iter_mut().zip(&halves).for_each(|(place, half)| *place = half.to_le_bytes());
    match halves.iter().any(|half| !half.is_finite()) {
        true => Err(halves.iter().position(|half| !half.is_finite()).unwrap_or(0)),
        false => Ok(()),
    }
}

fn too_great(first: usize, d: usize, numbers: &[f32], place: usize) -> Error {
    let most = f16::MAX.to_f64();
    let (row, column, value) = (first + place / d, place % d, f64::from(numbers[place]));
    Error::OutOfRange { what: "embeddings to store as f16", row, column, value, low: -most, high: most }
}
