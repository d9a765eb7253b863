//! Label issues as a table.

use std::collections::HashMap;
use std::path::Path;

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{LabelIssues, LabelQuality};

use crate::error::{Error, Result};
use crate::labels::class_lookup::ClassLookup;
use crate::labels::column::LabelColumn;
use crate::labels::values::LabelValues;

/// A class, and how sure it is where that is known.
type Suggested = (u32, Option<f64>);

/// The columns of an [`IssueTable`], `(m,)` each; column names in files are the field names.
#[derive(Clone, Debug, PartialEq)]
pub struct IssueColumns {
    /// The sample's number in the data, from 0.
    pub index: Vec<u64>,
    /// The label the sample has.
    pub given_label: LabelValues,
    /// The label the detector would give.
    pub suggested_label: LabelValues,
    /// Label quality in [0, 1]: lower is more suspect.
    pub quality: Vec<f64>,
    /// The method's own score, in its own direction.
    pub score: Vec<f64>,
    /// Whether the detector flags the given label as wrong.
    pub is_issue: Vec<bool>,
}

/// A column of the input that travels beside the issues: ids, paths, texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleColumn {
    /// Its name.
    pub name: String,
    /// Its cells, one for every sample of the data.
    pub cells: Vec<Option<String>>,
}

/// A sample without a label, and what it likely is.
#[derive(Clone, Debug, PartialEq)]
pub struct UnlabelledRow {
    /// The sample's number in the data, from 0.
    pub index: u64,
    /// The label that fits it best, as the file would write it; `None` where nothing tells.
    pub suggested_label: Option<String>,
    /// The probability of that label, in [0, 1].
    pub confidence: Option<f64>,
}

/// Label issues as a table that files hold: m samples of the data, all of them or some, in any order.
///
/// Beside its own columns it may have columns of the input, class indices where the labels are integers with names, and rows
/// for samples without a label: these have no given label, no quality, and no score, and a confidence.
///
/// ```
/// use mislabel_core::{LabelIssues, LabelQuality, Labels};
/// use mislabel_io::{IssueTable, LabelColumn, LabelForm};
///
/// let labels = Labels::new(vec![0, 1, 1], 2)?.with_class_names(["cat", "dog"])?;
/// let quality = LabelQuality::new(vec![0.9, 0.1, 0.8])?;
/// let suggested = labels.with_values(vec![0, 0, 1])?;
/// let issues = LabelIssues::new(quality, vec![false, true, false], suggested, vec![0.1, 9.0, 0.25])?;
///
/// let given = LabelColumn::new(labels, LabelForm::Strings);
/// let table = IssueTable::from_issues(&issues, &given)?;
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("issues.csv");
/// table.flagged().write(&path)?;
/// let text = std::fs::read_to_string(&path)?;
/// assert_eq!(text, "index,given_label,suggested_label,quality,score,is_issue\n1,dog,cat,0.1,9.0,true\n");
///
/// table.write(&path)?;
/// assert_eq!(IssueTable::read(&path)?.label_issues(&given)?, issues);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct IssueTable {
    columns: IssueColumns,
    /// Class indices of the given and the suggested labels, where the labels are class names that files write as integers.
    pub(crate) indices: Option<[Vec<u32>; 2]>,
    pub(crate) further: Vec<SampleColumn>,
    pub(crate) unlabelled: Vec<UnlabelledRow>,
}

/// What messages call a table that is not in a file.
const IN_MEMORY: &str = "the issue table";

impl IssueTable {
    /// Checks the columns; m may be 0.
    ///
    /// # Errors
    /// [`Error::Issue`] when a column is shorter or longer than `index`, at a quality outside [0, 1], a score that is
    /// not finite, or an index that appears twice.
    pub fn new(columns: IssueColumns) -> Result<Self> {
        Self::checked(IN_MEMORY, columns)
    }

    pub(crate) fn checked(table: &str, columns: IssueColumns) -> Result<Self> {
        let rows = columns.index.len();
        let lengths = [
            ("given_label", columns.given_label.len()),
            ("suggested_label", columns.suggested_label.len()),
            ("quality", columns.quality.len()),
            ("score", columns.score.len()),
            ("is_issue", columns.is_issue.len()),
        ];
        if let Some(&(column, length)) = lengths.iter().find(|(_, length)| *length != rows) {
            let problem = "a column has another length than index";
            return Err(Error::issue(table, length.min(rows), column, format!("length {length}"), problem));
        }
        if let Some(row) = columns.quality.iter().position(|quality| !(0.0..=1.0).contains(quality)) {
            return Err(Error::issue(table, row, "quality", columns.quality[row], "quality lies in [0, 1]"));
        }
        if let Some(row) = columns.score.iter().position(|score| !score.is_finite()) {
            return Err(Error::issue(table, row, "score", columns.score[row], "a score is finite"));
        }
        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_unstable_by_key(|&row| (columns.index[row], row));
        if let Some(pair) = order.windows(2).find(|pair| columns.index[pair[0]] == columns.index[pair[1]]) {
            return Err(Error::issue(table, pair[1], "index", columns.index[pair[1]], "the index appears twice"));
        }
        Ok(Self { columns, indices: None, further: Vec::new(), unlabelled: Vec::new() })
    }

