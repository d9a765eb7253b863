//! How a file writes classes.

use std::path::Path;

use mislabel_core::Labels;

use crate::error::{Error, Result};

/// How a file writes classes, told from what it holds.
pub(crate) struct Spelling {
    numbers: bool,
}

impl Spelling {
    /// Class numbers if every one of the `labels` is the number of its given class, names else.
    pub(crate) fn of<'t>(labels: impl Iterator<Item = &'t str>, given: &Labels) -> Self {
        let pairs = labels.zip(given.values());
        let mut differing = pairs.filter(|(text, class)| number(text) != Some(i64::from(**class)));
        Self { numbers: differing.next().is_none() }
    }

    /// The text of `class`, in the manner of the `old` text.
    pub(crate) fn text(&self, class: u32, old: &str, given: &Labels) -> String {
        match self.numbers {
            true if old.ends_with(".0") => format!("{class}.0"),
            true => class.to_string(),
            false => given.class_name(class as usize).into_owned(),
        }
    }

    /// Checks that `text` in `row` of the file is the label that was reviewed.
    pub(crate) fn check(&self, path: &Path, row: usize, text: &str, given: &Labels) -> Result<()> {
        let class = given.class(row);
        let same = match self.numbers {
            true => number(text) == Some(class as i64),
            false => text == given.class_name(class),
        };
        if same {
            return Ok(());
        }
        let expected = given.class_name(class).into_owned();
        Err(Error::LabelDiffers { path: path.into(), row, found: text.into(), expected })
    }
}

/// The number that `text` is; pandas writes whole floats with `.0`.
fn number(text: &str) -> Option<i64> {
    text.strip_suffix(".0").unwrap_or(text).parse().ok()
}
