//! `mislabel_rer` and its relatives: errors of rows under a fitted model.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, StringArray, StructArray};
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature};
use mislabel_core::ErrorColumns;

use crate::functions::asked::{AskedRows, Columns, over_labeled, volatile};
use crate::model::{Model, cached_model};

/// What is asked of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    /// Errors of rows that the model was fitted on, but for those whose ids it knows as dropped.
    Fitted,
    /// The same, of all classes, with their sum.
    All,
    /// Errors of rows that it was not fitted on.
    Unseen,
}

/// `mislabel_rer(embedding, label, 'model' [, id])`: a struct of the row's errors Δ, own, least and second least under another
/// class, with the name of the class of the least; `sum`, of all classes, where all were evaluated.
///
/// A row counts as one that its class was fitted on, so its own error is as if it had not been, unless the model was fitted
/// without the row of this id. `mislabel_rer_all` evaluates all classes; `mislabel_rer_unseen` takes every row as new.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Rer {
    kind: Kind,
    signature: Signature,
}

impl Rer {
    fn new(kind: Kind) -> Self {
        Self { kind, signature: volatile(kind != Kind::Unseen) }
    }

    /// All of them.
    pub(crate) fn each() -> [Self; 3] {
        [Kind::Fitted, Kind::All, Kind::Unseen].map(Self::new)
    }
}

/// A column of errors.
pub(super) fn number(name: &str) -> Field {
    Field::new(name, DataType::Float64, true)
}

fn fields() -> Fields {
    let fields = vec![
        number("own"),
        number("least"),
        number("second"),
        number("sum"),
        Field::new("suggested", DataType::Utf8, true),
    ];
    Fields::from(fields)
}

impl ScalarUDFImpl for Rer {
    fn name(&self) -> &str {
        match self.kind {
            Kind::Fitted => "mislabel_rer",
            Kind::All => "mislabel_rer_all",
            Kind::Unseen => "mislabel_rer_unseen",
        }
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, _inputs: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(fields()))
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        over_labeled(self.name(), &args, |named, columns| {
            let model = cached_model(named)?;
            self.output(&model, self.scored(&model, columns)?)
        })
    }
}

impl Rer {
    fn scored(&self, model: &Model, columns: &Columns) -> Result<ErrorColumns> {
        let Some(rows) = AskedRows::of(model, columns, self.kind != Kind::Unseen)? else {
            return Ok(ErrorColumns::default());
        };
        rows.scored(|embeddings, asked| {
            model.scorer.score(embeddings, asked, &|code| model.own_of(code), self.kind == Kind::All)
        })
    }

    fn output(&self, model: &Model, columns: ErrorColumns) -> Result<StructArray> {
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
}
