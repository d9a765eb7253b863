//! Rows of several tables that belong together.

use std::path::{Path, PathBuf};

use mislabel::core::EmbeddingSource as _;
use mislabel::io::{EmbeddingFile, Join, LabelFile, Role, SampleColumn, Understanding, sample_columns};

use crate::failure::{Failure, Result};
use crate::inputs::files::{LabelForm, same_file};
use crate::inputs::predictions::PredictionFile;

/// What is said of the ids that a table lacks, at most.
const NAMED: usize = 3;

/// Labels and what belongs to them, row by row.
pub(crate) struct Paired {
    pub(crate) labels: LabelFile,
    pub(crate) embeddings: Option<EmbeddingFile>,
    pub(crate) predictions: Option<PredictionFile>,
    /// The rows of the labels' file that are left, where not all are.
    pub(crate) kept: Option<Vec<usize>>,
    /// Whether rows of another table were put in the order of the labels by an id.
    pub(crate) joined: bool,
    pub(crate) notes: Vec<String>,
}

/// How the rows of one table go with those of the labels.
enum Pairing {
    ByOrder,
    ById(Join),
}

impl Paired {
    /// Pairs rows by their order, or by an id: where `asked` for, and where both tables have the same ids in another order.
    pub(crate) fn new(
        labels: LabelFile,
        embeddings: Option<EmbeddingFile>,
        predictions: Option<PredictionFile>,
        form: &LabelForm,
    ) -> Result<Self> {
        let asked = form.reading.joins();
        let mut notes = Vec::new();
        let of = |file: &EmbeddingFile| Beside {
            path: file.path().into(),
            ids: file.id_columns().to_vec(),
            understanding: file.understanding().clone(),
            rows: file.shape().0,
            form,
        };
        let beside = embeddings.as_ref().map(of);
        let of_embeddings = beside.map(|beside| beside.pairing(&labels, asked, &mut notes)).transpose()?;
        let beside = predictions.as_ref().map(|file| Beside {
            path: file.path().into(),
            ids: file.id_columns().to_vec(),
            understanding: file.understanding().clone(),
            rows: file.shape().0,
            form,
        });
        let of_predictions = beside.map(|beside| beside.pairing(&labels, asked, &mut notes)).transpose()?;
        let joins: Vec<&Join> =
            [&of_embeddings, &of_predictions].into_iter().flatten().filter_map(Pairing::join).collect();
        if joins.is_empty() {
            return Ok(Self { labels, embeddings, predictions, kept: None, joined: false, notes });
        }
        let kept: Vec<usize> =
            (0..labels.samples()).filter(|row| joins.iter().all(|join| join.rows[*row].is_some())).collect();
        let has_label = |row: &usize| labels.unlabelled().binary_search(row).is_err();
        if !kept.iter().any(has_label) {
            return Err(Failure::Arguments(format!(
                "{}: no sample with a label has a row in the other tables",
                labels.path().display()
            )));
        }
        let rows = |pairing: &Option<Pairing>| match pairing {
            Some(Pairing::ById(join)) => kept.iter().filter_map(|row| join.rows[*row]).collect::<Vec<u32>>(),
            _ => kept.iter().map(|row| *row as u32).collect(),
        };
        let embeddings = embeddings.map(|file| file.with_rows(rows(&of_embeddings)));
        let predictions = predictions.map(|file| file.with_rows(rows(&of_predictions)));
        let all = kept.len() == labels.samples();
        let labels = if all { labels } else { labels.of_samples(&kept) };
        Ok(Self { labels, embeddings, predictions, kept: (!all).then_some(kept), joined: true, notes })
    }
}

impl Pairing {
    fn join(&self) -> Option<&Join> {
        if let Self::ById(join) = self { Some(join) } else { None }
    }
}

/// A table beside the labels.
struct Beside<'a> {
    path: PathBuf,
    ids: Vec<SampleColumn>,
    understanding: Understanding,
    rows: usize,
    form: &'a LabelForm,
}

