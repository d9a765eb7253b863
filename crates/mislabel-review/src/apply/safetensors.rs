//! Arrays in safetensors files.

use std::collections::BTreeMap;

use mislabel_core::Labels;
use serde::Deserialize;

use crate::apply::array_file::{Element, LabelArray};
use crate::apply::corrections::Corrections;
use crate::apply::rewrite::LabelRewrite;
use crate::error::{Error, Result};

#[derive(Deserialize)]
struct Tensor {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

/// The file `bytes` with corrections in the array of labels; all other arrays stay.
pub(crate) fn corrected(
    file: &LabelRewrite<'_>,
    bytes: Vec<u8>,
    given: &Labels,
    corrections: &Corrections,
) -> Result<Vec<u8>> {
    let array = label_array(file, &bytes).map_err(|problem| Error::labels(file.path, problem))?;
    array.correct(file, bytes, given, corrections)
}

fn label_array(file: &LabelRewrite<'_>, bytes: &[u8]) -> Result<LabelArray, String> {
    let (head, rest) = bytes.split_first_chunk::<8>().ok_or("the file is no safetensors file")?;
    let length = usize::try_from(u64::from_le_bytes(*head)).unwrap_or(usize::MAX);
    let header = rest.get(..length).ok_or("the file is shorter than its header says")?;
    let mut entries: BTreeMap<String, serde_json::Value> =
        serde_json::from_slice(header).map_err(|error| format!("the header cannot be read: {error}"))?;
    entries.remove("__metadata__");
    let names = entries.keys().cloned().collect::<Vec<_>>().join(", ");
    let entry = match file.key {
        Some(key) => entries.remove(key),
        None if entries.len() == 1 => entries.into_values().next(),
        None => None,
    };
    let entry = entry.ok_or_else(|| format!("name the array of labels: the file has {names}"))?;
    let tensor: Tensor = serde_json::from_value(entry).map_err(|error| format!("the header is off: {error}"))?;
    let element = element(&tensor.dtype)
        .ok_or_else(|| format!("elements of type {} hold no labels that can be corrected", tensor.dtype))?;
    match tensor.shape[..] {
        [count] | [count, 1] => {
            Ok(LabelArray { start: 8 + length + tensor.data_offsets[0], element, big_endian: false, length: count })
        }
        _ => Err(format!("the array has the shape {:?}: labels are a vector", tensor.shape)),
    }
}

fn element(dtype: &str) -> Option<Element> {
    Some(match dtype {
        "I8" => Element::Signed(1),
        "I16" => Element::Signed(2),
        "I32" => Element::Signed(4),
        "I64" => Element::Signed(8),
        "U8" => Element::Unsigned(1),
        "U16" => Element::Unsigned(2),
        "U32" => Element::Unsigned(4),
        "U64" => Element::Unsigned(8),
        "F32" => Element::Float(4),
        "F64" => Element::Float(8),
        _ => return None,
    })
}
