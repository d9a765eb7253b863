//! Functions of an embedding, its label, and a fitted model, as they are called.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, StructArray, UInt64Array};
use datafusion::arrow::compute::{filter, take};
use datafusion::arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::{Result, exec_datafusion_err, exec_err};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};
use mislabel_core::Embeddings;
use mislabel_reconstruct::ScoredRow;
use ndarray::ArrayView2;

use crate::functions::rows::{Names, Rows, literal, outer, texts};
use crate::model::Model;

static SCORED: AtomicU64 = AtomicU64::new(0);

/// Rows that this process has scored so far: an optimizer that evaluates a function twice shows here.
pub fn rows_scored() -> u64 {
    SCORED.load(Ordering::Relaxed)
}

/// A function `(embedding, label, 'model' [, id])` that gives a struct for every row: null for one without a label.
#[derive(Clone, Debug)]
pub struct RowFunction {
    name: &'static str,
    signature: Signature,
    fields: fn() -> Fields,
    answer: Answer,
}

/// What is said of rows that all have a label, by the model of this name.
type Answer = fn(&str, &Columns) -> Result<StructArray>;

impl RowFunction {
    /// With or without an id. Volatile, so that no optimizer evaluates it once in a filter and once more for what passes; what is
    /// written in a filter is evaluated there all the same.
    pub(super) fn new(name: &'static str, with_id: bool, fields: fn() -> Fields, answer: Answer) -> Self {
        let four = with_id.then_some(TypeSignature::Any(4));
        let ways = [TypeSignature::Any(3)].into_iter().chain(four).collect();
        Self { name, signature: Signature::one_of(ways, Volatility::Volatile), fields, answer }
    }
}

/// Functions of one name do the same.
impl PartialEq for RowFunction {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for RowFunction {}

impl Hash for RowFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for RowFunction {
    fn name(&self) -> &str {
        self.name
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, _inputs: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct((self.fields)()))
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        over_labeled(self.name, &args, self.answer)
    }
}

/// A field of numbers.
pub(super) fn number(name: &str) -> Field {
    Field::new(name, DataType::Float64, true)
}

/// A field of text.
pub(super) fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, true)
}

/// The columns of a call.
pub(crate) struct Columns {
    embeddings: ArrayRef,
    labels: ArrayRef,
    ids: Option<ArrayRef>,
}

/// Answers for the rows that have a label; those without give null, as null does elsewhere: an engine may ask before it filters.
fn over_labeled(function: &str, args: &ScalarFunctionArgs, answer: Answer) -> Result<ColumnarValue> {
    let [embedding, label, ColumnarValue::Scalar(model), id @ ..] = args.args.as_slice() else {
        return exec_err!("{function} takes the model's location as a text in quotes");
    };
    let rows = args.number_rows;
    let (embeddings, labels) = (embedding.to_array(rows)?, label.to_array(rows)?);
    let ids = id.first().map(|id| id.to_array(rows)).transpose()?;
    let named = literal(model, "the model's location")?;
    let Some(labeled) = labels.logical_nulls().filter(|nulls| nulls.null_count() > 0) else {
        return Ok(ColumnarValue::Array(Arc::new(answer(&named, &Columns { embeddings, labels, ids })?)));
    };
    let kept = BooleanArray::new(labeled.inner().clone(), None);
    let columns = Columns {
        embeddings: filter(&embeddings, &kept)?,
        labels: filter(&labels, &kept)?,
        ids: ids.map(|ids| filter(&ids, &kept)).transpose()?,
    };
    let some: ArrayRef = Arc::new(answer(&named, &columns)?);
    let mut next = 0..some.len() as u64;
    let places: UInt64Array = labeled.iter().map(|there| if there { next.next() } else { None }).collect();
    Ok(ColumnarValue::Array(take(&some, &places, None)?))
}

/// Rows of a call, with what is asked of each.
pub(super) struct AskedRows<'a> {
    view: ArrayView2<'a, f32>,
    asked: Vec<ScoredRow>,
    names: Names,
}

impl<'a> AskedRows<'a> {
    /// `None` of no rows. Where a model was `fitted` on rows, it was on these, but for those that it knows as dropped.
    pub(super) fn of(model: &Model, columns: &'a Columns, fitted: bool) -> Result<Option<Self>> {
        let Columns { embeddings, labels, ids } = columns;
        if labels.is_empty() {
            return Ok(None);
        }
        let rows = Rows::of(embeddings)?;
        let names = Names(ids.as_ref().map(|ids| texts(ids, "ids")).transpose()?);
        let asked = |(row, label): (usize, &Option<String>)| -> Result<ScoredRow> {
            let Some(label) = label else {
                return exec_err!("{} has no label: leave such rows out with WHERE label IS NOT NULL", names.of(row));
            };
            let dropped = names.id(row).is_some_and(|id| model.dropped.contains(id));
            Ok(ScoredRow { label: model.classes.code(label)?, fitted_on: fitted && !dropped })
        };
        let asked = texts(labels, "labels")?.iter().enumerate().map(asked).collect::<Result<Vec<_>>>()?;
        let view = rows.view()?;
        if view.ncols() != model.scorer.features() {
            let (found, expected) = (view.ncols(), model.scorer.features());
            return exec_err!("embeddings of {found} features for a model of {expected}");
        }
        Ok(Some(Self { view, asked, names }))
    }

    /// The codes of the labels.
    pub(super) fn codes(&self) -> impl Iterator<Item = u32> {
        self.asked.iter().map(|row| row.label)
    }

    /// What `score` says of the rows; a row that it refuses is named.
    pub(super) fn scored<T>(
        &self,
        score: impl FnOnce(&Embeddings<'_>, &[ScoredRow]) -> mislabel_core::Result<T>,
    ) -> Result<T> {
        SCORED.fetch_add(self.asked.len() as u64, Ordering::Relaxed);
        let embeddings = Embeddings::new(self.view).map_err(|error| self.refused(error))?;
        score(&embeddings, &self.asked).map_err(|error| self.refused(error))
    }

    fn refused(&self, error: mislabel_core::Error) -> DataFusionError {
        match error {
            mislabel_core::Error::NotFinite { row, column, value, .. } => {
                let row = self.names.of(row);
                exec_datafusion_err!("{row}: feature {column} of its embedding is {value}, not a finite number")
            }
            other => outer(other),
        }
    }
}
