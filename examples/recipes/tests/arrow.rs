//! A column of lists and one of names.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, FixedSizeListArray, Float32Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Float32Type};
use mislabel::PartialLabels;
use mislabel::prelude::*;

#[test]
fn batches_give_embeddings_and_labels() -> Result<(), mislabel::Error> {
    let values = Arc::new(Float32Array::from_iter_values((0..8).map(|value| value as f32)));
    let lists = FixedSizeListArray::new(Arc::new(Field::new_list_field(DataType::Float32, true)), 2, values, None);
    let names = StringArray::from(vec![Some("cat"), Some("dog"), None, Some("cat")]);
    let columns = [("embedding", Arc::new(lists) as ArrayRef), ("label", Arc::new(names) as ArrayRef)];
    let batch = RecordBatch::try_from_iter(columns).unwrap().slice(1, 3);

    let column: &FixedSizeListArray =
        batch.column_by_name("embedding").expect("the column is there").as_fixed_size_list();
    let features = column.value_length() as usize;
    let values = &column.values().as_primitive::<Float32Type>().values()[..column.len() * features];
    let embeddings = Embeddings::from_values(values, features)?;

    let labels = batch.column_by_name("label").expect("the column is there").as_string::<i32>();
    let given = PartialLabels::from_names(labels.iter())?; // nulls are samples without a label

    assert_eq!(embeddings.shape(), (3, 2));
    assert_eq!(EmbeddingMatrix::read(&embeddings)?, EmbeddingMatrix::from_rows(&[[2.0, 3.0], [4.0, 5.0], [6.0, 7.0]])?);
    assert_eq!(given.rows(), [0, 2]);
    Ok(())
}
