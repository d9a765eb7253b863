//! Drawn rows of all classes, on which every class measures what it leaves out.

use mislabel_core::stored::{Reader, Writer};
use mislabel_core::{Embeddings, Labels};
use mislabel_reconstruct::Strangers;
use ndarray::ArrayView2;

use crate::model::fitted::part;
use crate::model::{seal, sealed, unsealed};
use crate::store::Store;
use crate::{Error, Result};

const MARK: &[u8; 8] = b"MLSTRNG1";
const OBJECT: &str = "strangers";

/// Writes rows, `(m, d)`, and their labels, `(m,)`; the object's seal.
pub(crate) async fn keep_strangers(store: &Store, rows: ArrayView2<'_, f32>, labels: &[u32]) -> Result<String> {
    let mut out = Writer::new(MARK);
    out.count(rows.nrows() as u64).count(rows.ncols() as u64);
    labels.iter().for_each(|label| {
        out.count(u64::from(*label));
    });
    rows.outer_iter().for_each(|row| {
        out.floats(&row.to_vec());
    });
    let bytes = sealed(out.bytes());
    let seal = seal(&bytes);
    store.put(OBJECT, bytes).await?;
    Ok(seal)
}

/// The rows, of which so many serve each of k classes.
pub(crate) async fn read_strangers(store: &Store, seal: &str, (classes, wanted): (usize, usize)) -> Result<Strangers> {
    let bytes = part(store, OBJECT, seal).await?;
    let mut input = Reader::new(MARK, "drawn rows", unsealed(&bytes, &store.location_of(OBJECT))?)?;
    let mut size = || -> Result<usize> {
        usize::try_from(input.count()?).map_err(|_| Error::Damaged("drawn rows are too many".to_owned()))
    };
    let (rows, features) = (size()?, size()?);
    let label = |input: &mut Reader<'_>| Ok::<_, mislabel_core::Error>(input.count()?.min(u64::from(u32::MAX)) as u32);
    let mut labels = Vec::new();
    for _ in 0..rows {
        labels.push(label(&mut input)?);
    }
    let values = input.floats(rows.saturating_mul(features))?;
    input.end()?;
    let view = ArrayView2::from_shape((rows, features), &values)
        .map_err(|error| Error::Damaged(format!("drawn rows are damaged: {error}")))?;
    Ok(Strangers::of(&Embeddings::new(view)?, &Labels::new(labels, classes)?, wanted)?)
}
