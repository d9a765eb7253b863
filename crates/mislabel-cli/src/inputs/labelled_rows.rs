//! Rows that have a label in every file.

use std::io::Write;

use mislabel::io::{LabelFile, LabelValues};

use crate::failure::{Failure, Result};
use crate::inputs::files::LabelForm;

/// How `mislabel` writes that a row has no label, where no file says it in another way.
const NO_LABEL: &str = "NA";

/// The rows that have a label in every one of some files of equally many.
pub(crate) struct LabelledRows {
    /// Ascending.
    pub(crate) kept: Vec<usize>,
    samples: usize,
    /// How the first file says that a row has no label.
    mark: String,
}

impl LabelledRows {
    /// Those of `files`, which are equally long.
    pub(crate) fn of(files: &[&LabelFile], form: &LabelForm) -> Result<Self> {
        let samples = files[0].samples();
        let has_all = |row: &usize| files.iter().all(|file| file.unlabelled().binary_search(row).is_err());
        let kept: Vec<usize> = (0..samples).filter(has_all).collect();
        if kept.is_empty() {
            let paths: Vec<String> = files.iter().map(|file| file.path().display().to_string()).collect();
            return Err(Failure::Arguments(format!("no row has a label in {}", paths.join(" and in "))));
        }
        let written = files[0].unlabelled_as().iter().map(String::as_str).find(|written| *written != "empty");
        let mark = form.reading.said_unlabelled().or(written).unwrap_or(NO_LABEL).to_owned();
        Ok(Self { kept, samples, mark })
    }

    /// Rows that lack a label.
    pub(crate) fn left_out(&self) -> usize {
        self.samples - self.kept.len()
    }

    /// The rows as those of arrays, where they are not all.
    pub(crate) fn chosen(&self) -> Option<Vec<u32>> {
        (self.left_out() > 0).then(|| self.kept.iter().map(|row| *row as u32).collect())
    }

    /// Says how many rows lack a label, where some do.
    pub(crate) fn say_left_out(&self, out: &mut impl Write) -> Result<()> {
        match self.left_out() {
            0 => Ok(()),
            count => Ok(writeln!(out, "{count} rows without a label are left out")?),
        }
    }

    /// `labels` of these rows between the rows that lack one; `None` where integers cannot say that these do.
    pub(crate) fn in_all_rows(&self, labels: LabelValues, as_text: bool) -> Option<LabelValues> {
        if self.left_out() == 0 {
            return Some(labels);
        }
        let mut all = vec![self.mark.clone(); self.samples];
        self.kept.iter().zip(0..).for_each(|(row, place)| all[*row] = labels.text(place).into_owned());
        match labels {
            LabelValues::Integers(_) if !as_text => {
                all.iter().map(|label| label.parse().ok()).collect::<Option<_>>().map(LabelValues::Integers)
            }
            _ => Some(LabelValues::Strings(all)),
        }
    }
}
