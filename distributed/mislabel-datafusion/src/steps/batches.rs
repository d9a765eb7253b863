//! Values of the rows that a query gives, and small tables that queries read.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, UInt64Type};
use datafusion::parquet::arrow::ArrowWriter;

use crate::error::{Error, Result};
use crate::functions::rows::texts;
use crate::session::quoted;

/// A column of ids or labels.
pub(super) fn names(batch: &RecordBatch, column: usize) -> Result<Vec<Option<String>>> {
    texts(batch.column(column), "names").map_err(Error::engine("reading names"))
}

/// A column of whole numbers.
pub(super) fn wholes(batch: &RecordBatch, column: usize) -> Vec<i64> {
    batch.column(column).as_primitive::<Int64Type>().values().to_vec()
}

/// A column of numbers.
pub(super) fn doubles(batch: &RecordBatch, column: usize) -> Vec<f64> {
    batch.column(column).as_primitive::<Float64Type>().values().to_vec()
}

/// A row of id, label and suggested class, and a number that says how suspect it is.
pub(super) type Ranked = ([String; 3], f64);

/// Rows of these four columns.
pub(super) fn ranked(batches: &[RecordBatch]) -> Result<Vec<Ranked>> {
    let mut all = Vec::new();
    for batch in batches {
        let [ids, labels, suggested] = [names(batch, 0)?, names(batch, 1)?, names(batch, 2)?];
        let texts = ids.into_iter().zip(labels).zip(suggested).map(|((id, label), suggested)| [id, label, suggested]);
        all.extend(texts.map(|row| row.map(Option::unwrap_or_default)).zip(doubles(batch, 3)));
    }
    Ok(all)
}

/// The first value of a column.
fn first<'a>(batches: &'a [RecordBatch], column: &str) -> Result<&'a dyn Array> {
    let batch = batches.iter().find(|batch| batch.num_rows() > 0);
    let column = batch.and_then(|batch| batch.column_by_name(column)).filter(|column| column.is_valid(0));
    column.map(AsRef::as_ref).ok_or_else(|| Error::Damaged("the table of scores is empty".to_owned()))
}

/// The first value of a column of numbers.
pub(super) fn double(batches: &[RecordBatch], column: &str) -> Result<f64> {
    Ok(first(batches, column)?.as_primitive::<Float64Type>().value(0))
}

/// The first value of a column of counts.
pub(super) fn whole(batches: &[RecordBatch], column: &str) -> Result<u64> {
    let found = first(batches, column)?;
    Ok(match found.data_type() {
        DataType::UInt64 => found.as_primitive::<UInt64Type>().value(0),
        _ => found.as_primitive::<Int64Type>().value(0) as u64,
    })
}

/// The first value of a column of bytes.
pub(super) fn binary(batches: &[RecordBatch], column: &str) -> Result<Vec<u8>> {
    Ok(first(batches, column)?.as_binary::<i32>().value(0).to_vec())
}

/// Columns of whole numbers as a Parquet file.
pub(super) fn file<const N: usize>(columns: [(&str, Vec<i64>); N]) -> Result<Vec<u8>> {
    let failed = |error: String| Error::Damaged(format!("a table of numbers cannot be written: {error}"));
    let columns = columns.map(|(name, values)| (name, Arc::new(Int64Array::from(values)) as ArrayRef));
    let batch = RecordBatch::try_from_iter(columns).map_err(|error| failed(error.to_string()))?;
    let mut writer =
        ArrowWriter::try_new(Vec::new(), batch.schema(), None).map_err(|error| failed(error.to_string()))?;
    writer.write(&batch).map_err(|error| failed(error.to_string()))?;
    writer.into_inner().map_err(|error| failed(error.to_string()))
}

/// A value as a literal of a query.
pub(super) fn literal(value: &impl serde::Serialize) -> Result<String> {
    let text = serde_json::to_string(value);
    Ok(quoted(&text.map_err(|error| Error::Damaged(format!("a literal cannot be written: {error}")))?))
}
