//! `mislabel_flaw(embedding, d)`: what keeps a row from being used.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use datafusion::scalar::ScalarValue;

/// A text that says what is wrong with an embedding of d features, for lists of any numbers; null where nothing is.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Flaw(Signature);

impl Default for Flaw {
    fn default() -> Self {
        Self(Signature::any(2, Volatility::Immutable))
    }
}

impl ScalarUDFImpl for Flaw {
    fn name(&self) -> &str {
        "mislabel_flaw"
    }
    fn signature(&self) -> &Signature {
        &self.0
    }
    fn return_type(&self, _inputs: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [embedding, ColumnarValue::Scalar(ScalarValue::Int64(Some(features)))] = args.args.as_slice() else {
            return exec_err!("mislabel_flaw takes an embedding and the number of features");
        };
        let lists = embedding.to_array(args.number_rows)?;
        let flaws =
            (0..lists.len()).map(|row| flaw(&lists, row, *features as usize)).collect::<Result<StringArray>>()?;
        Ok(ColumnarValue::Array(Arc::new(flaws)))
    }
}

fn flaw(lists: &ArrayRef, row: usize, features: usize) -> Result<Option<String>> {
    if lists.is_null(row) {
        return Ok(Some("it has no embedding (null)".to_owned()));
    }
    let values = match lists.data_type() {
        DataType::FixedSizeList(..) => lists.as_fixed_size_list().value(row),
        DataType::List(_) => lists.as_list::<i32>().value(row),
        DataType::LargeList(_) => lists.as_list::<i64>().value(row),
        other => return exec_err!("embeddings of type {other}: lists of numbers are needed"),
    };
    if values.len() != features {
        return Ok(Some(format!("its embedding has {} features, the first one has {features}", values.len())));
    }
    let values = cast(&values, &DataType::Float64)?;
    let values = values.as_primitive::<Float64Type>();
    let whole = |value: Option<f64>| value.is_some_and(|value| (value as f32).is_finite());
    Ok(values.iter().position(|value| !whole(value)).map(|at| match values.iter().nth(at).flatten() {
        Some(value) => format!("feature {at} of its embedding is {value}, not a finite number in 32 bits"),
        None => format!("feature {at} of its embedding is null"),
    }))
}
