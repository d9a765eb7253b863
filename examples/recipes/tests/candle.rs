//! A tensor of any float.

use candle_core::{DType, Device, Tensor};
use mislabel::EmbeddingMatrix;

#[test]
fn tensors_give_embeddings() -> Result<(), Box<dyn std::error::Error>> {
    let tensor = Tensor::new(&[[0.0_f64, 1.0], [2.0, 3.0], [4.0, 5.0]], &Device::Cpu)?.t()?;

    let (_, features) = tensor.dims2()?;
    let values = tensor.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?;
    let embeddings = EmbeddingMatrix::from_values(values, features)?;

    assert_eq!(embeddings, EmbeddingMatrix::from_rows(&[[0.0, 2.0, 4.0], [1.0, 3.0, 5.0]])?);
    Ok(())
}
