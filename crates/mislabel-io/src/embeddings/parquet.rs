//! Embeddings written as Parquet files.

use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use mislabel_core::Result;
use parquet::data_type::{ByteArray, FixedLenByteArray, FixedLenByteArrayType, FloatType};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use crate::embeddings::blocks::{FloatFormat, RowBlocks};
use crate::error::Error as FileError;

/// Writes a list column called `embedding`, one row group per block.
pub(crate) fn write(blocks: &RowBlocks<'_>, out: &mut (dyn Write + Send)) -> Result<()> {
    let failed = |cause: ParquetError| mislabel_core::Error::from(FileError::parser(blocks.path)(cause));
    let mut file = SerializedFileWriter::new(out, Arc::new(schema(blocks.stored).map_err(failed)?), properties());
    let file = file.as_mut().map_err(|cause| failed(ParquetError::General(cause.to_string())))?;
    let d = blocks.source.shape().1;
    blocks.write(|rows, bytes| {
        let mut group = file.next_row_group().map_err(failed)?;
        write_column(&mut group, blocks.stored, rows, d, bytes).map_err(failed)?;
        group.close().map_err(failed)?;
        Ok(())
    })?;
    file.finish().map_err(failed)?;
    Ok(())
}

fn schema(stored: FloatFormat) -> ParquetResult<parquet::schema::types::Type> {
    let element = match stored {
        FloatFormat::Half => "FIXED_LEN_BYTE_ARRAY (2) element (FLOAT16)",
        FloatFormat::Single => "FLOAT element",
    };
    parse_message_type(&format!(
        "message embeddings {{ required group embedding (LIST) {{ repeated group list {{ required {element}; }} }} }}"
    ))
}

/// Numbers of embeddings neither repeat nor shrink.
fn properties() -> Arc<WriterProperties> {
    let builder = WriterProperties::builder().set_dictionary_enabled(false);
    Arc::new(builder.set_statistics_enabled(EnabledStatistics::None).build())
}

type Group<'a, 'w> = SerializedRowGroupWriter<'a, &'w mut (dyn Write + Send)>;

fn write_column(
    group: &mut Group<'_, '_>,
    stored: FloatFormat,
    rows: usize,
    d: usize,
    bytes: &[u8],
) -> ParquetResult<()> {
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("the schema has no column".into()));
    };
    let present = vec![1_i16; d];
    let mut continued = present.clone();
    continued[0] = 0;
    let of_rows = bytes.chunks_exact(d * stored.bytes()).take(rows);
    match stored {
        FloatFormat::Single => {
            let typed = column.typed::<FloatType>();
            for row in of_rows {
                let values: Vec<f32> = row.as_chunks().0.iter().map(|value| f32::from_le_bytes(*value)).collect();
                typed.write_batch(&values, Some(&present), Some(&continued))?;
            }
        }
        FloatFormat::Half => {
            let typed = column.typed::<FixedLenByteArrayType>();
            for row in of_rows {
                let row = Bytes::copy_from_slice(row);
                let value = |i: usize| FixedLenByteArray::from(ByteArray::from(row.slice(2 * i..2 * i + 2)));
                let values: Vec<FixedLenByteArray> = (0..d).map(value).collect();
                typed.write_batch(&values, Some(&present), Some(&continued))?;
            }
        }
    }
    column.close()
}
