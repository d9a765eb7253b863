//! Queries: which samples are wanted.

use crate::decisions::board::Board;
use crate::error::Result;
use crate::samples::samples::Samples;
use crate::slices::expression::Expression;
use crate::slices::parser::parsed;
use crate::slices::query_error::QueryError;
use crate::slices::selection::selection;

/// A condition on samples, written as people write it.
///
/// | field | values |
/// |---|---|
/// | `index`, `rank`, `quality`, `score`, `confidence` | numbers: `=`, `!=`, `<`, `<=`, `>`, `>=`, `in` |
/// | `given`, `suggested`, `decided_label` | classes: `=`, `!=`, `in`, `contains` |
/// | `id`, `path`, `text`, `note`, `reviewer`, `decision` | texts: `=`, `!=`, `in`, `contains` |
/// | `flagged`, `unlabelled`, `decided`, `disputed`, `tag.NAME` | yes or no: stand alone |
/// | any column of the samples | numbers or texts |
///
/// Conditions are joined by `and`, `or`, `not` and parentheses. A value with blanks stands in double quotes, a field with
/// blanks in backticks. An empty query takes every sample. A sample without a label is `unlabelled`; it has no quality, and its
/// suggestion has a `confidence`. Of comparisons with a value that a sample lacks, only `!=` holds.
///
/// ```
/// use mislabel_core::{LabelIssues, LabelQuality, Labels};
/// use mislabel_review::{Board, Query, Samples};
///
/// let given = Labels::new(vec![0, 1, 1], 2)?.with_class_names(["cat", "polar bear"])?;
/// let quality = LabelQuality::new(vec![0.9, 0.1, 0.8])?;
/// let issues = LabelIssues::new(quality, vec![false, true, false], given.with_values(vec![0, 0, 1])?, vec![0.0; 3])?;
/// let samples = Samples::new(given, issues)?;
/// let board = Board::new(samples.given_labels());
///
/// let query = Query::parse("given = \"polar bear\" and (flagged or quality >= 0.8) and not decided")?;
/// assert_eq!(query.select(&samples, &board)?, [false, true, true]);
///
/// let slip = Query::parse("given = \"polar baer\"")?.select(&samples, &board).unwrap_err();
/// assert_eq!(slip.to_string(), "character 9: there is no class \"polar baer\": did you mean \"polar bear\"?");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query(Option<Expression>);

impl Query {
    /// Reads the query.
    ///
    /// # Errors
    /// [`QueryError`] at the character where it stops making sense.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        match text.trim().is_empty() {
            true => Ok(Self(None)),
            false => parsed(text).map(Some).map(Self),
        }
    }

    /// For every sample whether it is wanted, `(n,)`, as far as the decisions on `board` have come. O(n) for every
    /// condition.
    ///
    /// # Errors
    /// [`QueryError`] at a field, a class or a tag that does not exist, or a comparison that makes no sense.
    pub fn select(&self, samples: &Samples, board: &Board) -> Result<Vec<bool>, QueryError> {
        match &self.0 {
            None => Ok(vec![true; samples.len()]),
            Some(expression) => selection(expression, samples, board),
        }
    }
}
