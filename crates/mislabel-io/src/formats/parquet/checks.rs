//! Checks of what a Parquet file says about its own sizes, before the parser allocates by them.

use std::path::Path;

use parquet::basic::Compression;
use parquet::file::metadata::ColumnChunkMetaData;

use crate::error::{Error, Result};
use crate::formats::parquet::thrift::{I32, LIST, STRUCT, Thrift};

/// The length of the footer and the magic bytes after it.
const TAIL: usize = 8;
/// Columns may nest this deep; the parser recurses.
const DEEPEST_SCHEMA: usize = 64;

/// Checks that the schema is a tree of as many nodes as there are, not too deep.
pub(crate) fn check_footer(path: &Path, bytes: &[u8]) -> Result<()> {
    let refuse = |offset, problem| Err(Error::Malformed { path: path.into(), offset, problem });
    let Some(tail) = bytes.len().checked_sub(TAIL).filter(|_| bytes.ends_with(b"PAR1")) else {
        return refuse(bytes.len(), "the file does not end with Parquet's magic bytes");
    };
    let length = u32::from_le_bytes([bytes[tail], bytes[tail + 1], bytes[tail + 2], bytes[tail + 3]]);
    let Some(start) = tail.checked_sub(length as usize) else {
        return refuse(tail, "the footer is longer than the file");
    };
    let mut thrift = Thrift::new(&bytes[..tail], start);
    let mut children = Vec::new();
    let walked = thrift.fields(|thrift, number, kind| match (number, kind) {
        (2, LIST) => {
            let (kind, count) = thrift.list()?;
            children = (0..count).map(|_| (kind == STRUCT).then(|| child_count(thrift))?).collect::<Option<_>>()?;
            Some(true)
        }
        _ => Some(false),
    });
    match walked {
        None => refuse(thrift.offset, "the footer is damaged"),
        Some(()) if !is_shallow_tree(&children) => refuse(start, "the schema is no tree of columns"),
        Some(()) => Ok(()),
    }
}

/// Field 5 of a schema element.
fn child_count(thrift: &mut Thrift<'_>) -> Option<usize> {
    let mut count = 0;
    thrift.fields(|thrift, number, kind| match (number, kind) {
        (5, I32) => {
            count = usize::try_from(thrift.integer()?).ok()?;
            Some(true)
        }
        _ => Some(false),
    })?;
    Some(count)
}

/// Whether nodes with so many children, listed from the root depth first, make one tree of bounded depth.
fn is_shallow_tree(children: &[usize]) -> bool {
    // How many children are still to come, for every node on the way to the root.
    let mut open = vec![1_usize];
    for &count in children {
        while open.last() == Some(&0) {
            open.pop();
        }
        let Some(left) = open.last_mut() else {
            return false;
        };
        *left -= 1;
        if count > 0 {
            open.push(count);
        }
        if open.len() > DEEPEST_SCHEMA {
            return false;
        }
    }
    open.iter().all(|&left| left == 0)
}

/// Checks that a chunk lies within the file, and that its pages fit in memory and can be as long as they say.
pub(crate) fn check_chunk(path: &Path, bytes: &[u8], chunk: &ColumnChunkMetaData, limit: u64) -> Result<()> {
    let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    let place = usize::try_from(start).ok().zip(usize::try_from(chunk.compressed_size()).ok());
    let end = place.and_then(|(start, size)| start.checked_add(size));
    let smallest = chunk.num_values().min(chunk.uncompressed_size()).min(chunk.data_page_offset());
    let (Some((start, _)), Some(end), 0..) = (place, end, smallest) else {
        return Err(Error::Parser { path: path.into(), cause: "a column chunk has a negative size or place".into() });
    };
    if end > bytes.len() {
        return Err(Error::WrongLength { path: path.into(), expected: end as u64, found: bytes.len() as u64 });
    }
    check_pages(path, &bytes[..end], start, chunk.compression(), limit)
}

/// Walks the headers of the pages from `start` on.
fn check_pages(path: &Path, bytes: &[u8], start: usize, compression: Compression, limit: u64) -> Result<()> {
    let mut offset = start;
    while offset < bytes.len() {
        let refuse = |offset, problem| Err(Error::Malformed { path: path.into(), offset, problem });
        let mut thrift = Thrift::new(bytes, offset);
        let (mut packed, mut size) = (0, 0);
        let walked = thrift.fields(|thrift, number, kind| match (number, kind) {
            (2, I32) => u64::try_from(thrift.integer()?).ok().map(|value| size = value).map(|()| true),
            (3, I32) => u64::try_from(thrift.integer()?).ok().map(|value| packed = value).map(|()| true),
            _ => Some(false),
        });
        if walked.is_none() {
            return refuse(thrift.offset, "the header of a page is damaged");
        }
        let data = thrift.offset as u64;
        if packed > bytes.len() as u64 - data {
            return refuse(offset, "a page is longer than its column");
        }
        if size > packed.saturating_mul(most_expansion(compression)) {
            return refuse(offset, "a page cannot expand to the size in its header");
        }
        if size > limit {
            return Err(Error::TooLarge { path: path.into(), needed: size, limit });
        }
        offset = (data + packed) as usize;
    }
    Ok(())
}

/// Bytes that one compressed byte can stand for: a Snappy copy of three bytes for 64, a Zstandard
/// block of four for 2¹⁷; Gzip stays far below that.
fn most_expansion(compression: Compression) -> u64 {
    match compression {
        Compression::UNCOMPRESSED => 1,
        Compression::SNAPPY => 64,
        // A copy of LZ4 may be as long as one byte after another says: 255 each.
        Compression::LZ4 | Compression::LZ4_RAW => 256,
        // A few bytes of Brotli stand for its longest copy, 2²⁴.
        Compression::BROTLI(_) => 1 << 22,
        _ => 1 << 16,
    }
}
