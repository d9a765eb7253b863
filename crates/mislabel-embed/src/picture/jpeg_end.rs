//! Whether a JPEG file is all there.

/// Start of image.
const START: [u8; 2] = [0xff, 0xd8];
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;

/// Whether `bytes` are a JPEG file that stops before its end-of-image marker.
///
/// The decoder behind [`image`] fills what is missing with gray and says nothing. A marker inside a segment, such as that of
/// the thumbnail which cameras put before the picture, is not taken for the end; bytes behind the end do not matter.
/// O(length).
pub(crate) fn is_cut_off(bytes: &[u8]) -> bool {
    if !bytes.starts_with(&START) {
        return false;
    }
    let mut at = START.len();
    while let Some((marker, after)) = next_marker(bytes, at) {
        if marker == END {
            return false;
        }
        at = if is_alone(marker) { after } else { after + segment(bytes, after) };
        if marker == SCAN {
            at = scan_end(bytes, at);
        }
    }
    true
}

/// The code of the first marker from `at` on, and where it ends.
fn next_marker(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let start = at + bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
    // Any number of 0xff may stand before a code.
    let code = start + bytes[start..].iter().position(|byte| *byte != 0xff)?;
    Some((bytes[code], code + 1))
}

/// Whether a marker has no segment: restarts, the start, and what is reserved.
fn is_alone(marker: u8) -> bool {
    matches!(marker, 0x00 | 0x01 | 0xd0..=0xd8)
}

/// The length of the segment at `at`, by its own word; the rest where the word is not there.
fn segment(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..at + 2) {
        Some(length) => usize::from(u16::from_be_bytes([length[0], length[1]])).max(2),
        None => bytes.len() - at,
    }
}

/// Where the coded pixels from `at` on end: before a marker that is neither a stuffed byte nor a restart.
fn scan_end(bytes: &[u8], at: usize) -> usize {
    let pixels = bytes.get(at..).unwrap_or_default();
    let ends = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff);
    pixels.windows(2).position(ends).map_or(bytes.len(), |found| at + found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A thumbnail with its own end inside a segment, then a scan with a stuffed byte and a restart.
    fn file() -> Vec<u8> {
        let mut file = vec![0xff, 0xd8, 0xff, 0xe1, 0x00, 0x06, 0xff, 0xd8, 0xff, 0xd9];
        file.extend([0xff, 0xda, 0x00, 0x03, 0x01, 0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]);
        file.extend([0xff, 0xff, 0xd9]);
        file
    }

    #[test]
    fn a_file_is_whole_with_its_end_and_whatever_follows() {
        assert!(!is_cut_off(&file()));
        assert!(!is_cut_off(&[file(), vec![0; 100]].concat()));
    }

    #[test]
    fn a_file_without_its_end_is_cut_off_wherever_that_is() {
        let file = file();
        for length in 2..file.len() {
            assert!(is_cut_off(&file[..length]), "{length}");
        }
    }

    #[test]
    fn other_files_are_none_of_its_business() {
        assert!(!is_cut_off(b"") && !is_cut_off(b"\x89PNG") && !is_cut_off(b"\xff"));
    }
}
