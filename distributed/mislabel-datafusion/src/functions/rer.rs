//! `mislabel_rer` and its relatives: errors of rows under a fitted model.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, StringArray, StructArray};
use datafusion::arrow::datatypes::Fields;
use datafusion::common::Result;
use mislabel_core::ErrorColumns;

use crate::functions::asked::{AskedRows, Columns, RowFunction, number, text};
use crate::model::{Model, cached_model};

/// What is asked of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Errors of rows that the model was fitted on, but for those whose ids it knows as dropped.
    Fitted,
    /// The same, of all classes, with their sum.
    All,
    /// Errors of rows that it was not fitted on.
    Unseen,
}

/// The three functions.
///
/// `mislabel_rer(embedding, label, 'model' [, id])`: a struct of the row's errors Δ, own, least and second least under another
/// class, with the name of the class of the least; `sum`, of all classes, where all were evaluated.
///
/// A row counts as one that its class was fitted on, so its own error is as if it had not been, unless the model was fitted
/// without the row of this id. `mislabel_rer_all` evaluates all classes; `mislabel_rer_unseen` takes every row as new.
pub(crate) fn rer_functions() -> [RowFunction; 3] {
    [
        RowFunction::new("mislabel_rer", true, fields, |model, rows| answer(Kind::Fitted, model, rows)),
        RowFunction::new("mislabel_rer_all", true, fields, |model, rows| answer(Kind::All, model, rows)),
        RowFunction::new("mislabel_rer_unseen", false, fields, |model, rows| answer(Kind::Unseen, model, rows)),
    ]
}

fn fields() -> Fields {
    Fields::from(vec![number("own"), number("least"), number("second"), number("sum"), text("suggested")])
}

fn answer(kind: Kind, named: &str, columns: &Columns) -> Result<StructArray> {
    let model = cached_model(named)?;
    output(&model, scored(kind, &model, columns)?)
}

fn scored(kind: Kind, model: &Model, columns: &Columns) -> Result<ErrorColumns> {
    let Some(rows) = AskedRows::of(model, columns, kind != Kind::Unseen)? else {
        return Ok(ErrorColumns::default());
    };
    rows.scored(|embeddings, asked| {
        model.scorer.score(embeddings, asked, &|code| model.own_of(code), kind == Kind::All)
    })
}

fn output(model: &Model, columns: ErrorColumns) -> Result<StructArray> {
    let n = columns.own.len();
    let sums = if columns.sum.len() == n { Float64Array::from(columns.sum) } else { Float64Array::new_null(n) };
    let names = columns.least_other_class.iter().map(|code| model.classes.names[*code as usize].as_str());
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(Float64Array::from(columns.own)),
        Arc::new(Float64Array::from(columns.least_other)),
        Arc::new(Float64Array::from(columns.second_least_other)),
        Arc::new(sums),
        Arc::new(StringArray::from_iter_values(names)),
    ];
    Ok(StructArray::try_new(fields(), arrays, None)?)
}
