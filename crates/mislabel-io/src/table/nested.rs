//! Columns within columns: objects in JSON, structs in Arrow and Parquet. Each of their values is a column of its own, called by
//! the names on the way to it: `meta.label`.

use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, make_array};
use arrow_buffer::NullBuffer;
use arrow_schema::{ArrowError, Field, Schema};

use crate::error::{Error, Result};
use crate::table::batches::Batches;
use crate::table::column::Column;

/// Columns of a table at most.
const MOST_COLUMNS: usize = 100_000;

/// `columns` with those within them in their places.
pub(crate) fn flattened(path: &Path, columns: Vec<Column>) -> Result<Vec<Column>> {
    let mut flat = Vec::with_capacity(columns.len());
    for (top, column) in columns.into_iter().enumerate() {
        push(Column { top, ..column }, &mut flat);
        if flat.len() > MOST_COLUMNS {
            return Err(Error::parser(path)("the table has more than a hundred thousand columns"));
        }
    }
    Ok(flat)
}

fn push(mut column: Column, flat: &mut Vec<Column>) {
    let parts = std::mem::take(&mut column.parts);
    if parts.is_empty() {
        flat.push(column);
        return;
    }
    for (place, part) in parts.into_iter().enumerate() {
        let name = format!("{}.{}", column.name, part.name);
        let inside = [&column.inside[..], &[place]].concat();
        push(Column { name, top: column.top, inside, ..part }, flat);
    }
}

/// The rows of the columns `wanted`, in that order, from those that `batches` gives of columns of the file.
pub(crate) fn batches<'a>(
    path: &'a Path,
    wanted: &[&Column],
    batches: impl FnOnce(&[usize]) -> Result<Batches<'a>>,
) -> Result<Batches<'a>> {
    let mut tops: Vec<usize> = wanted.iter().map(|column| column.top).collect();
    if wanted.iter().all(|column| column.inside.is_empty()) {
        return batches(&tops);
    }
    tops.sort_unstable();
    tops.dedup();
    let place = |column: &&Column| (tops.binary_search(&column.top).unwrap_or(0), column.inside.clone());
    let places: Vec<(usize, Vec<usize>)> = wanted.iter().map(place).collect();
    let rows = batches(&tops)?;
    Ok(Batches::new(rows.map(move |batch| taken_out(&batch?, &places).map_err(Error::parser(path)))))
}

fn taken_out(batch: &RecordBatch, places: &[(usize, Vec<usize>)]) -> Result<RecordBatch, ArrowError> {
    let columns: Vec<ArrayRef> =
        places.iter().map(|(top, inside)| within(batch.column(*top), inside)).collect::<Result<_, _>>()?;
    let field = |(number, column): (usize, &ArrayRef)| Field::new(number.to_string(), column.data_type().clone(), true);
    let schema = Schema::new(columns.iter().enumerate().map(field).collect::<Vec<Field>>());
    RecordBatch::try_new(Arc::new(schema), columns)
}

/// The values at the places `inside` of the structs in `array`; where a struct is missing, so are they.
fn within(array: &ArrayRef, inside: &[usize]) -> Result<ArrayRef, ArrowError> {
    let mut array = Arc::clone(array);
    for place in inside {
        let parts = array.as_struct_opt().filter(|parts| *place < parts.num_columns());
        let parts = parts.ok_or_else(|| ArrowError::SchemaError("a column lacks a part of it".into()))?;
        let values = parts.column(*place);
        array = match (parts.nulls(), values.data_type()) {
            (None, _) | (_, arrow_schema::DataType::Null) => Arc::clone(values),
            (nulls, _) => {
                let nulls = NullBuffer::union(nulls, values.nulls());
                make_array(values.to_data().into_builder().nulls(nulls).build()?)
            }
        };
    }
    Ok(array)
}
