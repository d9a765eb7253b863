//! Tables of label issues as Parquet files.

use std::io::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;

use crate::issues::sheet::{SheetColumn, Values, sheet};
use crate::issues::table::IssueTable;

pub(crate) fn write(table: &IssueTable, out: &mut (dyn Write + Send)) -> Result<()> {
    write_sheet(&sheet(table), out)
}

/// Writes the columns of `sheet`.
pub(crate) fn write_sheet(sheet: &[SheetColumn], out: &mut (dyn Write + Send)) -> Result<()> {
    let arrays: Vec<ArrayRef> = sheet.iter().map(|column| array(&column.values)).collect();
    let field =
        |(name, array): (&String, &ArrayRef)| Field::new(name, array.data_type().clone(), array.null_count() > 0);
    let fields: Vec<Field> = sheet.iter().map(|column| &column.name).zip(&arrays).map(field).collect();
    let schema = Arc::new(Schema::new(fields));
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties))?;
    writer.write(&RecordBatch::try_new(schema, arrays)?)?;
    writer.close()?;
    Ok(())
}

fn array(values: &Values) -> ArrayRef {
    match values {
        Values::Integers(values) => Arc::new(Int64Array::from(values.clone())),
        Values::Numbers(values) => Arc::new(Float64Array::from(values.clone())),
        Values::Flags(values) => Arc::new(BooleanArray::from(values.clone())),
        Values::Texts(values) => Arc::new(StringArray::from(values.clone())),
    }
}
