//! Embeddings written to files, block by block.

use std::io::Write;
use std::path::Path;

use mislabel_core::{EmbeddingSource, Result, Run};

use crate::embeddings::blocks::{FloatFormat, RowBlocks};
#[cfg(feature = "parquet")]
use crate::embeddings::parquet;
use crate::error::Error as FileError;
use crate::formats::extension::Format;
use crate::formats::npy::writer::header;

const KNOWN: &str = "npy, safetensors, parquet";

/// Writes the rows of `source`, `(n, d)`, to `path`, whole or not at all; its extension tells the format: `.npy`,
/// `.safetensors` (as the tensor `embeddings`) or `.parquet` (as the list column `embedding`).
///
/// Rows are read in blocks, in parallel, so the source may be larger than memory: some 50 MiB beside a row are held
/// (for Parquet 100 MiB). The bytes do not depend on the number of threads.
///
/// ```
/// use mislabel_core::{Embeddings, EmbeddingSource, Run};
/// use mislabel_io::{ReadOptions, EmbeddingFile, FloatFormat, write_embeddings};
/// use ndarray::array;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("embeddings.safetensors");
/// let rows = array![[0.5_f32, 1.0], [2.0, -3.0]];
/// write_embeddings(&path, &Embeddings::new(rows.view())?, FloatFormat::Half, &Run::quiet())?;
/// assert_eq!(EmbeddingFile::open(&path, &ReadOptions::default())?.to_array()?, rows);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Those of the source; [`OutOfRange`](mislabel_core::Error::OutOfRange) at a value too great for f16;
/// [`Cancelled`](mislabel_core::Error::Cancelled) when `progress` says so; and an unknown extension or what the system
/// refuses, as an [`io::Error`](crate::Error).
pub fn write_embeddings(
    path: impl AsRef<Path>,
    source: &dyn EmbeddingSource,
    stored: FloatFormat,
    run: &Run<'_>,
) -> Result<()> {
    let path = path.as_ref();
    let format = Format::of(path, &[Format::Npy, Format::Safetensors, Format::Parquet], KNOWN)?;
    if path.is_dir() {
        return Err(FileError::NotAFile { path: path.into() }.into());
    }
    let blocks = RowBlocks::new(path, source, stored, run);
    mislabel_checkpoint::write_atomically(
        path,
        |cause| blocks.io(cause),
        |out| match format {
            #[cfg(feature = "parquet")]
            Format::Parquet => parquet::write(&blocks, out),
            Format::Safetensors => write_plain(&blocks, out, &safetensors_header(&blocks)),
            _ => write_plain(&blocks, out, &npy_header(&blocks)),
        },
    )
}

/// Writes `header`, then all numbers in row order, least byte first.
fn write_plain(blocks: &RowBlocks<'_>, out: &mut (dyn Write + Send), header: &[u8]) -> Result<()> {
    out.write_all(header).map_err(|cause| blocks.io(cause))?;
    blocks.write(|_, bytes| out.write_all(bytes).map_err(|cause| blocks.io(cause)))
}

fn npy_header(blocks: &RowBlocks<'_>) -> Vec<u8> {
    let (n, d) = blocks.source.shape();
    let descr = match blocks.stored {
        FloatFormat::Half => "<f2",
        FloatFormat::Single => "<f4",
    };
    header(descr, &[n, d])
}

/// The length of the header, and the header, padded with blanks so that the data start at a multiple of 64 bytes.
fn safetensors_header(blocks: &RowBlocks<'_>) -> Vec<u8> {
    let (n, d) = blocks.source.shape();
    let dtype = match blocks.stored {
        FloatFormat::Half => "F16",
        FloatFormat::Single => "F32",
    };
    let end = n as u64 * d as u64 * blocks.stored.bytes() as u64;
    let entry = format!(r#""dtype":"{dtype}","shape":[{n},{d}],"data_offsets":[0,{end}]"#);
    let header = format!("{{\"embeddings\":{{{entry}}}}}");
    let length = (8 + header.len()).next_multiple_of(64) - 8;
    let padded = format!("{header:<length$}");
    [(length as u64).to_le_bytes().as_slice(), padded.as_bytes()].concat()
}
