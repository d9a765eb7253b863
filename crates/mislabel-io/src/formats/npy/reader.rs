//! NumPy's `.npy` format, versions 1 to 3.
//!
//! Six bytes of magic, two of version, the length of the header (16 bits in version 1, 32 later, little endian),
//! a Python dictionary, the elements. See [NEP 1] and `numpy.lib.format`.
//!
//! [NEP 1]: https://numpy.org/neps/nep-0001-npy-format.html

use std::path::Path;

use crate::error::{Error, Result};
use crate::formats::foreign::refuse_foreign;
use crate::formats::npy::header::{Dictionary, Refusal};
use crate::storage::element::Element;
use crate::storage::mapping::Mapping;
use crate::storage::stored_array::{Layout, Storage, StoredArray};

const MAGIC: &[u8] = b"\x93NUMPY";

/// The array in the `.npy` file at `path`, mapped.
pub(crate) fn open(path: &Path) -> Result<StoredArray> {
    let mapping = Mapping::open(path)?;
    refuse_foreign(path, &mapping, MAGIC)?;
    let end = mapping.len();
    array(path, Storage::Mapped(mapping), 0, end)
}

/// The number of axes of the array that begins with `bytes`.
pub(crate) fn axes(bytes: &[u8]) -> Option<usize> {
    header(bytes).ok().map(|(dictionary, _)| dictionary.shape.len())
}

/// The array whose `.npy` file is the bytes from `start` to `end` of `storage`.
pub(crate) fn array(path: &Path, storage: Storage, start: usize, end: usize) -> Result<StoredArray> {
    let bytes = &storage.bytes()[start..end];
    let (dictionary, data) =
        header(bytes).map_err(|Refusal { offset, problem }| Error::Malformed { path: path.into(), offset, problem })?;
    let (element, big_endian) = element(path, &dictionary.descr)?;
    let Dictionary { fortran_order, shape, .. } = dictionary;
    StoredArray::new(path, storage, start + data..end, Layout { element, big_endian, fortran_order, shape })
}

/// The dictionary of a `.npy` file and where its data start.
fn header(bytes: &[u8]) -> Result<(Dictionary, usize), Refusal> {
    let refuse = |offset, problem| Err(Refusal { offset, problem });
    if !bytes.starts_with(MAGIC) {
        return refuse(0, "the file does not start with NumPy's magic bytes");
    }
    let (length, start): (usize, usize) = match bytes[MAGIC.len()..] {
        [1, _, a, b, ..] => (usize::from(u16::from_le_bytes([a, b])), 10),
        [2 | 3, _, a, b, c, d, ..] => (u32::from_le_bytes([a, b, c, d]) as usize, 12),
        [0 | 4.., ..] => return refuse(6, "the version is none of 1, 2 and 3"),
        _ => return refuse(bytes.len(), "the file ends before its header"),
    };
    let Some(text) = start.checked_add(length).and_then(|end| bytes.get(start..end)) else {
        return refuse(bytes.len(), "the file ends within its header");
    };
    let dictionary =
        Dictionary::parse(text).map_err(|refusal| Refusal { offset: start + refusal.offset, ..refusal })?;
    Ok((dictionary, start + length))
}

/// The element type and whether its greatest byte comes first, from a `descr` such as `<f2`.
fn element(path: &Path, descr: &str) -> Result<(Element, bool)> {
    let refuse = |reason| Err(Error::Element { path: path.into(), element: descr.into(), reason });
    let (order, kind) = match descr.split_at_checked(1) {
        Some((order @ ("<" | ">" | "|" | "="), kind)) => (order, kind),
        _ => ("=", descr),
    };
    let big_endian = order == ">" || (order == "=" && cfg!(target_endian = "big"));
    let element = match kind {
        "b1" | "?" => Element::Bool,
        "u1" => Element::U8,
        "i1" => Element::I8,
        "u2" => Element::U16,
        "i2" => Element::I16,
        "u4" => Element::U32,
        "i4" => Element::I32,
        "u8" => Element::U64,
        "i8" => Element::I64,
        "f2" => Element::F16,
        "f4" => Element::F32,
        "f8" => Element::F64,
        _ => match text_element(kind) {
            Some(element) => element,
            None if kind.starts_with('O') => return refuse("object arrays hold pickled Python objects; convert them"),
            None => return refuse("convert it to a float, an integer or a string type"),
        },
    };
    Ok((element, big_endian))
}

fn text_element(kind: &str) -> Option<Element> {
    let (kind, length) = kind.split_at_checked(1)?;
    if !length.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match (kind, length.parse().ok()?) {
        // Without bytes an array may have any length.
        (_, 0) => None,
        ("U", count) => Some(Element::Characters(count)),
        ("S" | "a", count) => Some(Element::Bytes(count)),
        _ => None,
    }
}
