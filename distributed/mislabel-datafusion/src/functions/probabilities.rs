//! Rows of predicted probabilities as they come in columns.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::common::{Result, exec_datafusion_err, exec_err};
use mislabel_core::{Error, PredictedProbabilities};
use ndarray::ArrayView2;

use crate::functions::rows::{Names, outer};

/// Probabilities of rows in one piece, `(rows, k)`.
pub(crate) struct Probabilities {
    pub(crate) values: Float64Array,
    classes: usize,
}

impl Probabilities {
    /// The lists of a column, each of `classes` numbers.
    pub(crate) fn of(column: &ArrayRef, classes: usize, names: &Names) -> Result<Self> {
        let (values, ranges) = lists(column)?;
        let nulls = values.null_count() > 0;
        for (row, range) in ranges.iter().enumerate() {
            let (name, found) = (|| names.of(row), range.len());
            if column.is_null(row) {
                return exec_err!("{} has no predicted probabilities (null): leave such rows out of the table", name());
            }
            if found != classes {
                return exec_err!(
                    "{} has {found} predicted probabilities, expected {classes}: one for each class",
                    name()
                );
            }
            if nulls && values.slice(range.start, found).null_count() > 0 {
                return exec_err!("{} has a null among its predicted probabilities", name());
            }
        }
        let start = ranges.first().map_or(0, |range| range.start);
        let values = cast(&values.slice(start, ranges.len() * classes), &DataType::Float64)?;
        Ok(Self { values: values.as_primitive::<Float64Type>().clone(), classes })
    }

    /// The same, each row on the simplex.
    pub(crate) fn checked(&self, names: &Names) -> Result<PredictedProbabilities<'_>> {
        let shape = (self.values.len() / self.classes.max(1), self.classes);
        let view = ArrayView2::from_shape(shape, self.values.values()).map_err(outer)?;
        PredictedProbabilities::new(view).map_err(|error| match error {
            Error::OutOfRange { row, column, value, .. } => exec_datafusion_err!(
                "{}: predicted probability {column} is {value}, expected a number in [0, 1]",
                names.of(row)
            ),
            Error::OffSimplex { row, sum, .. } => {
                exec_datafusion_err!("{}: predicted probabilities sum to {sum}, expected 1", names.of(row))
            }
            other => outer(other),
        })
    }
}

/// The numbers of a column of lists, and where each row's are.
fn lists(column: &ArrayRef) -> Result<(ArrayRef, Vec<Range<usize>>)> {
    let between = |ends: Vec<usize>| ends.windows(2).map(|pair| pair[0]..pair[1]).collect();
    let (values, ranges): (_, Vec<Range<usize>>) = match column.data_type() {
        DataType::FixedSizeList(_, size) => {
            let size = *size as usize;
            (column.as_fixed_size_list().values(), (0..column.len()).map(|row| row * size..(row + 1) * size).collect())
        }
        DataType::List(_) => {
            let list = column.as_list::<i32>();
            (list.values(), between(list.offsets().iter().map(|end| *end as usize).collect()))
        }
        DataType::LargeList(_) => {
            let list = column.as_list::<i64>();
            (list.values(), between(list.offsets().iter().map(|end| *end as usize).collect()))
        }
        other => return exec_err!("predicted probabilities of type {other}: lists of numbers are needed"),
    };
    if !values.data_type().is_floating() {
        return exec_err!("predicted probabilities of type {}: lists of numbers are needed", column.data_type());
    }
    Ok((Arc::clone(values), ranges))
}