    /// All n samples in order, with labels in the form of `given`.
    ///
    /// # Errors
    /// [`mislabel_core::Error::LengthMismatch`] when `issues` and `given` differ in samples or in classes.
    pub fn from_issues(issues: &LabelIssues, given: &LabelColumn) -> mislabel_core::Result<Self> {
        same_length("the given labels", issues.len(), given.labels.len())?;
        same_class_count("the suggested labels", given.labels.class_count(), issues.suggested().class_count())?;
        let (given_classes, suggested_classes) = (given.labels.values(), issues.suggested().values());
        let [given_label, suggested_label] = [given_classes, suggested_classes].map(|classes| given.shown(classes));
        let index = given.rows().map(|row| row as u64).collect();
        let indices = given.shows_names().then(|| [given_classes.to_vec(), suggested_classes.to_vec()]);
        let columns = IssueColumns {
            index,
            given_label,
            suggested_label,
            quality: issues.quality().as_slice().to_vec(),
            score: issues.score().to_vec(),
            is_issue: issues.is_issue().to_vec(),
        };
        Ok(Self { columns, indices, further: Vec::new(), unlabelled: Vec::new() })
    }

    /// The same with columns of the input beside it; the cell of a sample is that of its index.
    #[must_use]
    pub fn with_sample_columns(self, further: Vec<SampleColumn>) -> Self {
        Self { further, ..self }
    }

    /// The same with rows for samples that have no label.
    #[must_use]
    pub fn with_unlabelled(self, unlabelled: Vec<UnlabelledRow>) -> Self {
        Self { unlabelled, ..self }
    }

    /// The same with the index `rows[i]` for index i: where the samples are rows of a file that has others too.
    ///
    /// # Errors
    /// [`Error::Issue`] at an index without one.
    pub fn with_index(mut self, rows: &[usize]) -> Result<Self> {
        let own = self.columns.index.iter_mut().chain(self.unlabelled.iter_mut().map(|row| &mut row.index));
        for (row, index) in own.enumerate() {
            let problem = "there are not so many rows";
            *index = match rows.get(*index as usize) {
                Some(row) => *row as u64,
                None => return Err(Error::issue(IN_MEMORY, row, "index", *index, problem)),
            };
        }
        Ok(self)
    }

    /// The columns.
    pub fn columns(&self) -> &IssueColumns {
        &self.columns
    }

