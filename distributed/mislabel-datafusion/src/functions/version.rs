//! `mislabel_version(x)`: which version of the functions a process has.

use std::sync::Arc;

use datafusion::arrow::array::StringArray;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use crate::model::VERSION;

/// Takes a column, so that it is evaluated where the rows are.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Version(Signature);

impl Default for Version {
    fn default() -> Self {
        Self(Signature::any(1, Volatility::Volatile))
    }
}

impl ScalarUDFImpl for Version {
    fn name(&self) -> &str {
        "mislabel_version"
    }
    fn signature(&self) -> &Signature {
        &self.0
    }
    fn return_type(&self, _inputs: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        Ok(ColumnarValue::Array(Arc::new(StringArray::from(vec![VERSION; args.number_rows]))))
    }
}
