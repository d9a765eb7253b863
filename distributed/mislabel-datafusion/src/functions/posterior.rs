//! `mislabel_posterior`: how probably labels are right.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, StringArray, StructArray};
use datafusion::arrow::datatypes::Fields;
use datafusion::common::Result;
use mislabel_core::{ErrorSummary, Labels, NearestErrors};

use crate::functions::asked::{AskedRows, Columns, RowFunction, number, text};
use crate::functions::nearest::nearest;
use crate::functions::rows::outer;
use crate::model::{Noise, cached_noise};

/// The two functions.
///
/// `mislabel_posterior(embedding, label, 'noise' [, id])`: a struct of the probability that the label is right, the likeliest class,
/// the likeliest other class, and the row's errors Δ, own and least under another class. `'noise'` is a folder `noise-N` of a run.
///
/// A row counts as one that its class was fitted on, so its own error is as if it had not been, unless the model was fitted
/// without the row of this id. `mislabel_posterior_unseen` takes every row as new.
pub(crate) fn posterior_functions() -> [RowFunction; 2] {
    [
        RowFunction::new("mislabel_posterior", true, fields, |noise, rows| answer(true, noise, rows)),
        RowFunction::new("mislabel_posterior_unseen", false, fields, |noise, rows| answer(false, noise, rows)),
    ]
}

fn fields() -> Fields {
    Fields::from(vec![number("own"), number("least"), number("quality"), text("suggested"), text("other")])
}

fn answer(fitted_on: bool, named: &str, columns: &Columns) -> Result<StructArray> {
    let noise = cached_noise(named)?;
    match AskedRows::of(&noise.model, columns, fitted_on)? {
        Some(rows) => judged(&noise, &rows),
        None => Ok(StructArray::new_null(fields(), 0)),
    }
}

fn judged(noise: &Noise, rows: &AskedRows<'_>) -> Result<StructArray> {
    let Noise { model, fitted } = noise;
    let mut columns = nearest(model, rows, false)?;
    columns.summary.estimate_sums(fitted.rest_ratio());
    let (own, least) = (columns.summary.own.clone(), columns.summary.least_other.clone());
    let given = Labels::new(rows.codes().collect(), model.classes.names.len()).map_err(outer)?;
    let summary = ErrorSummary::new(columns.summary).map_err(outer)?;
    let errors = NearestErrors::new(summary, columns.classes, columns.errors).map_err(outer)?;
    let opinions = fitted.judge(&errors, &given).map_err(outer)?;
    let names = |labels: &Labels| -> ArrayRef {
        let names = labels.values().iter().map(|code| model.classes.names[*code as usize].as_str());
        Arc::new(StringArray::from_iter_values(names))
    };
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(Float64Array::from(own)),
        Arc::new(Float64Array::from(least)),
        Arc::new(Float64Array::from(opinions.quality().as_slice().to_vec())),
        names(opinions.suggested()),
        names(opinions.other()),
    ];
    Ok(StructArray::try_new(fields(), arrays, None)?)
}
