//! What was read as what, as text and as JSON.

use std::io::Write;

use mislabel::io::{ClassMatch, Classes, EmbeddingFile, LabelColumn, LabelFile, Understanding};
use mislabel::methods::feature_notes;
use serde::Serialize;

use crate::failure::{Result, one_line};
use crate::inputs::embedded_files::EmbeddedFiles;

/// Classes that a line lists.
const LISTED: usize = 8;

/// What was read as what.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Understood {
    /// The files, without those that are plain.
    files: Vec<Understanding>,
    /// The classes, in their order.
    classes: Vec<String>,
    /// How predictions were matched with classes.
    #[serde(skip_serializing_if = "String::is_empty")]
    class_order: String,
    unlabelled: usize,
    /// Samples that take no part, because they lack a label.
    #[serde(skip_serializing_if = "is_none")]
    pub(crate) left_out: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unlabelled_as: Vec<String>,
    /// What may be wrong.
    pub(crate) notes: Vec<String>,
}

impl Understood {
    /// Of labels alone.
    pub(crate) fn of(labels: &LabelFile, given: &LabelColumn, classes: &ClassMatch) -> Self {
        let mut understood = Self {
            classes: (0..given.labels.class_count()).map(|class| given.labels.class_name(class).into_owned()).collect(),
            class_order: classes.because.clone(),
            unlabelled: given.unlabelled.len(),
            unlabelled_as: labels.unlabelled_as().to_vec(),
            notes: classes.doubt.clone().into_iter().collect(),
            ..Self::default()
        };
        understood.notes.extend(given.notes());
        understood.add(labels.understanding());
        understood
    }

    /// Of labels and the embeddings beside them.
    pub(crate) fn of_pair(labels: &LabelFile, given: &LabelColumn, embeddings: &EmbeddingFile) -> Result<Self> {
        let mut understood = Self::of(labels, given, &ClassMatch::of(Classes::Observed));
        understood.add(embeddings.understanding());
        understood.notes.extend(feature_notes(embeddings, embeddings.column_names())?);
        Ok(understood)
    }

    /// Adds the file of `understanding`.
    pub(crate) fn add(&mut self, understanding: &Understanding) {
        match self.files.iter_mut().find(|file| file.files == understanding.files && !file.columns.is_empty()) {
            Some(file) => *file = file.clone().merged(understanding),
            None => self.files.push(understanding.clone()),
        }
    }

    /// Puts what `embedded` has to say in place of its files.
    pub(crate) fn replace_embedded(&mut self, embedded: Option<&EmbeddedFiles>) {
        let Some(embedded) = embedded else { return };
        self.files.retain(|file| !file.files.iter().any(|path| embedded.holds(path)));
        self.files.insert(0, embedded.understanding());
    }

    /// Prints the block.
    pub(crate) fn print(&self, out: &mut impl Write) -> Result<()> {
        writeln!(out, "Read:")?;
        for file in &self.files {
            for line in file.to_string().lines() {
                writeln!(out, "  {}", one_line(line))?;
            }
        }
        if self.classes.is_empty() {
            return Ok(writeln!(out)?);
        }
        let more = self.classes.len().saturating_sub(LISTED);
        let shown = self.classes.iter().take(LISTED).cloned().collect::<Vec<String>>().join(", ");
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        writeln!(out, "  classes        {}", one_line(&format!("{shown}{rest}")))?;
        if !self.class_order.is_empty() {
            writeln!(out, "                 {}", one_line(&self.class_order))?;
        }
        if self.unlabelled > 0 {
            let (count, written) = (self.unlabelled, self.unlabelled_as.join(", "));
            writeln!(out, "  without label  {count} ({}): scored, not learned from", one_line(&written))?;
        }
        if self.left_out > 0 {
            writeln!(out, "  left out       {} without a given or a true label", self.left_out)?;
        }
        for note in &self.notes {
            writeln!(out, "  note           {}", one_line(note))?;
        }
        Ok(writeln!(out)?)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_none(count: &usize) -> bool {
    *count == 0
}
