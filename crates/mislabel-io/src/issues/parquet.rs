//! Tables of label issues as Parquet files.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::Result as ParquetResult;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use crate::issues::table::IssueTable;
use crate::labels::values::{LabelForm, LabelValues};

pub(crate) fn write(table: &IssueTable, out: &mut (dyn Write + Send)) -> ParquetResult<()> {
    let columns = table.columns();
    let label = |values: &LabelValues| match values.form() {
        LabelForm::Integers => "int64",
        LabelForm::Strings => "binary",
    };
    let annotation = |values: &LabelValues| match values.form() {
        LabelForm::Integers => "",
        LabelForm::Strings => " (STRING)",
    };
    let schema = format!(
        "message issues {{ required int64 index (INTEGER(64, false));
            required {} given_label{}; required {} suggested_label{};
            required double quality; required double score; required boolean is_issue; }}",
        label(&columns.given_label),
        annotation(&columns.given_label),
        label(&columns.suggested_label),
        annotation(&columns.suggested_label),
    );
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = SerializedFileWriter::new(out, Arc::new(parse_message_type(&schema)?), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    let index: Vec<i64> = columns.index.iter().map(|&index| index as i64).collect();
    write_column::<Int64Type>(&mut group, &index)?;
    write_labels(&mut group, &columns.given_label)?;
    write_labels(&mut group, &columns.suggested_label)?;
    write_column::<DoubleType>(&mut group, &columns.quality)?;
    write_column::<DoubleType>(&mut group, &columns.score)?;
    write_column::<BoolType>(&mut group, &columns.is_issue)?;
    group.close()?;
    writer.close()?;
    Ok(())
}

type Group<'a, 'w> = SerializedRowGroupWriter<'a, &'w mut (dyn Write + Send)>;

fn write_labels(group: &mut Group<'_, '_>, labels: &LabelValues) -> ParquetResult<()> {
    match labels {
        LabelValues::Integers(values) => write_column::<Int64Type>(group, values),
        LabelValues::Strings(values) => {
            let values: Vec<ByteArray> = values.iter().map(|value| value.as_str().into()).collect();
            write_column::<ByteArrayType>(group, &values)
        }
    }
}

fn write_column<T: DataType>(group: &mut Group<'_, '_>, values: &[T::T]) -> ParquetResult<()> {
    let Some(mut column) = group.next_column()? else {
        return Err(parquet::errors::ParquetError::General("the schema has too few columns".into()));
    };
    column.typed::<T>().write_batch(values, None, None)?;
    column.close()
}
