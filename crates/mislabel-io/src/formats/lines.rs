//! Text files, line by line.

use std::path::Path;

use crate::error::{Error, Result};
use crate::storage::mapping::Mapping;

/// The lines of a UTF-8 text file, without blanks around them and without a byte-order mark.
pub(crate) fn lines(path: &Path) -> Result<Vec<String>> {
    let mapping = Mapping::open(path)?;
    let bytes = mapping.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&mapping);
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let line = |(row, line): (usize, &[u8])| match std::str::from_utf8(line) {
        Ok(line) => Ok(line.trim().to_owned()),
        Err(_) => Err(Error::Value {
            path: path.into(),
            row,
            column: "0".into(),
            value: String::from_utf8_lossy(line).into_owned(),
            requirement: "be UTF-8",
        }),
    };
    bytes.split(|&byte| byte == b'\n').enumerate().map(line).collect()
}
