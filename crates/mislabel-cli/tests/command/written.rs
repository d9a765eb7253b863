//! Files that are packed.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

/// `text`, packed by gzip.
pub(crate) fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}
