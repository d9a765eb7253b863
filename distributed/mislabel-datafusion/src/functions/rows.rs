//! Embeddings, labels and ids as they come in columns.

use std::borrow::Cow;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Float32Type};
use datafusion::common::{Result, exec_datafusion_err, exec_err};
use datafusion::scalar::ScalarValue;
use ndarray::ArrayView2;
use sha2::{Digest, Sha256};

/// The number of features of a column of embeddings.
pub(crate) fn features(column: &DataType) -> Result<usize> {
    match column {
        DataType::FixedSizeList(item, size) if item.data_type() == &DataType::Float32 && *size > 0 => {
            Ok(*size as usize)
        }
        other => exec_err!(
            "embeddings of type {other}: mislabel's functions take FixedSizeList of Float32, as arrow_cast(embedding, \
             'FixedSizeList(768, Float32)') makes of lists of 768 numbers"
        ),
    }
}

/// Rows of features in one piece.
pub(crate) struct Rows<'a> {
    values: &'a [f32],
    features: usize,
}

impl<'a> Rows<'a> {
    /// The rows of a column, none of them null.
    pub(crate) fn of(column: &'a ArrayRef) -> Result<Self> {
        let features = features(column.data_type())?;
        let lists = column.as_fixed_size_list();
        if let Some(row) = (0..lists.len()).find(|row| lists.is_null(*row)) {
            return exec_err!(
                "an embedding is null (row {row} of a batch): leave such rows out with WHERE embedding IS NOT NULL"
            );
        }
        let items = lists.values().as_primitive::<Float32Type>();
        if items.null_count() > 0 {
            return exec_err!("an embedding holds a null among its numbers");
        }
        let start = lists.value_offset(0) as usize;
        Ok(Self { values: &items.values()[start..start + lists.len() * features], features })
    }

    pub(crate) fn row(&self, row: usize) -> &'a [f32] {
        &self.values[row * self.features..][..self.features]
    }

    pub(crate) fn view(&self) -> Result<ArrayView2<'a, f32>> {
        let rows = self.values.len() / self.features;
        ArrayView2::from_shape((rows, self.features), self.values).map_err(|error| exec_datafusion_err!("{error}"))
    }
}

/// A label or an id as text, the same for all types that hold the same.
pub(crate) fn texts(column: &ArrayRef, what: &str) -> Result<Vec<Option<String>>> {
    if column.data_type().is_integer() {
        let whole = datafusion::arrow::compute::cast(column, &DataType::Decimal128(38, 0))?;
        let whole = whole.as_primitive::<datafusion::arrow::datatypes::Decimal128Type>();
        return Ok((0..whole.len()).map(|row| whole.is_valid(row).then(|| whole.value(row).to_string())).collect());
    }
    match column.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..) => {
            let text = datafusion::arrow::compute::cast(column, &DataType::Utf8)?;
            let text = text.as_string::<i32>();
            Ok((0..text.len()).map(|row| text.is_valid(row).then(|| text.value(row).to_owned())).collect())
        }
        other => exec_err!("{what} of type {other}: whole numbers or text are needed"),
    }
}

/// How messages name rows: by their ids where those are given.
pub(crate) struct Names(pub(crate) Option<Vec<Option<String>>>);

impl Names {
    /// The id of a row, where there is one.
    pub(crate) fn id(&self, row: usize) -> Option<&str> {
        self.0.as_ref().and_then(|ids| ids[row].as_deref())
    }

    pub(crate) fn of(&self, row: usize) -> String {
        match self.id(row) {
            Some(id) => format!("the row with id {id}"),
            None => format!("row {row} of a batch"),
        }
    }
}

/// 128 bits of an id, by which rows are told apart.
pub(crate) fn key(id: &str) -> u128 {
    let digest = Sha256::digest(id.as_bytes());
    u128::from_le_bytes(std::array::from_fn(|at| digest[at]))
}

/// The text of an argument that must be a literal.
pub(crate) fn literal<'a>(value: &'a ScalarValue, what: &str) -> Result<Cow<'a, str>> {
    match value {
        ScalarValue::Utf8(Some(text)) | ScalarValue::Utf8View(Some(text)) | ScalarValue::LargeUtf8(Some(text)) => {
            Ok(Cow::Borrowed(text))
        }
        other => exec_err!("{what} must be a text in quotes, not {other}"),
    }
}

/// An error of a method as one of the engine.
pub(crate) fn outer(error: impl std::fmt::Display) -> datafusion::error::DataFusionError {
    exec_datafusion_err!("{error}")
}
