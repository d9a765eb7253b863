//! A dataset with an ndarray of its own.

use linfa::Dataset;
use mislabel::ndarray::ArrayView2;
use mislabel::prelude::*;
use mislabel::{ConvertedRows, EmbeddingMatrix};

#[test]
fn datasets_give_embeddings_and_labels() -> Result<(), mislabel::Error> {
    let records = ndarray::arr2(&[[0.0_f64, 1.0], [2.0, 3.0], [4.0, 5.0]]);
    let dataset = Dataset::new(records, ndarray::arr1(&[0_usize, 2, 1]));

    let records = dataset.records.as_standard_layout();
    let rows =
        ArrayView2::from_shape(records.dim(), records.as_slice().expect("standard layout")).expect("the same shape");
    let embeddings = ConvertedRows::new(rows)?;
    let classes = 1 + dataset.targets.iter().max().copied().unwrap_or(0);
    let given = Labels::new(dataset.targets.iter().map(|class| *class as u32).collect(), classes)?;

    assert_eq!(EmbeddingMatrix::read(&embeddings)?, EmbeddingMatrix::from_rows(&[[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])?);
    assert_eq!(given.values(), [0, 2, 1]);
    Ok(())
}
