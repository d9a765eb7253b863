//! `mislabel_rer` and its relatives: errors of rows under a fitted model.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, StringArray, StructArray, UInt64Array};
use datafusion::arrow::compute::{filter, take};
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::{Result, exec_datafusion_err, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};
use mislabel_core::{Embeddings, ErrorColumns};
use mislabel_reconstruct::{OwnModel, ScoredRow};

use crate::functions::rows::{Names, Rows, literal, outer, texts};
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
    // Volatile, so that no optimizer evaluates it once in a filter and once more for what passes.
    fn new(kind: Kind) -> Self {
        let ways = match kind {
            Kind::Unseen => vec![TypeSignature::Any(3)],
            Kind::Fitted | Kind::All => vec![TypeSignature::Any(3), TypeSignature::Any(4)],
        };
        Self { kind, signature: Signature::one_of(ways, Volatility::Volatile) }
    }

    /// All of them.
    pub(crate) fn each() -> [Self; 3] {
        [Kind::Fitted, Kind::All, Kind::Unseen].map(Self::new)
    }
}

static SCORED: AtomicU64 = AtomicU64::new(0);

/// Rows that this process has scored so far: an optimizer that evaluates a function twice shows here.
pub fn rows_scored() -> u64 {
    SCORED.load(Ordering::Relaxed)
}

fn number(name: &str) -> Field {
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
        let [embedding, label, ColumnarValue::Scalar(model), id @ ..] = args.args.as_slice() else {
            return exec_err!("{} takes the model's location as a text in quotes", self.name());
        };
        let rows = args.number_rows;
        let columns = [embedding.to_array(rows)?, label.to_array(rows)?];
        let ids = id.first().map(|id| id.to_array(rows)).transpose()?;
        let model = cached_model(&literal(model, "the model's location")?)?;
        // A row without a label gives null, as null does elsewhere; an engine may ask before it filters.
        let labeled = columns[1].logical_nulls().filter(|nulls| nulls.null_count() > 0);
        let Some(labeled) = labeled else {
            let all = self.output(&model, self.scored(&model, &columns, ids.as_ref())?)?;
            return Ok(ColumnarValue::Array(Arc::new(all)));
        };
        let kept = BooleanArray::new(labeled.inner().clone(), None);
        let [embeddings, labels] = &columns;
        let columns = [filter(embeddings, &kept)?, filter(labels, &kept)?];
        let ids = ids.map(|ids| filter(&ids, &kept)).transpose()?;
        let some: ArrayRef = Arc::new(self.output(&model, self.scored(&model, &columns, ids.as_ref())?)?);
        let mut next = 0..some.len() as u64;
        let places: UInt64Array = labeled.iter().map(|there| if there { next.next() } else { None }).collect();
        Ok(ColumnarValue::Array(take(&some, &places, None)?))
    }
}

impl Rer {
    fn scored(
        &self,
        model: &Model,
        [embeddings, labels]: &[ArrayRef; 2],
        ids: Option<&ArrayRef>,
    ) -> Result<ErrorColumns> {
        if labels.is_empty() {
            return Ok(ErrorColumns::default());
        }
        SCORED.fetch_add(labels.len() as u64, Ordering::Relaxed);
        let rows = Rows::of(embeddings)?;
        let names = Names(ids.map(|ids| texts(ids, "ids")).transpose()?);
        let asked = |(row, label): (usize, &Option<String>)| -> Result<ScoredRow> {
            let Some(label) = label else {
                return exec_err!("{} has no label: leave such rows out with WHERE label IS NOT NULL", names.of(row));
            };
            let dropped = names.id(row).is_some_and(|id| model.dropped.contains(id));
            Ok(ScoredRow { label: model.classes.code(label)?, fitted_on: self.kind != Kind::Unseen && !dropped })
        };
        let asked = texts(labels, "labels")?.iter().enumerate().map(asked).collect::<Result<Vec<_>>>()?;
        let view = rows.view()?;
        if view.ncols() != model.scorer.features() {
            let (found, expected) = (view.ncols(), model.scorer.features());
            return exec_err!("embeddings of {found} features for a model of {expected}");
        }
        let refused = |error: mislabel_core::Error| match error {
            mislabel_core::Error::NotFinite { row, column, value, .. } => {
                exec_datafusion_err!(
                    "{}: feature {column} of its embedding is {value}, not a finite number",
                    names.of(row)
                )
            }
            other => outer(other),
        };
        let embeddings = Embeddings::new(view).map_err(refused)?;
        let own = |code: u32| -> mislabel_core::Result<Arc<OwnModel>> {
            model.own(code).map_err(mislabel_core::Error::other)
        };
        model.scorer.score(&embeddings, &asked, &own, self.kind == Kind::All).map_err(refused)
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
