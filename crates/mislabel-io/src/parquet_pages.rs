//! Checks of what a Parquet file says about its own sizes, before the parser allocates by them.

use std::path::Path;

use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::ColumnChunkMetaData;

use crate::{Error, Result};

/// Bytes that one value takes while it is read: the widest number and two levels.
const BYTES_PER_VALUE: u64 = 12;

/// Checks that a chunk lies within the file and that its values fit in memory.
pub(crate) fn check_chunk(path: &Path, chunk: &ColumnChunkMetaData, limit: u64) -> Result<()> {
    let length = std::fs::metadata(path).map_err(Error::io(path))?.len();
    let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    let place = u64::try_from(start).ok().zip(u64::try_from(chunk.compressed_size()).ok());
    let end = place.and_then(|(start, size)| start.checked_add(size));
    let sizes = u64::try_from(chunk.num_values()).ok().zip(u64::try_from(chunk.uncompressed_size()).ok());
    let (Some(end), Some((values, size)), 0..) = (end, sizes, chunk.data_page_offset()) else {
        return Err(Error::Parser { path: path.into(), cause: "a column chunk has a negative size or place".into() });
    };
    if end > length {
        return Err(Error::WrongLength { path: path.into(), expected: end, found: length });
    }
    let needed = values.saturating_mul(BYTES_PER_VALUE).max(size);
    if needed > limit {
        return Err(Error::TooLarge { path: path.into(), needed, limit });
    }
    Ok(())
}

/// Pages whose values are no more than the chunk's header promised.
pub(crate) struct CheckedPages {
    pages: Box<dyn PageReader>,
    left: i64,
}

impl CheckedPages {
    pub(crate) fn new(pages: Box<dyn PageReader>, values: i64) -> Self {
        Self { pages, left: values }
    }
}

impl PageReader for CheckedPages {
    fn get_next_page(&mut self) -> ParquetResult<Option<Page>> {
        let page = self.pages.get_next_page()?;
        if let Some(page) = &page {
            let values = i64::from(page.num_values());
            self.left -= if page.is_data_page() { values } else { 0 };
            if self.left < 0 {
                return Err(ParquetError::General("the pages hold more values than their column says".into()));
            }
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> ParquetResult<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> ParquetResult<()> {
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> ParquetResult<bool> {
        self.pages.at_record_boundary()
    }
}

impl Iterator for CheckedPages {
    type Item = ParquetResult<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}
