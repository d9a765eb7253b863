//! Labels in an array: elements changed where they stand.

use std::io::Write;

use half::{bf16, f16};

use crate::error::{Error, Result};
use crate::labels::rewriting::edits::Edits;
use crate::storage::element::Element;
use crate::storage::stored_array::StoredArray;

/// Writes the bytes that hold `array` with `edits`; header, element type, and all other bytes stay.
pub(crate) fn write(array: &StoredArray, edits: &Edits<'_>, out: &mut (dyn Write + Send)) -> Result<()> {
    if !edits.left_out.is_empty() {
        return Err(edits.refusal("rows cannot be left out of an array: keep them, or convert the labels to a table"));
    }
    edits.check_rows(array.column_length()?)?;
    let failed = |cause| Error::io(edits.path)(cause);
    let (bytes, start) = array.whole();
    let (element, big_endian) = (array.layout().element, array.layout().big_endian);
    let size = element.size().unwrap_or(0);
    let mut written = 0;
    for &row in edits.labels.keys() {
        let found = text(array, row);
        let Some(new) = edits.cell(row, &found, &found)? else { continue };
        let changed = encoded(element, big_endian, &new).ok_or_else(|| {
            edits.refusal(format!("row {row}: {new:?} does not fit an element of {size} bytes ({}): convert the labels to another type or to a table", element.words()))
        })?;
        let place = start + row * size;
        out.write_all(&bytes[written..place]).map_err(failed)?;
        out.write_all(&changed).map_err(failed)?;
        written = place + size;
    }
    out.write_all(&bytes[written..]).map_err(failed)
}

fn text(array: &StoredArray, row: usize) -> String {
    if array.layout().element.is_text() {
        return array.text(row).unwrap_or_default().trim().to_owned();
    }
    match array.integer(row) {
        Ok(value) if array.layout().element == Element::Bool => if value == 0 { "False" } else { "True" }.into(),
        Ok(value) => value.to_string(),
        Err(value) => array.unsigned(row).map_or_else(|| value.to_string(), |value| value.to_string()),
    }
}

/// `label` as an element, if it is one.
fn encoded(element: Element, big_endian: bool, label: &str) -> Option<Vec<u8>> {
    fn ordered<const N: usize>(mut little: [u8; N], big_endian: bool) -> Vec<u8> {
        if big_endian {
            little.reverse();
        }
        little.into()
    }
    let float = || label.parse::<f64>().ok();
    let integer = || label.parse::<i64>().ok();
    let padded = |mut bytes: Vec<u8>, size: usize| {
        let fits = bytes.len() <= size;
        bytes.resize(size, 0);
        fits.then_some(bytes)
    };
    Some(match element {
        Element::Bool => vec![match label {
            "True" | "1" => 1,
            "False" | "0" => 0,
            _ => return None,
        }],
        Element::U8 => u8::try_from(integer()?).ok()?.to_le_bytes().into(),
        Element::I8 => i8::try_from(integer()?).ok()?.to_le_bytes().into(),
        Element::U16 => ordered(u16::try_from(integer()?).ok()?.to_le_bytes(), big_endian),
        Element::I16 => ordered(i16::try_from(integer()?).ok()?.to_le_bytes(), big_endian),
        Element::U32 => ordered(u32::try_from(integer()?).ok()?.to_le_bytes(), big_endian),
        Element::I32 => ordered(i32::try_from(integer()?).ok()?.to_le_bytes(), big_endian),
        Element::U64 => ordered(u64::try_from(integer()?).ok()?.to_le_bytes(), big_endian),
        Element::I64 => ordered(integer()?.to_le_bytes(), big_endian),
        Element::F16 => {
            let half = float().map(f16::from_f64).filter(|half| Some(half.to_f64()) == float())?;
            ordered(half.to_le_bytes(), big_endian)
        }
        Element::Bf16 => {
            let half = float().map(bf16::from_f64).filter(|half| Some(half.to_f64()) == float())?;
            ordered(half.to_le_bytes(), big_endian)
        }
        Element::F32 => {
            let single = float().map(|value| value as f32).filter(|single| Some(f64::from(*single)) == float())?;
            ordered(single.to_le_bytes(), big_endian)
        }
        Element::F64 => ordered(float()?.to_le_bytes(), big_endian),
        Element::Characters(count) => {
            let points = label.chars().flat_map(|character| ordered(u32::from(character).to_le_bytes(), big_endian));
            padded(points.collect(), count.checked_mul(4)?)?
        }
        Element::Bytes(count) => padded(label.as_bytes().into(), count)?,
    })
}
