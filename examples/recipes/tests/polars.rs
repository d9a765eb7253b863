//! Columns of features and one of names.

use mislabel::prelude::*;
use polars::prelude::*;

#[test]
fn frames_give_embeddings_and_labels() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let frame = df!("x0" => [1.0_f32, 2.0], "x1" => [3.0_f32, 4.0], "x2" => [5.0_f32, 6.0], "label" => ["cat", "dog"])?;

    let features = frame.select(["x0", "x1", "x2"])?;
    let rows = features.to_ndarray::<Float32Type>(IndexOrder::C)?; // ndarray 0.16 or 0.17
    let embeddings = Embeddings::from_values(rows.as_slice().expect("rows in order C"), rows.ncols())?;

    let given = Labels::from_names(frame.column("label")?.str()?.into_no_null_iter())?;

    assert_eq!(embeddings.shape(), (2, 3));
    assert_eq!(embeddings.as_array()[[1, 2]], 6.0);
    assert_eq!(given.values(), [0, 1]);
    Ok(())
}
