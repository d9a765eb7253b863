//! What was written, read again: a label may look like a header, like two cells, or like no label.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use crate::error::Result;
use crate::labels::file::LabelFile;
use crate::labels::numbers::finite;
use crate::labels::rewriting::edits::Edits;

const WAY_OUT: &str =
    "say how the file is read (--delimiter, --header, --labels-key, --unlabelled), or give the class another name";

impl LabelFile {
    /// Checks that the file at `written`, which is to be `out`, is read as the labels that `edits` make of these.
    pub(crate) fn check_written(&self, edits: &Edits<'_>, written: &Path, out: &Path) -> Result<()> {
        let meant = || {
            let kept = self.cells().enumerate().filter(|(row, _)| !edits.leaves_out(*row));
            kept.map(|(row, cell)| edits.labels.get(&row).map(|edit| Cow::Borrowed(edit.new.as_str())).or(cell))
        };
        if meant().all(|label| label.is_none()) {
            return Ok(());
        }
        let refuse = |problem: String| edits.refusal(format!("{} is not written: {problem}; {WAY_OUT}", out.display()));
        let found = Self::read(written, self.choice()).map_err(|cause| {
            let cause = cause.to_string().replace(&*written.to_string_lossy(), "it");
            refuse(format!("with the new labels it cannot be read ({cause})"))
        })?;
        let rows = self.samples() - edits.left_out.len();
        if found.samples() != rows {
            return Err(refuse(format!("with the new labels it is read as {} rows, not {rows}", found.samples())));
        }
        let mut classes = HashMap::new();
        for (row, (meant, found)) in meant().zip(found.cells()).enumerate() {
            let known = classes.entry(found.clone()).or_insert_with(|| meant.clone());
            if !is_same(&meant, &found) || *known != meant {
                let (found, meant) = (in_words(found), in_words(meant));
                return Err(refuse(format!("its row {row} is read as {found}, where {meant} is meant")));
            }
        }
        Ok(())
    }

    /// The labels of all samples as text, `(n,)`; `None` for a sample without one.
    fn cells(&self) -> impl Iterator<Item = Option<Cow<'_, str>>> {
        let mut unlabelled = self.unlabelled().iter().peekable();
        let mut labels = 0..;
        (0..self.samples()).map(move |row| match unlabelled.next_if_eq(&&row) {
            Some(_) => None,
            None => labels.next().map(|place| self.values().text(place)),
        })
    }
}

/// Whether `found` is the label `meant`: alike, or another spelling of the number.
fn is_same(meant: &Option<Cow<'_, str>>, found: &Option<Cow<'_, str>>) -> bool {
    match (meant, found) {
        (Some(meant), Some(found)) => {
            meant == found || finite(meant).is_some_and(|number| finite(found) == Some(number))
        }
        (meant, found) => meant.is_none() && found.is_none(),
    }
}

fn in_words(label: Option<Cow<'_, str>>) -> String {
    label.map_or_else(|| "no label".into(), |label| format!("{label:?}"))
}
