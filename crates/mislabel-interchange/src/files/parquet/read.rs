//! Rows of Parquet files.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::Type as Physical;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::{Type, TypePtr};
use serde_json::{Map, Number, Value};

use crate::error::{Error, Result};
use crate::files::input;
use crate::files::parquet::checked::CheckedFile;
use crate::options::ReadOptions;

/// The name that pandas gives an index without a name.
const PANDAS_INDEX: &str = "__index_level_0__";

/// Hands every row to `each`, with its number. The bytes of images are not read.
pub(crate) fn each_row(
    path: &Path,
    options: &ReadOptions,
    mut each: impl FnMut(usize, Map<String, Value>) -> Result<()>,
) -> Result<()> {
    let reader = guarded(path, || opened(path, options))?;
    let mut rows = guarded(path, || {
        let schema = reader.metadata().file_metadata().schema_descr().root_schema_ptr();
        let projection = without_bytes(&schema).map_err(Error::malformed(path))?;
        RowIter::from_file_into(Box::new(reader)).project(Some(projection)).map_err(Error::malformed(path))
    })?;
    let mut number = 0;
    while let Some(row) = guarded(path, || Ok(rows.next()))? {
        each(number, object(&row.map_err(Error::malformed(path))?))?;
        number += 1;
    }
    Ok(())
}

/// The value of a key in the metadata of the file.
pub(crate) fn metadata(path: &Path, options: &ReadOptions, key: &str) -> Result<Option<String>> {
    guarded(path, || {
        let reader = opened(path, options)?;
        let pairs = reader.metadata().file_metadata().key_value_metadata();
        Ok(pairs.and_then(|pairs| pairs.iter().find(|pair| pair.key == key)?.value.clone()))
    })
}

fn opened(path: &Path, options: &ReadOptions) -> Result<CheckedFile> {
    let bytes = Bytes::from(input::bytes(path, options)?);
    SerializedFileReader::new(bytes).map(CheckedFile).map_err(Error::malformed(path))
}

/// Runs `read`; turns a panic of the parser, which asserts where it could refuse, into an error.
fn guarded<T>(path: &Path, read: impl FnOnce() -> Result<T>) -> Result<T> {
    // All that `read` could leave in disorder is dropped with it.
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(Error::malformed(path)("the file is damaged: its parts contradict each other")))
}

/// The schema without the bytes of images: they lie in groups, are binary, and are no text.
fn without_bytes(schema: &TypePtr) -> parquet::errors::Result<Type> {
    let fields = schema.get_fields().iter().map(|field| match field.is_group() && !is_list(field) {
        true => {
            let kept = field.get_fields().iter().filter(|part| !is_binary(part)).cloned().collect::<Vec<_>>();
            let group = Type::group_type_builder(field.name()).with_repetition(field.get_basic_info().repetition());
            group.with_fields(kept).build().map(Arc::new)
        }
        false => Ok(Arc::clone(field)),
    });
    let fields = fields.collect::<parquet::errors::Result<Vec<TypePtr>>>()?;
    let readable = fields.into_iter().filter(|field| !field.is_group() || !field.get_fields().is_empty()).collect();
    Type::group_type_builder(schema.name()).with_fields(readable).build()
}

/// Lists and maps stay as they are.
fn is_list(field: &TypePtr) -> bool {
    let info = field.get_basic_info();
    info.logical_type_ref().is_some() || info.converted_type() != parquet::basic::ConvertedType::NONE
}

fn is_binary(part: &TypePtr) -> bool {
    let annotated = is_list(part);
    part.is_primitive() && part.get_physical_type() == Physical::BYTE_ARRAY && !annotated
}

fn object(row: &Row) -> Map<String, Value> {
    let named = |(name, field): (&String, &Field)| {
        let name = if name == PANDAS_INDEX { "index".to_owned() } else { name.clone() };
        (name, value(field))
    };
    row.get_column_iter().map(named).collect()
}

fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(truth) => Value::Bool(*truth),
        Field::Byte(number) => (*number).into(),
        Field::Short(number) => (*number).into(),
        Field::Int(number) => (*number).into(),
        Field::Long(number) => (*number).into(),
        Field::UByte(number) => (*number).into(),
        Field::UShort(number) => (*number).into(),
        Field::UInt(number) => (*number).into(),
        Field::ULong(number) => (*number).into(),
        Field::Float16(number) => float(f64::from(f32::from(*number))),
        Field::Float(number) => float(f64::from(*number)),
        Field::Double(number) => float(*number),
        Field::Str(text) => text.as_str().into(),
        Field::Bytes(bytes) => bytes.as_utf8().map_or(Value::Null, Value::from),
        Field::Group(row) => Value::Object(object(row)),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        // Dates, times, decimals and maps: in words.
        _ => field.to_string().into(),
    }
}

/// JSON has no NaN; pandas writes NaN where there is nothing.
fn float(number: f64) -> Value {
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}
