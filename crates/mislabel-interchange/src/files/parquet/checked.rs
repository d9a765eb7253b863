//! Parquet files whose pages are checked before their values are decoded: the parser allocates by what pages say.

use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::bloom_filter::Sbbf;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::schema::types::Type;

/// A file.
pub(super) struct CheckedFile(pub(super) SerializedFileReader<Bytes>);

impl FileReader for CheckedFile {
    fn metadata(&self) -> &ParquetMetaData {
        self.0.metadata()
    }

    fn num_row_groups(&self) -> usize {
        self.0.num_row_groups()
    }

    fn get_row_group(&self, number: usize) -> Result<Box<dyn RowGroupReader + '_>> {
        Ok(Box::new(CheckedGroup(self.0.get_row_group(number)?)))
    }

    fn get_row_iter(&self, projection: Option<Type>) -> Result<RowIter<'_>> {
        RowIter::from_file(projection, self)
    }
}

/// Rows that lie together.
struct CheckedGroup<'a>(Box<dyn RowGroupReader + 'a>);

impl RowGroupReader for CheckedGroup<'_> {
    fn metadata(&self) -> &RowGroupMetaData {
        self.0.metadata()
    }

    fn num_columns(&self) -> usize {
        self.0.num_columns()
    }

    fn get_column_page_reader(&self, number: usize) -> Result<Box<dyn PageReader>> {
        let left = self.0.metadata().column(number).num_values();
        Ok(Box::new(CheckedPages { pages: self.0.get_column_page_reader(number)?, left, has_dictionary: false }))
    }

    fn get_column_bloom_filter(&self, number: usize) -> Option<&Sbbf> {
        self.0.get_column_bloom_filter(number)
    }

    fn get_row_iter(&self, projection: Option<Type>) -> Result<RowIter<'_>> {
        RowIter::from_row_group(projection, self)
    }
}

/// The pages of a column.
struct CheckedPages {
    pages: Box<dyn PageReader>,
    /// Values that the column says it still has.
    left: i64,
    has_dictionary: bool,
}

impl CheckedPages {
    fn check(&mut self, page: &Page) -> Result<()> {
        if page.is_dictionary_page() {
            // Plain values take at least a byte each, and the parser allocates by their number.
            let fits = page.num_values() as usize <= page.buffer().len();
            let is_first = !std::mem::replace(&mut self.has_dictionary, true);
            return ensure(fits && is_first, "a dictionary is too short or comes twice");
        }
        self.left -= i64::from(page.num_values());
        ensure(self.left >= 0, "the pages hold more values than their column says")?;
        match page.encoding() {
            Encoding::PLAIN | Encoding::RLE | Encoding::DELTA_BINARY_PACKED | Encoding::BYTE_STREAM_SPLIT => Ok(()),
            // The parser takes the dictionary for granted.
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                ensure(self.has_dictionary, "a page uses a dictionary that the column lacks")
            }
            _ => ensure(false, "the encoding of a page is not read: write the column plain or with a dictionary"),
        }
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
