//! Pages of a Parquet column, checked before their values are decoded.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;

use crate::formats::parquet::thrift::Thrift;

/// Bytes that one value takes while it is read: the widest number and two levels.
const BYTES_PER_VALUE: u64 = 12;

/// How many values the pages that were handed out since the last reset hold.
pub(crate) type HandedOut = Arc<AtomicU64>;

/// Pages whose values are no more than the chunk's header promised and than memory holds, and whose counts fit their
/// bytes.
pub(crate) struct CheckedPages {
    pages: Box<dyn PageReader>,
    left: i64,
    has_dictionary: bool,
    /// Whether data pages start with repetition and with definition levels.
    levels: [bool; 2],
    is_text: bool,
    handed_out: HandedOut,
    most_values: u64,
}

impl CheckedPages {
    /// Counts values in `handed_out`; between two resets they may take `memory_limit` bytes.
    pub(crate) fn new(
        pages: Box<dyn PageReader>,
        chunk: &ColumnChunkMetaData,
        handed_out: &HandedOut,
        memory_limit: u64,
    ) -> Self {
        let column = chunk.column_descr();
        let levels = [column.max_rep_level() > 0, column.max_def_level() > 0];
        let is_text = column.physical_type() == Type::BYTE_ARRAY;
        let (left, handed_out) = (chunk.num_values(), Arc::clone(handed_out));
        let most_values = memory_limit / BYTES_PER_VALUE;
        Self { pages, left, has_dictionary: false, levels, is_text, handed_out, most_values }
    }

    fn check(&mut self, page: &Page) -> Result<()> {
        if page.is_dictionary_page() {
            // Plain values take at least a byte each, and the parser allocates by their number.
            let fits = page.num_values() as usize <= page.buffer().len();
            let is_first = !std::mem::replace(&mut self.has_dictionary, true);
            return ensure(fits && is_first, "a dictionary is too short or comes twice");
        }
        self.left -= i64::from(page.num_values());
        ensure(self.left >= 0, "the pages hold more values than their column says")?;
        let handed_out = self.handed_out.fetch_add(u64::from(page.num_values()), Relaxed);
        let fits = handed_out + u64::from(page.num_values()) <= self.most_values;
        ensure(fits, "a page, or the pages of a row, hold more values than memory may")?;
        match page.encoding() {
            Encoding::PLAIN | Encoding::RLE | Encoding::DELTA_BINARY_PACKED | Encoding::BYTE_STREAM_SPLIT => Ok(()),
            // The parser takes the dictionary for granted.
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                ensure(self.has_dictionary, "a page uses a dictionary that the column lacks")
            }
            Encoding::DELTA_LENGTH_BYTE_ARRAY if self.is_text => {
                let count = self.delta_count(page);
                let fits = count.is_some_and(|count| count <= page.num_values().into());
                ensure(fits, "a page has more lengths of strings than values")
            }
            _ => ensure(false, "the encoding of a page is not read: write the column plain or with a dictionary"),
        }
    }

    /// How many values the delta encoding of `page` says it has: the third varint after the levels.
    fn delta_count(&self, page: &Page) -> Option<u64> {
        let bytes = page.buffer();
        let mut start = 0_usize;
        match page {
            Page::DataPageV2 { def_levels_byte_len, rep_levels_byte_len, .. } => {
                start = (*def_levels_byte_len as usize).checked_add(*rep_levels_byte_len as usize)?;
            }
            _ => {
                for _ in self.levels.iter().filter(|has_levels| **has_levels) {
                    let (length, _) = bytes.get(start..)?.split_first_chunk::<4>()?;
                    start = start.checked_add(4)?.checked_add(u32::from_le_bytes(*length) as usize)?;
                }
            }
        }
        let mut header = Thrift::new(bytes, start);
        header.varint()?;
        header.varint()?;
        header.varint()
    }
}

fn ensure(holds: bool, problem: &'static str) -> Result<()> {
    if holds { Ok(()) } else { Err(ParquetError::General(problem.into())) }
}

impl PageReader for CheckedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        if let Some(page) = &page {
            self.check(page)?;
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}

impl Iterator for CheckedPages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}
