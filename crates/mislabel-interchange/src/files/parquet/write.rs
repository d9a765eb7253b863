//! Parquet files of columns that may lack values.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};
use serde_json::{Map, Value};

/// Rows of a group where rows are small.
pub(crate) const ROWS: usize = 100_000;

/// The values of a column, `(n,)`; `None` where there is none.
pub(crate) enum Values {
    Truths(Vec<Option<bool>>),
    Integers(Vec<Option<i64>>),
    Floats(Vec<Option<f64>>),
    Texts(Vec<Option<String>>),
    /// Paths of images, as Hugging Face datasets hold them: a struct of `bytes`, which are null here, and `path`.
    Images(Vec<Option<String>>),
}

/// A column and its name.
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) values: Values,
}

/// Columns of one length, and what the file says of them.
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) metadata: Vec<(String, String)>,
    /// Rows of a group.
    pub(crate) group: usize,
}

impl Column {
    /// The values of `name` in `rows`: truth values, integers or floats if all are, otherwise texts.
    pub(crate) fn of(name: &str, rows: &[Map<String, Value>]) -> Self {
        let all: Vec<Option<&Value>> = rows.iter().map(|row| row.get(name).filter(|value| !value.is_null())).collect();
        let each = |is: fn(&Value) -> bool| all.iter().flatten().all(|value| is(value));
        let values = if each(Value::is_boolean) {
            Values::Truths(all.iter().map(|value| value.and_then(Value::as_bool)).collect())
        } else if each(Value::is_i64) {
            Values::Integers(all.iter().map(|value| value.and_then(Value::as_i64)).collect())
        } else if each(Value::is_number) {
            Values::Floats(all.iter().map(|value| value.and_then(Value::as_f64)).collect())
        } else {
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), Into::into);
            Values::Texts(all.iter().map(|value| value.map(text)).collect())
        };
        Self { name: name.into(), values }
    }

    fn len(&self) -> usize {
        match &self.values {
            Values::Truths(values) => values.len(),
            Values::Integers(values) => values.len(),
            Values::Floats(values) => values.len(),
            Values::Texts(values) | Values::Images(values) => values.len(),
        }
    }

    fn schema(&self) -> Result<TypePtr> {
        let plain = |physical| optional(&self.name, physical, None);
        match &self.values {
            Values::Truths(_) => plain(Physical::BOOLEAN),
            Values::Integers(_) => plain(Physical::INT64),
            Values::Floats(_) => plain(Physical::DOUBLE),
            Values::Texts(_) => optional(&self.name, Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Values::Images(_) => {
                let bytes = optional("bytes", Physical::BYTE_ARRAY, None)?;
                let path = optional("path", Physical::BYTE_ARRAY, Some(LogicalType::String))?;
                let group = Type::group_type_builder(&self.name).with_repetition(Repetition::OPTIONAL);
                group.with_fields(vec![bytes, path]).build().map(Arc::new)
            }
        }
    }
}

fn optional(name: &str, physical: Physical, logical: Option<LogicalType>) -> Result<TypePtr> {
    let builder = Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
    builder.with_logical_type(logical).build().map(Arc::new)
}

/// Writes the table.
pub(crate) fn write(table: &Table, out: &mut (dyn Write + Send)) -> std::io::Result<()> {
    write_groups(table, out).map_err(std::io::Error::other)
}

fn write_groups(table: &Table, out: &mut (dyn Write + Send)) -> Result<()> {
    let fields = table.columns.iter().map(Column::schema).collect::<Result<Vec<TypePtr>>>()?;
    let schema = Type::group_type_builder("schema").with_fields(fields).build()?;
    let metadata = table.metadata.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
    let properties =
        WriterProperties::builder().set_compression(Compression::SNAPPY).set_key_value_metadata(Some(metadata)).build();
    let mut writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
    let rows = table.columns.first().map_or(0, Column::len);
    for start in (0..rows).step_by(table.group.max(1)) {
        let end = (start + table.group.max(1)).min(rows);
        let mut group = writer.next_row_group()?;
        for column in &table.columns {
            write_column(&mut group, &column.values, start, end)?;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(())
}

type Group<'a, 'w> = SerializedRowGroupWriter<'a, &'w mut (dyn Write + Send)>;

fn write_column(group: &mut Group<'_, '_>, values: &Values, start: usize, end: usize) -> Result<()> {
    match values {
        Values::Truths(values) => write_leaf::<BoolType>(group, &values[start..end], 1),
        Values::Integers(values) => write_leaf::<Int64Type>(group, &values[start..end], 1),
        Values::Floats(values) => write_leaf::<DoubleType>(group, &values[start..end], 1),
        Values::Texts(values) => write_leaf::<ByteArrayType>(group, &byte_arrays(&values[start..end]), 1),
        Values::Images(values) => {
            let paths = byte_arrays(&values[start..end]);
            let levels: Vec<i16> = paths.iter().map(|path| i16::from(path.is_some())).collect();
            write_levels::<ByteArrayType>(group, &[], &levels)?;
            write_leaf::<ByteArrayType>(group, &paths, 2)
        }
    }
}

fn byte_arrays(texts: &[Option<String>]) -> Vec<Option<ByteArray>> {
    texts.iter().map(|text| text.as_deref().map(ByteArray::from)).collect()
}

/// Writes a column in which a value has the definition level `present`, and a missing one 0.
fn write_leaf<T: DataType>(group: &mut Group<'_, '_>, values: &[Option<T::T>], present: i16) -> Result<()> {
    let levels: Vec<i16> = values.iter().map(|value| if value.is_some() { present } else { 0 }).collect();
    let values: Vec<T::T> = values.iter().flatten().cloned().collect();
    write_levels::<T>(group, &values, &levels)
}

fn write_levels<T: DataType>(group: &mut Group<'_, '_>, values: &[T::T], levels: &[i16]) -> Result<()> {
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("the schema has too few columns".into()));
    };
    column.typed::<T>().write_batch(values, Some(levels), None)?;
    column.close()
}
