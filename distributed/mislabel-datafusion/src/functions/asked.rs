//! Functions of an embedding, its label, and a fitted model, as they are called.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, StructArray, UInt64Array};
use datafusion::arrow::compute::{filter, take};
use datafusion::common::{Result, exec_datafusion_err, exec_err};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, Signature, TypeSignature, Volatility};
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

/// Of `(embedding, label, 'model')`, with or without an id. Volatile, so that no optimizer evaluates it once in a filter and once
/// more for what passes; what is written in a filter is evaluated there all the same.
pub(super) fn volatile(with_id: bool) -> Signature {
    let four = with_id.then_some(TypeSignature::Any(4));
    Signature::one_of([TypeSignature::Any(3)].into_iter().chain(four).collect(), Volatility::Volatile)
}

/// The columns of a call.
pub(super) struct Columns {
    embeddings: ArrayRef,
    labels: ArrayRef,
    ids: Option<ArrayRef>,
}

/// Answers for the rows that have a label; those without give null, as null does elsewhere: an engine may ask before it filters.
pub(super) fn over_labeled(
    function: &str,
    args: &ScalarFunctionArgs,
    answer: impl FnOnce(&str, &Columns) -> Result<StructArray>,
) -> Result<ColumnarValue> {
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
