//! Labels over classes, with the form in which they were written.

use std::collections::BTreeMap;
use std::sync::Arc;

use mislabel_core::{Labels, PartialLabels};

use crate::labels::values::{LabelForm, LabelValues};

/// Labels with the form in which they were written and should be written again.
///
/// ```
/// use mislabel_core::Labels;
/// use mislabel_io::{LabelColumn, LabelForm, LabelValues};
///
/// let labels = Labels::new(vec![0, 1, 1], 2)?.with_class_names(["cat", "dog"])?;
/// let column = LabelColumn::new(labels, LabelForm::Strings);
/// assert_eq!(column.written(&[1]), LabelValues::Strings(vec!["dog".into()]));
/// assert!(column.unlabelled.is_empty());
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LabelColumn {
    /// The labels of the m samples that have one, over k classes; with class names if the file has strings, names were given,
    /// or codes are not 0 to k - 1.
    pub labels: Labels,
    /// Whether the file has integers or strings.
    pub form: LabelForm,
    /// The samples without a label, ascending; none where every sample has one, so n = m.
    pub unlabelled: Vec<usize>,
    /// The integer that the file writes for every class, where these are not 0 to k - 1.
    codes: Option<Arc<[i64]>>,
}

impl LabelColumn {
    /// The labels of samples that all have one.
    pub fn new(labels: Labels, form: LabelForm) -> Self {
        Self { labels, form, unlabelled: Vec::new(), codes: None }
    }

    pub(crate) fn with_codes(self, codes: Option<Arc<[i64]>>) -> Self {
        Self { codes, ..self }
    }

    /// The same with the rows `unlabelled`, ascending, between the others.
    pub(crate) fn beside(self, unlabelled: Vec<usize>) -> Self {
        Self { unlabelled, ..self }
    }

    /// The same with a label for each of some samples that have none.
    pub(crate) fn filled(&self, filled: &BTreeMap<usize, u32>) -> mislabel_core::Result<Self> {
        let mut given = self.labels.values().iter().copied();
        let mut lacking = self.unlabelled.iter().copied().peekable();
        let label = |row: usize| match lacking.next_if_eq(&row) {
            Some(row) => filled.get(&row).copied(),
            None => given.next(),
        };
        let values = (0..self.samples()).filter_map(label).collect();
        let labels = Labels::new(values, self.labels.class_count())?;
        let labels = match self.labels.class_names() {
            Some(names) => labels.with_class_names(names.iter().cloned())?,
            None => labels,
        };
        let unlabelled = self.unlabelled.iter().copied().filter(|row| !filled.contains_key(row)).collect();
        Ok(Self { labels, unlabelled, ..self.clone() })
    }

    /// The number of samples n, with a label or without.
    pub fn samples(&self) -> usize {
        self.labels.len() + self.unlabelled.len()
    }

    /// The labels with the samples that have none.
    ///
    /// # Errors
    /// Those of [`PartialLabels::new`], which do not occur for columns that were read.
    pub fn partial(&self) -> mislabel_core::Result<PartialLabels> {
        PartialLabels::new(self.labels.clone(), self.samples(), &self.unlabelled)
    }

    /// The integers that the file writes for the classes, where these are not 0 to k - 1.
    pub fn codes(&self) -> Option<&[i64]> {
        self.codes.as_deref()
    }

    /// The samples that have a label, ascending.
    pub fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        let mut missing = self.unlabelled.iter().copied().peekable();
        (0..self.samples()).filter(move |row| missing.next_if_eq(row).is_none())
    }

    /// Whether the file has indices of classes that have names.
    pub(crate) fn shows_names(&self) -> bool {
        self.form == LabelForm::Integers && self.codes.is_none() && self.labels.class_names().is_some()
    }

    /// Class indices `classes`, `(m,)`, each below k, for people: by their names where classes have some.
    pub fn shown(&self, classes: &[u32]) -> LabelValues {
        match self.shows_names() {
            true => Self { form: LabelForm::Strings, ..self.clone() }.written(classes),
            false => self.written(classes),
        }
    }

    /// Class indices `classes`, `(m,)`, each below k, in the form of this column. Panics at an index of k or more.
    pub fn written(&self, classes: &[u32]) -> LabelValues {
        let code = |class: &u32| self.codes.as_ref().map_or(i64::from(*class), |codes| codes[*class as usize]);
        match self.form {
            LabelForm::Integers => LabelValues::Integers(classes.iter().map(code).collect()),
            LabelForm::Strings => LabelValues::Strings(
                classes.iter().map(|&class| self.labels.class_name(class as usize).into()).collect(),
            ),
        }
    }
}
