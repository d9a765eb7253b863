//! Files whose content is of another kind than their name says.

use std::path::Path;

use crate::error::{Error, Result};

/// Bytes that tell text from anything else.
const LOOKED_AT: usize = 512;

/// Refuses a file that was to begin with the bytes `magic`, where it is known what it is instead.
pub(crate) fn refuse_foreign(path: &Path, bytes: &[u8], magic: &[u8]) -> Result<()> {
    if bytes.starts_with(magic) && !magic.is_empty() {
        return Ok(());
    }
    match foreign(bytes).or_else(|| is_text(bytes).then_some(TEXT)) {
        Some(problem) => Err(Error::parser(path)(problem)),
        None => Ok(()),
    }
}

const TEXT: &str = "the file is text: name it .csv, .tsv, .txt, .json or .jsonl";

/// What other packed or binary file, or note on a file, `bytes` begins like, and what to do about it.
pub(crate) fn foreign(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [b'P', b'K', 3, 4, ..] => {
            Some("the file is a zip archive (a spreadsheet is one too): unpack it, or save the table as CSV")
        }
        [b'B', b'Z', b'h', ..] => Some("the file is packed by bzip2: unpack it, or pack it by gzip or zstd"),
        [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => {
            Some("the file is packed by xz: unpack it, or pack it by gzip or zstd")
        }
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Some("the file is a spreadsheet of Excel: save the table as CSV"),
        [0x80, 2..=5, ..] => Some("the file is a pickle, which is not read: save it as .npy, .npz or .parquet"),
        [b'<', b'!', ..] | [b'<', b'h', b't', b'm', b'l', ..] => {
            Some("the file is a web page, not a table: was a download answered by an error page?")
        }
        [0x89, b'H', b'D', b'F', ..] => Some("the file is HDF5, which is not read: save it as .npy, .npz or .parquet"),
        [b'P', b'A', b'R', b'1', ..] => Some("the file is Parquet: name it .parquet"),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => Some("the file is an Arrow file: name it .arrow"),
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => Some("the file is a NumPy array: name it .npy"),
        bytes if bytes.starts_with(b"version https://git-lfs") => {
            Some("the file is a pointer of Git LFS, not the data: fetch them (git lfs pull)")
        }
        _ => None,
    }
}

fn is_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(LOOKED_AT)];
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        // A letter may be cut at the end.
        Err(error) if head.len() - error.valid_up_to() < 4 => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or("")
        }
        Err(_) => "",
    };
    !valid.is_empty() && valid.chars().all(|c| !c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_pointers_in_place_of_arrays_are_named() {
        let said = |bytes: &[u8]| refuse_foreign(Path::new("e.npy"), bytes, b"\x93NUMPY").map_err(|e| e.to_string());
        for (bytes, wanted) in [
            (&b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\n"[..], "Git LFS"),
            (b"f0,f1\n1,2\n", "the file is text"),
            ("é".repeat(400).as_bytes(), "the file is text"),
            (b"PK\x03\x04\0\0", "zip archive"),
        ] {
            assert!(said(bytes).unwrap_err().contains(wanted), "{wanted}");
        }
        assert_eq!(said(b"\x93NUMPY\x01\0"), Ok(()));
        assert_eq!(said(b"\x93NUM\0\xFF\x01\0"), Ok(()));
        assert_eq!(said(b""), Ok(()));
    }
}
