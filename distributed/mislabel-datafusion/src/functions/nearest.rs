//! `mislabel_nearest`: errors of rows under their nearest classes, as the fit of a posterior takes them.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BinaryArray, Float64Array, StructArray, UInt32Array};
use datafusion::arrow::datatypes::{DataType, Field, Fields, Float64Type, UInt32Type};
use datafusion::common::{Result, exec_err};
use mislabel_core::{ErrorColumns, ErrorSummary, Labels, NearestErrors, RowSample};
use mislabel_reconstruct::NearestColumns;
use ndarray::Array2;

use crate::functions::asked::{AskedRows, Columns, RowFunction, number};
use crate::model::{Model, cached_model};

/// The two functions.
///
/// `mislabel_nearest(embedding, label, 'model' [, id])`: a struct of the code of the label, the row's errors Δ, own, least and second
/// least under another class, `sum` of all classes where all were evaluated, and `near`, classes and errors of the nearest.
/// `mislabel_nearest_all` evaluates all classes.
pub(crate) fn nearest_functions() -> [RowFunction; 2] {
    [
        RowFunction::new("mislabel_nearest", true, fields, |model, rows| answer(false, model, rows)),
        RowFunction::new("mislabel_nearest_all", true, fields, |model, rows| answer(true, model, rows)),
    ]
}

fn fields() -> Fields {
    let fields = vec![
        Field::new("code", DataType::UInt32, true),
        number("own"),
        number("least"),
        number("second"),
        number("sum"),
        Field::new("near", DataType::Binary, true),
    ];
    Fields::from(fields)
}

fn answer(all: bool, named: &str, columns: &Columns) -> Result<StructArray> {
    let model = cached_model(named)?;
    match AskedRows::of(&model, columns, true)? {
        Some(rows) => output(rows.codes().collect(), nearest(&model, &rows, all)?),
        None => Ok(StructArray::new_null(fields(), 0)),
    }
}

/// Errors of rows under the classes that the model is made to look for.
pub(super) fn nearest(model: &Model, rows: &AskedRows<'_>, all: bool) -> Result<NearestColumns> {
    if model.width == 0 {
        return exec_err!("the model was fitted for errors under two classes, not for a posterior");
    }
    rows.scored(|embeddings, asked| {
        model.scorer.nearest(embeddings, asked, &|code| model.own_of(code), (model.width, all))
    })
}

fn output(codes: Vec<u32>, NearestColumns { summary, classes, errors }: NearestColumns) -> Result<StructArray> {
    let n = codes.len();
    let sums = if summary.sum.len() == n { Float64Array::from(summary.sum) } else { Float64Array::new_null(n) };
    let near: Vec<Vec<u8>> = classes
        .outer_iter()
        .zip(errors.outer_iter())
        .map(|(classes, errors)| {
            let pair = |(class, error): (&u32, &f32)| [class.to_le_bytes(), error.to_le_bytes()].concat();
            classes.iter().zip(errors).flat_map(pair).collect()
        })
        .collect();
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(UInt32Array::from(codes)),
        Arc::new(Float64Array::from(summary.own)),
        Arc::new(Float64Array::from(summary.least_other)),
        Arc::new(Float64Array::from(summary.second_least_other)),
        Arc::new(sums),
        Arc::new(BinaryArray::from_iter_values(near)),
    ];
    Ok(StructArray::try_new(fields(), arrays, None)?)
}

/// One row of a `mislabel_nearest`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NearRow {
    code: u32,
    errors: [f64; 3],
    sum: Option<f64>,
    near: Vec<(u32, f32)>,
}

/// The rows of a column that a `mislabel_nearest` gave.
pub(crate) fn near_rows(column: &ArrayRef) -> Vec<NearRow> {
    let fields = column.as_struct();
    let numbers = |name: &str| fields.column_by_name(name).map(|column| column.as_primitive::<Float64Type>().clone());
    let (Some(own), Some(least), Some(second), Some(sums)) =
        (numbers("own"), numbers("least"), numbers("second"), numbers("sum"))
    else {
        return Vec::new();
    };
    let codes = fields.column(0).as_primitive::<UInt32Type>();
    let near = fields.column(5).as_binary::<i32>();
    let row = |row: usize| NearRow {
        code: codes.value(row),
        errors: [own.value(row), least.value(row), second.value(row)],
        sum: sums.is_valid(row).then(|| sums.value(row)),
        near: near.value(row).as_chunks::<8>().0.iter().map(|pair| near_pair(*pair)).collect(),
    };
    (0..fields.len()).map(row).collect()
}

fn near_pair([a, b, c, d, e, f, g, h]: [u8; 8]) -> (u32, f32) {
    (u32::from_le_bytes([a, b, c, d]), f32::from_le_bytes([e, f, g, h]))
}

/// The rows as evidence, with their labels.
pub(crate) fn evidence(rows: &[NearRow], (classes, fitted): (usize, usize)) -> crate::Result<(NearestErrors, Labels)> {
    let known = || rows.iter().enumerate().filter(|(_, row)| row.sum.is_some());
    let sampled = (known().count() < rows.len())
        .then(|| RowSample { rows: known().map(|(at, _)| at as u32).collect(), disagreements: 0 });
    let column = |at: usize| rows.iter().map(|row| row.errors[at]).collect();
    let summary = ErrorSummary::new(ErrorColumns {
        own: column(0),
        least_other: column(1),
        least_other_class: rows.iter().map(|row| row.near.first().map_or(0, |(class, _)| *class)).collect(),
        second_least_other: column(2),
        sum: rows.iter().filter_map(|row| row.sum).collect(),
        sampled,
        reconstructors: fitted,
        classes,
    })?;
    let width = rows.iter().map(|row| row.near.len()).min().unwrap_or(0);
    let near = |row: usize, place: usize| rows[row].near[place];
    let nearest = Array2::from_shape_fn((rows.len(), width), |(row, place)| near(row, place).0);
    let errors = Array2::from_shape_fn((rows.len(), width), |(row, place)| near(row, place).1);
    let labels = Labels::new(rows.iter().map(|row| row.code).collect(), classes)?;
    Ok((NearestErrors::new(summary, nearest, errors)?, labels))
}
