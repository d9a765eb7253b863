//! A file of rows.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use mislabel_checkpoint::write_atomically;
use twox_hash::XxHash3_128;

/// What a file begins with; the digit is the version of this layout.
const MAGIC: &[u8; 8] = b"mslrows1";
/// Magic, length of a row, number of rows.
const HEADER: usize = 16;
/// The key of a row and the hash of its bytes.
const ENTRY: usize = 32;

/// Writes `rows` with their keys to `path`, whole or not at all: magic, length of a row, number of rows; key and hash of every
/// row; the rows. Least byte first.
pub(crate) fn write(path: &Path, dimension: usize, rows: &[(u128, Vec<f32>)]) -> io::Result<()> {
    write_atomically(path, std::convert::identity, |file| {
        file.write_all(MAGIC)?;
        for number in [dimension, rows.len()] {
            file.write_all(&u32::try_from(number).map_err(io::Error::other)?.to_le_bytes())?;
        }
        for (key, row) in rows {
            file.write_all(&key.to_le_bytes())?;
            file.write_all(&XxHash3_128::oneshot(&bytes(row)).to_le_bytes())?;
        }
        rows.iter().try_for_each(|(_, row)| file.write_all(&bytes(row)))
    })
}

fn bytes(row: &[f32]) -> Vec<u8> {
    row.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// The keys of the rows in the file at `path`; `None` where it is no file of rows of this length.
pub(crate) fn keys(path: &Path, dimension: usize) -> io::Result<Option<Vec<u128>>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut header = [0; HEADER];
    if length < HEADER as u64 {
        return Ok(None);
    }
    file.read_exact(&mut header)?;
    let number = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]) as usize;
    let rows = number(12);
    let expected = HEADER as u64 + rows as u64 * (ENTRY as u64 + 4 * dimension as u64);
    if &header[..8] != MAGIC || number(8) != dimension || length != expected {
        return Ok(None);
    }
    let mut entries = vec![0; rows * ENTRY];
    file.read_exact(&mut entries)?;
    Ok(Some(entries.chunks_exact(ENTRY).map(|entry| word(&entry[..16])).collect()))
}

fn word(bytes: &[u8]) -> u128 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u128::from(*byte))
}

/// The number of rows in `file`.
pub(crate) fn rows(file: &mut File) -> io::Result<usize> {
    let mut count = [0; 4];
    file.seek(SeekFrom::Start(12))?;
    file.read_exact(&mut count)?;
    Ok(u32::from_le_bytes(count) as usize)
}

/// Reads row `row` of the `rows` in `file`; `false` where its bytes are not what was written.
pub(crate) fn read(file: &mut File, rows: usize, row: usize, out: &mut [f32]) -> io::Result<bool> {
    let mut hash = [0; 16];
    file.seek(SeekFrom::Start((HEADER + row * ENTRY + 16) as u64))?;
    file.read_exact(&mut hash)?;
    let mut bytes = vec![0; 4 * out.len()];
    file.seek(SeekFrom::Start((HEADER + rows * ENTRY) as u64 + row as u64 * bytes.len() as u64))?;
    file.read_exact(&mut bytes)?;
    for (value, bytes) in out.iter_mut().zip(bytes.chunks_exact(4)) {
        *value = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    Ok(XxHash3_128::oneshot(&bytes).to_le_bytes() == hash)
}