    /// The number of rows m.
    pub fn len(&self) -> usize {
        self.columns.index.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows that are label issues, in the same order.
    #[must_use]
    pub fn flagged(&self) -> Self {
        let rows: Vec<usize> = (0..self.len()).filter(|&row| self.columns.is_issue[row]).collect();
        Self { unlabelled: Vec::new(), ..self.select(&rows) }
    }

    /// All rows from the most suspect (least quality) to the least; ties in the order they have.
    #[must_use]
    pub fn ranked(&self) -> Self {
        let mut rows: Vec<usize> = (0..self.len()).collect();
        rows.sort_by(|&a, &b| self.columns.quality[a].total_cmp(&self.columns.quality[b]));
        self.select(&rows)
    }

    /// The samples with these indices, in this order; indices that the table lacks are passed over.
    #[must_use]
    pub fn selected(&self, samples: &[u32]) -> Self {
        let places: HashMap<u64, usize> = self.columns.index.iter().copied().zip(0..).collect();
        let rows: Vec<usize> = samples.iter().filter_map(|sample| places.get(&u64::from(*sample)).copied()).collect();
        Self { unlabelled: Vec::new(), ..self.select(&rows) }
    }

    fn select(&self, rows: &[usize]) -> Self {
        let columns = &self.columns;
        let selected = IssueColumns {
            index: rows.iter().map(|&row| columns.index[row]).collect(),
            given_label: columns.given_label.select(rows),
            suggested_label: columns.suggested_label.select(rows),
            quality: rows.iter().map(|&row| columns.quality[row]).collect(),
            score: rows.iter().map(|&row| columns.score[row]).collect(),
            is_issue: rows.iter().map(|&row| columns.is_issue[row]).collect(),
        };
        let of = |classes: &Vec<u32>| rows.iter().map(|&row| classes[row]).collect();
        let indices = self.indices.as_ref().map(|[given, suggested]| [of(given), of(suggested)]);
        Self { columns: selected, indices, ..self.clone() }
    }

    /// The issues of all m samples with a label in the order of the data, if the table has each of them once, with the same
    /// given labels as `given`.
    ///
    /// # Errors
    /// [`Error::Issue`] at an index of n or more or of a sample without a label, a given label that differs, a suggested label
    /// that is not a class, a row without a label whose sample has one; [`Error::Content`] when samples are missing.
    pub fn label_issues(&self, given: &LabelColumn) -> Result<LabelIssues> {
        let content = Error::content(Path::new(IN_MEMORY));
        let n = given.labels.len();
        let columns = &self.columns;
        let refuse = |row: usize, problem| Err(Error::issue(IN_MEMORY, row, "index", columns.index[row], problem));
        if let Some(row) = columns.index.iter().position(|&index| index >= given.samples() as u64) {
            return refuse(row, "there are not so many given labels");
        }
        let is_missing = |index: u64| given.unlabelled.binary_search(&(index as usize)).is_ok();
        if let Some(row) = columns.index.iter().position(|&index| is_missing(index)) {
            return refuse(row, "the sample has no given label");
        }
        let has_label = |row: &&UnlabelledRow| row.index < given.samples() as u64 && !is_missing(row.index);
        if let Some(row) = self.unlabelled.iter().find(has_label) {
            let problem = "the table has no given label for it, and the sample has one: the issues are of other labels";
            return Err(Error::issue(IN_MEMORY, self.len(), "index", row.index, problem));
        }
        same_length("the issue table", n, self.len()).map_err(content)?;
        let mut row_of = vec![0; n];
        for (row, &index) in columns.index.iter().enumerate() {
            let before = given.unlabelled.partition_point(|missing| (*missing as u64) < index);
            row_of[index as usize - before] = row;
        }
        let classes = ClassLookup::of(given);
        let mut suggested = Vec::with_capacity(n);
        for (sample, &row) in row_of.iter().enumerate() {
            let class = class_in(&classes, &columns.given_label, row, "given_label")?;
            if class != given.labels.values()[sample] {
                let (value, problem) = (columns.given_label.text(row), "the sample has another given label");
                return Err(Error::issue(IN_MEMORY, row, "given_label", value, problem));
            }
            suggested.push(class_in(&classes, &columns.suggested_label, row, "suggested_label")?);
        }
        let floats = |column: &[f64]| row_of.iter().map(|&row| column[row]).collect::<Vec<f64>>();
        let is_issue = row_of.iter().map(|&row| columns.is_issue[row]).collect();
        LabelQuality::new(floats(&columns.quality))
            .and_then(|quality| {
                LabelIssues::new(quality, is_issue, given.labels.with_values(suggested)?, floats(&columns.score))
            })
            .map_err(Error::content(Path::new(IN_MEMORY)))
    }

    /// The class that the table suggests for each sample without a label, `(n - m,)`, in the order of the data, with its
    /// confidence; `None` where it suggests none.
    ///
    /// # Errors
    /// [`Error::Issue`] at a suggested label that is not a class.
    pub fn suggestions(&self, given: &LabelColumn) -> Result<Vec<Option<Suggested>>> {
        let classes = ClassLookup::of(given);
        let rows: HashMap<u64, &UnlabelledRow> = self.unlabelled.iter().map(|row| (row.index, row)).collect();
        let suggestion = |sample: &usize| {
            let Some(row) = rows.get(&(*sample as u64)) else { return Ok(None) };
            let Some(label) = &row.suggested_label else { return Ok(None) };
            let problem = "the label is not one of the classes";
            let class = classes.written(label);
            let class = class.ok_or_else(|| Error::issue(IN_MEMORY, *sample, "suggested_label", label, problem))?;
            Ok(Some((class, row.confidence)))
        };
        given.unlabelled.iter().map(suggestion).collect()
    }
}

/// The class of the label in `row`; strings that are numbers may have come back from text as integers.
fn class_in(classes: &ClassLookup<'_>, values: &LabelValues, row: usize, column: &'static str) -> Result<u32> {
    let text = values.text(row).to_string();
    let class = classes.written(&text);
    class.ok_or_else(|| Error::issue(IN_MEMORY, row, column, text, "the label is not one of the classes"))
}
