//! The `.safetensors` format.

use std::path::Path;

use safetensors::Dtype;
use safetensors::tensor::Metadata;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::foreign::refuse_foreign;
use crate::formats::npz::{Called, Wanted};
use crate::storage::element::Element;
use crate::storage::mapping::Mapping;
use crate::storage::stored_array::{Layout, Storage, StoredArray};

/// Bytes of the header's length, which come before the header.
const LENGTH_BYTES: usize = 8;
/// The format's own limit on the header.
const MOST_HEADER_BYTES: usize = 100_000_000;

/// The tensor chosen from the file at `path`, mapped, what it is called, and what the others are.
pub(crate) fn open(path: &Path, choice: &ReadOptions, wanted: Wanted) -> Result<(StoredArray, Called)> {
    let mapping = Mapping::open(path)?;
    let refused = |error| refuse_foreign(path, &mapping, b"").err().unwrap_or(error);
    let (data, metadata) = metadata(path, &mapping).map_err(refused)?;
    let (name, others) = chosen(path, &metadata, choice, wanted)?;
    let info = metadata.info(&name).ok_or_else(|| missing(path, &name, &others))?;
    let layout = Layout {
        element: element(path, info.dtype)?,
        big_endian: false,
        fortran_order: false,
        shape: info.shape.clone(),
    };
    let (start, end) = info.data_offsets;
    let array = StoredArray::new(path, Storage::Mapped(mapping), data + start..data + end, layout)?;
    Ok((array, (name, others)))
}

/// Where the data start, and the header, whose offsets lie within the file.
///
/// Deserializing checks that tensors neither overlap nor leave gaps and that their sizes do not overflow.
/// `SafeTensors::read_metadata` would do the rest too, but adds lengths from the file without checking for overflow.
fn metadata(path: &Path, bytes: &[u8]) -> Result<(usize, Metadata)> {
    let refuse = |offset, problem| Error::Malformed { path: path.into(), offset, problem };
    let Some((length, rest)) = bytes.split_first_chunk::<LENGTH_BYTES>() else {
        return Err(refuse(bytes.len(), "the file ends within the length of its header"));
    };
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    if length > MOST_HEADER_BYTES {
        return Err(refuse(0, "the header is longer than the format's 100 MB"));
    }
    let Some((header, data)) = rest.split_at_checked(length) else {
        return Err(refuse(bytes.len(), "the file ends within its header"));
    };
    let metadata: Metadata = serde_json::from_slice(header).map_err(Error::parser(path))?;
    let (expected, found) = (metadata.data_len(), data.len());
    if expected != found {
        return Err(Error::WrongLength { path: path.into(), expected: expected as u64, found: found as u64 });
    }
    Ok((LENGTH_BYTES + length, metadata))
}

/// The name of the tensor that is asked for, that is the only one, or that its name or its axes tell, and the names of the
/// others.
fn chosen(path: &Path, metadata: &Metadata, choice: &ReadOptions, wanted: Wanted) -> Result<Called> {
    let mut names = metadata.offset_keys();
    names.sort_unstable();
    let axes = |name: &String| metadata.info(name).map(|tensor| tensor.shape.len());
    let place = match &choice.array {
        Some(name) => names.iter().position(|other| other == name).ok_or_else(|| missing(path, name, &names))?,
        None => {
            let only = (names.len() == 1).then_some(0);
            let ranks = || wanted.by_rank((0..names.len()).filter(|place| axes(&names[*place]) == Some(wanted.axes())));
            let found = only.or_else(|| wanted.among(&names)).or_else(ranks);
            found.ok_or_else(|| wanted.unnamed(path, names.clone()))?
        }
    };
    let name = names.remove(place);
    Ok((name, names))
}

fn missing(path: &Path, name: &str, available: &[String]) -> Error {
    Error::Missing { path: path.into(), name: name.into(), available: available.to_vec() }
}

fn element(path: &Path, dtype: Dtype) -> Result<Element> {
    match dtype {
        Dtype::BOOL => Ok(Element::Bool),
        Dtype::U8 => Ok(Element::U8),
        Dtype::I8 => Ok(Element::I8),
        Dtype::U16 => Ok(Element::U16),
        Dtype::I16 => Ok(Element::I16),
        Dtype::U32 => Ok(Element::U32),
        Dtype::I32 => Ok(Element::I32),
        Dtype::U64 => Ok(Element::U64),
        Dtype::I64 => Ok(Element::I64),
        Dtype::F16 => Ok(Element::F16),
        Dtype::BF16 => Ok(Element::Bf16),
        Dtype::F32 => Ok(Element::F32),
        Dtype::F64 => Ok(Element::F64),
        other => {
            let reason = "convert it to f16, bf16, f32, f64 or an integer type";
            Err(Error::Element { path: path.into(), element: other.to_string(), reason })
        }
    }
}
