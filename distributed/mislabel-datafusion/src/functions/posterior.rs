//! `mislabel_posterior`: how probably labels are right.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, StringArray, StructArray};
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature};
use mislabel_core::{ErrorSummary, Labels, NearestErrors};

use crate::functions::asked::{AskedRows, over_labeled, volatile};
use crate::functions::nearest::nearest;
use crate::functions::rer::number;
use crate::functions::rows::outer;
use crate::model::{Noise, cached_noise};

/// `mislabel_posterior(embedding, label, 'noise' [, id])`: a struct of the probability that the label is right, the likeliest class,
/// the likeliest other class, and the row's errors Δ, own and least under another class. `'noise'` is a folder `noise-N` of a run.
///
/// A row counts as one that its class was fitted on, so its own error is as if it had not been, unless the model was fitted
/// without the row of this id. `mislabel_posterior_unseen` takes every row as new.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct PosteriorOf {
    unseen: bool,
    signature: Signature,
}

impl PosteriorOf {
    /// Both of them.
    pub(crate) fn each() -> [Self; 2] {
        [false, true].map(|unseen| Self { unseen, signature: volatile(!unseen) })
    }
}

fn fields() -> Fields {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    Fields::from(vec![number("own"), number("least"), number("quality"), text("suggested"), text("other")])
}

impl ScalarUDFImpl for PosteriorOf {
    fn name(&self) -> &str {
        if self.unseen { "mislabel_posterior_unseen" } else { "mislabel_posterior" }
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, _inputs: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(fields()))
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        over_labeled(self.name(), &args, |named, columns| {
            let noise = cached_noise(named)?;
            match AskedRows::of(&noise.model, columns, !self.unseen)? {
                Some(rows) => judged(&noise, &rows),
                None => Ok(StructArray::new_null(fields(), 0)),
            }
        })
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
