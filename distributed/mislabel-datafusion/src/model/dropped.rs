//! The rows that a model was fitted without.

use datafusion::arrow::array::Array;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::functions::rows::{key, texts};
use crate::store::Store;
use crate::{Error, Result};

/// Keys of their ids, ascending; 16 bytes each.
#[derive(Debug, Default)]
pub(crate) struct Dropped(Vec<u128>);

impl Dropped {
    /// From the first column of all Parquet files in a folder of the store.
    pub(crate) async fn load(store: &Store, folder: &str) -> Result<Self> {
        let mut keys = Vec::new();
        for name in store.list(folder).await?.iter().filter(|name| name.ends_with(".parquet")) {
            let bytes = store.need(name).await?;
            let location = store.location_of(name);
            let damaged = |error: String| Error::Damaged(format!("{location}: {error}"));
            let reader = ParquetRecordBatchReaderBuilder::try_new(bytes_of(bytes))
                .and_then(ParquetRecordBatchReaderBuilder::build)
                .map_err(|error| damaged(error.to_string()))?;
            for batch in reader {
                let batch = batch.map_err(|error| damaged(error.to_string()))?;
                let ids = texts(batch.column(0), "ids").map_err(|error| damaged(error.to_string()))?;
                keys.extend(ids.iter().flatten().map(|id| key(id)));
                debug_assert_eq!(batch.column(0).null_count(), 0);
            }
        }
        keys.sort_unstable();
        Ok(Self(keys))
    }

    pub(crate) fn contains(&self, id: &str) -> bool {
        self.0.binary_search(&key(id)).is_ok()
    }
}

fn bytes_of(bytes: Vec<u8>) -> bytes::Bytes {
    bytes.into()
}
