//! Arrow's own files: feather and IPC files, and the streams that Hugging Face saves.

use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::reader::{FileDecoder, StreamDecoder};
use arrow_ipc::{Block, Footer, MessageHeader, MetadataVersion, RecordBatch as BatchMessage};
use arrow_schema::{ArrowError, SchemaRef};
use bytes::Bytes;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::foreign::refuse_foreign;
use crate::formats::guarded::guarded;
use crate::storage::mapping::Mapping;
use crate::table::batches::Batches;
use crate::table::column::Column;
use crate::table::declared::declare;

const MAGIC: &[u8] = b"ARROW1";
/// Before the data stands the magic, padded to eight bytes.
const HEAD: usize = 8;
/// The length of the footer, and the magic.
const TAIL: usize = 10;
/// What a stream of messages begins with, before the length of each.
const CONTINUATION: [u8; 4] = [0xFF; 4];
/// No codec of Arrow's files packs better.
const MOST_EXPANSION: u64 = 1 << 16;

/// A file of Arrow record batches, opened.
#[derive(Debug)]
pub(crate) struct ArrowTable {
    path: std::path::PathBuf,
    buffer: Buffer,
    schema: SchemaRef,
    /// The blocks of a file; `None` for a stream.
    file: Option<FileLayout>,
    memory_limit: u64,
    pub(crate) columns: Vec<Column>,
}

#[derive(Debug)]
struct FileLayout {
    version: MetadataVersion,
    dictionaries: Vec<Block>,
    batches: Vec<Block>,
}

impl ArrowTable {
    pub(crate) fn open(path: &Path, choice: &ReadOptions) -> Result<Self> {
        let buffer = Buffer::from(Bytes::from_owner(Mapping::open(path)?));
        guarded(path, || Self::parse(path, buffer, choice.memory_limit))
    }

    fn parse(path: &Path, buffer: Buffer, memory_limit: u64) -> Result<Self> {
        if buffer.starts_with(b"FEA1") {
            return Err(Error::parser(path)(
                "the file is Feather of version 1: write it again with version 2, or as Parquet",
            ));
        }
        let (schema, file) = match buffer.starts_with(MAGIC) {
            true => file_layout(&buffer).map(|(schema, layout)| (schema, Some(layout))),
            false => stream_schema(&buffer).map(|schema| (schema, None)),
        }
        .map_err(|cause| refuse_foreign(path, &buffer, MAGIC).err().unwrap_or_else(|| Error::parser(path)(cause)))?;
        let mut columns: Vec<Column> = schema.fields().iter().map(|field| Column::of_field(field)).collect();
        declare(&mut columns, schema.metadata());
        Ok(Self { path: path.into(), buffer, schema, file, memory_limit, columns })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn form(&self) -> String {
        if self.file.is_some() { "Arrow file".into() } else { "Arrow stream".into() }
    }

    pub(crate) fn batches<'a>(&'a self, columns: &[usize]) -> Result<Batches<'a>> {
        let columns = columns.to_vec();
        let next: Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + 'a> = match &self.file {
            Some(layout) => Box::new(self.of_file(layout)?),
            None => Box::new(StreamBatches {
                decoder: StreamDecoder::new(),
                rest: self.buffer.clone(),
                limit: self.memory_limit,
            }),
        };
        let mut next = next;
        let all = std::iter::from_fn(move || {
            let batch = guarded(&self.path, || Ok(next.next())).unwrap_or_else(|_| Some(Err(damaged())));
            batch.map(|batch| batch.and_then(|batch| batch.project(&columns)).map_err(Error::parser(&self.path)))
        });
        Ok(Batches::new(all))
    }

    fn of_file<'a>(
        &'a self,
        layout: &'a FileLayout,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, ArrowError>> + 'a> {
        let mut decoder = FileDecoder::new(Arc::clone(&self.schema), layout.version);
        for block in &layout.dictionaries {
            let data = self.block(block).map_err(Error::parser(&self.path))?;
            decoder.read_dictionary(block, &data).map_err(Error::parser(&self.path))?;
        }
        let batch = move |block: &Block| self.block(block).and_then(|data| decoder.read_record_batch(block, &data));
        Ok(layout.batches.iter().map(batch).filter_map(Result::transpose))
    }

    /// The bytes of `block`, whose place and sizes are checked.
    fn block(&self, block: &Block) -> Result<Buffer, ArrowError> {
        let metadata = usize::try_from(block.metaDataLength()).map_err(|_| damaged())?;
        let body = usize::try_from(block.bodyLength()).map_err(|_| damaged())?;
        let start = usize::try_from(block.offset()).map_err(|_| damaged())?;
        let length = metadata.checked_add(body).ok_or_else(damaged)?;
        if start.checked_add(length).is_none_or(|end| end > self.buffer.len()) {
            return Err(damaged());
        }
        let data = self.buffer.slice_with_length(start, length);
        check_message(&data, metadata, self.memory_limit)?;
        Ok(data)
    }
}

fn damaged() -> ArrowError {
    ArrowError::IpcError("the file is damaged: its parts lie outside of it, or contradict each other".into())
}

