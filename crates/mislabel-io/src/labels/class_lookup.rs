//! From labels as written to classes.

use std::collections::HashMap;

use mislabel_core::Labels;

use crate::labels::file::LabelColumn;
use crate::labels::values::LabelForm;

/// From labels as written to classes.
pub(crate) struct ClassLookup<'a> {
    labels: &'a Labels,
    form: LabelForm,
    names: HashMap<&'a str, u32>,
}

impl<'a> ClassLookup<'a> {
    pub(crate) fn of(given: &'a LabelColumn) -> Self {
        let names = given.labels.class_names().unwrap_or_default();
        let names = names.iter().map(String::as_str).zip(0..).collect();
        Self { labels: &given.labels, form: given.form, names }
    }

    /// The class that a file of the same form calls `label`: integers by their index, strings by their name.
    pub(crate) fn written(&self, label: &str) -> Option<u32> {
        match self.form {
            LabelForm::Integers => self.index(label),
            LabelForm::Strings => self.names.get(label).copied(),
        }
    }

    /// The class that a person calls `label`: a class index where the given labels are such, a class name always.
    pub(crate) fn named(&self, label: &str) -> Option<u32> {
        let index = match self.form {
            LabelForm::Integers => self.index(label),
            LabelForm::Strings => None,
        };
        index.or_else(|| self.names.get(label).copied())
    }

    fn index(&self, label: &str) -> Option<u32> {
        label.parse().ok().filter(|&class: &u32| (class as usize) < self.labels.class_count())
    }
}
