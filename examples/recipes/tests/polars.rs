//! Columns of features and one of names.

use mislabel::PartialLabels;
use mislabel::prelude::*;
use polars::prelude::*;

#[test]
fn frames_give_embeddings_and_labels() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let frame =
        df!("x0" => [1.0_f32, 2.0], "x1" => [3.0_f32, 4.0], "x2" => [5.0_f32, 6.0], "label" => [Some("cat"), None])?;

    let features = frame.select(["x0", "x1", "x2"])?;
    let rows = features.to_ndarray::<Float32Type>(IndexOrder::C)?;
    let embeddings = Embeddings::from_values(rows.as_slice().expect("rows in order C"), rows.ncols())?;

    let given = PartialLabels::from_names(frame.column("label")?.str()?.iter())?; // nulls are samples without a label

    assert_eq!(embeddings.shape(), (2, 3));
    assert_eq!(EmbeddingMatrix::read(&embeddings)?, EmbeddingMatrix::from_rows(&[[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]])?);
    assert_eq!(given.rows(), [0]);
    Ok(())
}
