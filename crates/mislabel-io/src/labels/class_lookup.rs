//! From labels as written to classes.

use std::collections::HashMap;

use mislabel_core::Labels;

use crate::labels::column::LabelColumn;
use crate::labels::numbers::whole;
use crate::labels::values::LabelForm;

/// From labels as written to classes.
pub(crate) struct ClassLookup<'a> {
    labels: &'a Labels,
    form: LabelForm,
    names: HashMap<&'a str, u32>,
    codes: Option<HashMap<i64, u32>>,
}

impl<'a> ClassLookup<'a> {
    pub(crate) fn of(given: &'a LabelColumn) -> Self {
        let names = given.labels.class_names().unwrap_or_default();
        let names = names.iter().map(String::as_str).zip(0..).collect();
        let codes = given.codes().map(|codes| codes.iter().copied().zip(0..).collect());
        Self { labels: &given.labels, form: given.form, names, codes }
    }

    /// The class that a file of the same form calls `label`: integers by their code or index, strings by their name.
    pub(crate) fn written(&self, label: &str) -> Option<u32> {
        match self.form {
            LabelForm::Integers => self.index(label).or_else(|| self.names.get(label).copied()),
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
        let code = whole(label)?;
        match &self.codes {
            Some(codes) => codes.get(&code).copied(),
            None => u32::try_from(code).ok().filter(|class| (*class as usize) < self.labels.class_count()),
        }
    }
}
