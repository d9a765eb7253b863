//! Rows that were made when their samples were prepared.

use ndarray::{ArrayView1, ArrayViewMut2};

use crate::embedder::{Embedder, Prepared};
use crate::error::{Error, Result};

/// Fills `rows`, `(batch.len(), d)`, with the rows that `batch` holds; `embedder` made them.
pub(crate) fn filled(embedder: &dyn Embedder, batch: &[Prepared], mut rows: ArrayViewMut2<'_, f32>) -> Result<()> {
    for (mut row, prepared) in rows.outer_iter_mut().zip(batch) {
        match prepared {
            Prepared::Row(values) if values.len() == row.len() => row.assign(&ArrayView1::from(values)),
            _ => {
                let problem = "it was handed what another embedder prepared".into();
                return Err(Error::Embedder { embedder: embedder.identity().name().into(), problem });
            }
        }
    }
    Ok(())
}
