//! Writing large files of 16-bit embeddings.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use half::f16;
use half::slice::HalfFloatSliceExt;
use mislabel_core::EmbeddingSource;
use ndarray::Array2;

/// Rows converted at a time.
const BLOCK: usize = 1024;

/// Writes `source`, `(n, d)`, as a version 1 `.npy` file of f16, block by block: O(d) memory.
///
/// # Errors
/// Those of the file and of the source.
pub fn write_half_npy(path: &Path, source: &dyn EmbeddingSource) -> Result<(), Box<dyn std::error::Error>> {
    let (n, d) = source.shape();
    let mut file = BufWriter::new(File::create(path)?);
    let header = format!("{{'descr': '<f2', 'fortran_order': False, 'shape': ({n}, {d}), }}");
    // Magic, version and length take 10 bytes; a newline ends the header at a multiple of 64.
    let padded = format!("{header:<width$}\n", width = (header.len() + 11).next_multiple_of(64) - 11);
    file.write_all(b"\x93NUMPY\x01\x00")?;
    file.write_all(&u16::try_from(padded.len())?.to_le_bytes())?;
    file.write_all(padded.as_bytes())?;
    for start in (0..n).step_by(BLOCK) {
        let mut rows = Array2::zeros((BLOCK.min(n - start), d));
        source.read_rows(start, rows.view_mut())?;
        let mut halves = vec![f16::ZERO; rows.len()];
        halves.convert_from_f32_slice(rows.as_slice().expect("the array was made in standard layout"));
        let bytes: Vec<u8> = halves.iter().flat_map(|half| half.to_le_bytes()).collect();
        file.write_all(&bytes)?;
    }
    Ok(file.flush()?)
}
