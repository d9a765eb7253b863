//! Single cells of a table: as text, whatever their type.

use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float16Type, Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef};
use arrow_cast::cast;
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::DataType;

use crate::error::{Error, Result};

/// The cells of `column` as text without blanks around it; `None` where there is no value.
pub(crate) fn texts(path: &Path, name: &str, column: &ArrayRef) -> Result<Vec<Option<String>>> {
    let at = |row: usize, value: String| Error::Value {
        path: path.into(),
        row,
        column: name.into(),
        value,
        requirement: "be UTF-8",
    };
    match column.data_type() {
        DataType::Utf8 => Ok(column.as_string::<i32>().iter().map(trimmed).collect()),
        DataType::LargeUtf8 => Ok(column.as_string::<i64>().iter().map(trimmed).collect()),
        DataType::Utf8View => Ok(column.as_string_view().iter().map(trimmed).collect()),
        DataType::Binary => {
            let text = |(row, bytes): (usize, Option<&[u8]>)| match bytes.map(std::str::from_utf8) {
                None => Ok(None),
                Some(Ok(text)) => Ok(trimmed(Some(text))),
                Some(Err(_)) => Err(at(row, String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned())),
            };
            column.as_binary::<i32>().iter().enumerate().map(text).collect()
        }
        DataType::LargeBinary | DataType::BinaryView => texts(path, name, &converted(path, column, &DataType::Binary)?),
        // A dictionary or runs: the values themselves.
        DataType::Dictionary(_, values) => texts(path, name, &converted(path, column, values)?),
        DataType::RunEndEncoded(_, values) => texts(path, name, &converted(path, column, values.data_type())?),
        DataType::Boolean => Ok(column.as_boolean().iter().map(|truth| truth.map(truth_word)).collect()),
        DataType::Float16 => {
            Ok(column.as_primitive::<Float16Type>().iter().map(|v| v.and_then(|v| float(v.to_f64()))).collect())
        }
        DataType::Float32 => Ok(column.as_primitive::<Float32Type>().iter().map(|v| v.and_then(single)).collect()),
        DataType::Float64 => Ok(column.as_primitive::<Float64Type>().iter().map(|v| v.and_then(float)).collect()),
        DataType::Struct(_) => match column.as_struct().column_by_name("path") {
            Some(media) => texts(path, name, media),
            None => formatted(path, column),
        },
        _ => formatted(path, column),
    }
}

fn trimmed(cell: Option<&str>) -> Option<String> {
    cell.map(|cell| cell.trim().to_owned())
}

/// A truth value as NumPy and pandas write it, so that the classes are the same from every format.
fn truth_word(truth: bool) -> String {
    if truth { "True".into() } else { "False".into() }
}

/// A number as text; NaN is a missing value.
fn float(value: f64) -> Option<String> {
    (!value.is_nan()).then(|| value.to_string())
}

fn single(value: f32) -> Option<String> {
    (!value.is_nan()).then(|| value.to_string())
}

fn converted(path: &Path, column: &ArrayRef, to: &DataType) -> Result<ArrayRef> {
    cast(column, to).map_err(Error::parser(path))
}

fn formatted(path: &Path, column: &ArrayRef) -> Result<Vec<Option<String>>> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(column, &options).map_err(Error::parser(path))?;
    let cell = |row: usize| match column.is_null(row) {
        true => Ok(None),
        false => formatter.value(row).try_to_string().map(Some).map_err(Error::parser(path)),
    };
    (0..column.len()).map(cell).collect()
}