impl Beside<'_> {
    fn pairing(&self, labels: &LabelFile, asked: bool, notes: &mut Vec<String>) -> Result<Pairing> {
        if asked {
            return self.pairing_as_told(labels, notes);
        }
        if same_file(labels.path(), &self.path) {
            return Ok(Pairing::ByOrder);
        }
        let both = by_name(labels.id_columns(), &self.ids);
        if let Some(found) = self.pairing_by(&both, labels, notes) {
            return Ok(found);
        }
        let texts = self.texts_of_both(labels);
        let texts = by_name(&texts.0, &texts.1);
        if let Some(found) = self.pairing_by(&texts, labels, notes) {
            return Ok(found);
        }
        let Some((SampleColumn { name, .. }, _)) = both.first() else { return Ok(Pairing::ByOrder) };
        if labels.samples() != self.rows {
            return Err(self.other_length(labels, &format!("; --id {name} joins them")));
        }
        let (one, two) = (labels.path().display(), self.path.display());
        notes.push(format!("{one} and {two} have a column {name} of different content; rows are paired by their order: --id {name} joins them"));
        Ok(Pairing::ByOrder)
    }

    fn pairing_as_told(&self, labels: &LabelFile, notes: &mut Vec<String>) -> Result<Pairing> {
        let Some((own, other)) = labels.ids().zip(self.ids.first()) else {
            let lacking = if labels.ids().is_some() { &self.path } else { labels.path() };
            return Err(Failure::Arguments(format!("{}: there is no column of the id to join by", lacking.display())));
        };
        if own.cells == other.cells {
            return Ok(Pairing::ByOrder);
        }
        let join = Join::new(labels.path(), own, &self.path, other)?;
        notes.push(self.matched(&join, own, labels.path()));
        Ok(Pairing::ById(join))
    }

    /// By the first columns of `both` that are the same, or the same in another order.
    fn pairing_by(
        &self,
        both: &[(&SampleColumn, &SampleColumn)],
        labels: &LabelFile,
        notes: &mut Vec<String>,
    ) -> Option<Pairing> {
        for (own, other) in both {
            if own.cells == other.cells {
                return Some(Pairing::ByOrder);
            }
            match Join::new(labels.path(), own, &self.path, other) {
                Ok(join) if join.unused == 0 && join.rows.iter().all(Option::is_some) => {
                    notes.push(self.matched(&join, own, labels.path()));
                    return Some(Pairing::ById(join));
                }
                _ => {}
            }
        }
        None
    }

    /// The columns of text that both tables have by one name; none where they cannot be read.
    fn texts_of_both(&self, labels: &LabelFile) -> (Vec<SampleColumn>, Vec<SampleColumn>) {
        let names = |understanding: &Understanding| -> Vec<String> {
            understanding.with_role(Role::Text).map(|column| column.name.to_lowercase()).collect()
        };
        let (own, others) = (names(labels.understanding()), names(&self.understanding));
        if !own.iter().any(|name| others.contains(name)) {
            return (Vec::new(), Vec::new());
        }
        let read = |path: &Path, understanding: &Understanding, names: &[String]| {
            let columns = sample_columns(path, &self.form.choice(), understanding, false).unwrap_or_default();
            columns.into_iter().filter(|column| names.contains(&column.name.to_lowercase())).collect()
        };
        let one = read(labels.path(), labels.understanding(), &others);
        (one, read(&self.path, &self.understanding, &own))
    }

    fn other_length(&self, labels: &LabelFile, hint: &str) -> Failure {
        let (path, other) = (labels.path().display(), self.path.display());
        Failure::Arguments(format!("{path} has {} labels, {other} has {} rows{hint}", labels.samples(), self.rows))
    }

    fn matched(&self, join: &Join, ids: &SampleColumn, path: &Path) -> String {
        let (one, two) = (path.display(), self.path.display());
        let missing: Vec<&str> = join
            .rows
            .iter()
            .zip(&ids.cells)
            .filter(|(row, _)| row.is_none())
            .filter_map(|(_, id)| id.as_deref())
            .collect();
        let mut note = format!("{one} and {two} are joined by {}", ids.name);
        if !missing.is_empty() {
            let shown = missing.iter().take(NAMED).copied().collect::<Vec<&str>>().join(", ");
            let more = if missing.len() > NAMED { " …" } else { "" };
            note.push_str(&format!(
                "; {} of {one} have no row in {two} and are left out: {shown}{more}",
                missing.len()
            ));
        }
        if join.unused > 0 {
            note.push_str(&format!("; {} rows of {two} have no label in {one} and are left out", join.unused));
        }
        note
    }
}

/// The columns that both tables have by one name, in the order of the first.
fn by_name<'a>(own: &'a [SampleColumn], others: &'a [SampleColumn]) -> Vec<(&'a SampleColumn, &'a SampleColumn)> {
    let of_name = |own: &SampleColumn| others.iter().find(|other| own.name.eq_ignore_ascii_case(&other.name));
    own.iter().filter_map(|own| Some((own, of_name(own)?))).collect()
}
