//! NumPy arrays, versions 1 to 3 of the format.

use mislabel_core::Labels;

use crate::apply::array_file::{Element, LabelArray};
use crate::apply::corrections::Corrections;
use crate::apply::rewrite::LabelRewrite;
use crate::error::{Error, Result};

/// The array `bytes` with corrections; header and element type stay.
pub(crate) fn corrected(
    file: &LabelRewrite<'_>,
    bytes: Vec<u8>,
    given: &Labels,
    corrections: &Corrections,
) -> Result<Vec<u8>> {
    let array = label_array(&bytes).map_err(|problem| Error::labels(file.path, problem))?;
    array.correct(file, bytes, given, corrections)
}

fn label_array(bytes: &[u8]) -> Result<LabelArray, String> {
    let (header, start) = header(bytes).ok_or("the file is no NumPy array")?;
    let descriptor = value(header, "'descr':").ok_or("the header names no element type")?.trim_matches('\'');
    let (order, kind) = descriptor.split_at_checked(1).unwrap_or_default();
    let element = element(kind).ok_or_else(|| {
        format!("elements of type {descriptor} hold no labels that can be corrected: use integers or text")
    })?;
    let shape = header.split_once('(').and_then(|(_, rest)| rest.split_once(')')).ok_or("the header has no shape")?.0;
    let sizes: Vec<usize> = shape.split(',').filter_map(|size| size.trim().parse().ok()).collect();
    match sizes[..] {
        [length] | [length, 1] => Ok(LabelArray { start, element, big_endian: order == ">", length }),
        _ => Err(format!("the array has the shape ({shape}): labels are a vector")),
    }
}

/// The header, and where the elements begin.
fn header(bytes: &[u8]) -> Option<(&str, usize)> {
    let rest = bytes.strip_prefix(b"\x93NUMPY")?;
    let (length, begin): (usize, usize) = match rest.first()? {
        1 => (u16::from_le_bytes(rest.get(2..4)?.try_into().ok()?) as usize, 10),
        2 | 3 => (u32::from_le_bytes(rest.get(2..6)?.try_into().ok()?) as usize, 12),
        _ => return None,
    };
    let end = begin.checked_add(length)?;
    Some((std::str::from_utf8(bytes.get(begin..end)?).ok()?, end))
}

fn value<'h>(header: &'h str, key: &str) -> Option<&'h str> {
    let rest = header.split_once(key)?.1.trim_start();
    rest.split_inclusive(',').next().map(|value| value.trim_end_matches(',').trim())
}

fn element(kind: &str) -> Option<Element> {
    let (letter, size) = kind.split_at_checked(1)?;
    let size: usize = size.parse().ok()?;
    match (letter, size) {
        ("i", 1 | 2 | 4 | 8) => Some(Element::Signed(size)),
        ("u", 1 | 2 | 4 | 8) => Some(Element::Unsigned(size)),
        ("f", 4 | 8) => Some(Element::Float(size)),
        ("U", _) => Some(Element::Text(4 * size)),
        ("S", _) => Some(Element::Bytes(size)),
        _ => None,
    }
}
