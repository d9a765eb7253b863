//! A tensor of a back-end.

use burn::tensor::Tensor;
use mislabel::EmbeddingMatrix;

#[test]
fn tensors_give_embeddings() -> Result<(), mislabel::Error> {
    let tensor = Tensor::<2>::from_floats([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], &Default::default()).transpose();

    let features = tensor.dims()[1];
    let values = tensor.into_data().convert::<f32>().try_to_vec::<f32>().expect("f32 after conversion");
    let embeddings = EmbeddingMatrix::from_values(values, features)?;

    assert_eq!(embeddings, EmbeddingMatrix::from_rows(&[[0.0, 2.0, 4.0], [1.0, 3.0, 5.0]])?);
    Ok(())
}