fn file_layout(buffer: &Buffer) -> Result<(SchemaRef, FileLayout), ArrowError> {
    let tail =
        buffer.len().checked_sub(TAIL).filter(|tail| *tail >= HEAD && buffer.ends_with(MAGIC)).ok_or_else(damaged)?;
    let length = i32::from_le_bytes([buffer[tail], buffer[tail + 1], buffer[tail + 2], buffer[tail + 3]]);
    let start = usize::try_from(length).ok().and_then(|length| tail.checked_sub(length)).ok_or_else(damaged)?;
    let footer: Footer<'_> = arrow_ipc::root_as_footer(&buffer[start..tail]).map_err(|_| damaged())?;
    let schema = arrow_ipc::convert::try_fb_to_schema(footer.schema().ok_or_else(damaged)?)?;
    let layout = FileLayout {
        version: footer.version(),
        dictionaries: footer.dictionaries().into_iter().flatten().copied().collect(),
        batches: footer.recordBatches().into_iter().flatten().copied().collect(),
    };
    Ok((Arc::new(schema), layout))
}

/// The schema, which is the first message of a stream.
fn stream_schema(buffer: &Buffer) -> Result<SchemaRef, ArrowError> {
    let (end, _) = message_lengths(buffer)?;
    let prefix = if buffer.starts_with(&CONTINUATION) { 8 } else { 4 };
    let message = arrow_ipc::root_as_message(buffer.get(prefix..end).ok_or_else(damaged)?).map_err(|_| damaged())?;
    let schema = message.header_as_schema().ok_or_else(damaged)?;
    Ok(Arc::new(arrow_ipc::convert::try_fb_to_schema(schema)?))
}

/// Bytes of the first message of a stream without its body, lengths included, and of its body.
fn message_lengths(buffer: &[u8]) -> Result<(usize, usize), ArrowError> {
    let prefix = if buffer.starts_with(&CONTINUATION) { 8 } else { 4 };
    let length = buffer.get(prefix - 4..prefix).and_then(|bytes| bytes.first_chunk::<4>()).ok_or_else(damaged)?;
    let metadata = usize::try_from(i32::from_le_bytes(*length)).map_err(|_| damaged())?;
    let end = prefix.checked_add(metadata).filter(|end| *end <= buffer.len()).ok_or_else(damaged)?;
    if metadata == 0 {
        return Ok((end, 0));
    }
    let message = arrow_ipc::root_as_message(&buffer[prefix..end]).map_err(|_| damaged())?;
    let body = usize::try_from(message.bodyLength()).map_err(|_| damaged())?;
    end.checked_add(body).filter(|all| *all <= buffer.len()).ok_or_else(damaged)?;
    Ok((end, body))
}

/// Checks that the packed buffers of the message in `data`, whose body begins after `metadata` bytes, expand to what
/// memory holds.
fn check_message(data: &Buffer, metadata: usize, limit: u64) -> Result<(), ArrowError> {
    let prefix = if data.starts_with(&CONTINUATION) { 8 } else { 4 };
    let message = data.get(prefix..metadata).ok_or_else(damaged)?;
    let message = arrow_ipc::root_as_message(message).map_err(|_| damaged())?;
    let batch = match message.header_type() {
        MessageHeader::RecordBatch => message.header_as_record_batch(),
        MessageHeader::DictionaryBatch => message.header_as_dictionary_batch().and_then(|batch| batch.data()),
        _ => None,
    };
    match batch {
        Some(batch) => check_buffers(&batch, &data[metadata..], limit),
        None => Ok(()),
    }
}

fn check_buffers(batch: &BatchMessage<'_>, body: &[u8], limit: u64) -> Result<(), ArrowError> {
    let mut total = 0_u64;
    for buffer in batch.buffers().into_iter().flatten() {
        let start = usize::try_from(buffer.offset()).map_err(|_| damaged())?;
        let length = usize::try_from(buffer.length()).map_err(|_| damaged())?;
        let bytes = start.checked_add(length).and_then(|end| body.get(start..end)).ok_or_else(damaged)?;
        if batch.compression().is_none() || bytes.is_empty() {
            continue;
        }
        let size = i64::from_le_bytes(*bytes.first_chunk::<8>().ok_or_else(damaged)?);
        let size = if size == -1 { length as u64 } else { u64::try_from(size).map_err(|_| damaged())? };
        total = total.saturating_add(size);
        if size > (length as u64).saturating_mul(MOST_EXPANSION) {
            return Err(damaged());
        }
    }
    match total > limit.max(LEAST_MEMORY) {
        true => Err(ArrowError::IpcError(format!(
            "a batch unpacks to {total} bytes, above the limit of {limit}: write smaller batches"
        ))),
        false => Ok(()),
    }
}

/// Bytes that a batch may take while it is read, whatever the limit.
const LEAST_MEMORY: u64 = 64 << 20;

/// The batches of a stream.
struct StreamBatches {
    decoder: StreamDecoder,
    rest: Buffer,
    limit: u64,
}

impl Iterator for StreamBatches {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}

impl StreamBatches {
    fn advance(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        while !self.rest.is_empty() {
            let (metadata, body) = message_lengths(&self.rest)?;
            let length = metadata + body;
            let mut message = self.rest.slice_with_length(0, length);
            if body > 0 {
                check_message(&message, metadata, self.limit)?;
            }
            self.rest = self.rest.slice(length);
            if length <= 8 {
                // The end of the stream.
                return Ok(None);
            }
            if let Some(batch) = self.decoder.decode(&mut message)? {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }
}
