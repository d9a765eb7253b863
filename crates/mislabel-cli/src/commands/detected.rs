//! What `mislabel detect` reads, and what it writes of it.

use std::path::{Path, PathBuf};

use mislabel::core::{EmbeddingSource, LabelIssues, PartialLabels, VerifiedLabels};
use mislabel::io::{
    EmbeddingFile, IssueTable, JoinedLabels, LabelColumn, LabelFile, LabelValues, SampleColumn, Unlabelled,
    UnlabelledRow,
};
use mislabel::methods::{Entry, PartialDataset, PartialReport, Report, Suggestion, feature_notes};
use mislabel::review::SampleTable;

use crate::failure::Result;
use crate::inputs::files::{EmbeddingForm, LabelForm, LabelPlace, check_pair};
use crate::inputs::method_files::MethodFiles;
use crate::inputs::pairing::Paired;
use crate::inputs::sample_tables::Beside;
use crate::inputs::travelling::travelling;
use crate::options::MethodOptions;
use crate::output::understanding::Understood;

/// The files of a command, and how they are read.
pub(crate) struct Sources<'a> {
    /// Where the labels are.
    pub(crate) labels: LabelPlace<'a>,
    pub(crate) form: &'a LabelForm,
    /// What stands for no label.
    pub(crate) unlabelled: Unlabelled,
    pub(crate) embeddings: Option<&'a Path>,
    pub(crate) embedding_form: &'a EmbeddingForm,
    pub(crate) options: &'a MethodOptions,
}

/// Everything that is judged, row by row.
pub(crate) struct Inputs {
    labels: LabelFile,
    pub(crate) given: LabelColumn,
    pub(crate) partial: PartialLabels,
    embeddings: Option<EmbeddingFile>,
    files: MethodFiles,
    kept: Option<Vec<usize>>,
    joined: bool,
    notes: Vec<String>,
}

impl Inputs {
    /// Reads `sources`, pairs the rows and matches the classes.
    pub(crate) fn read(sources: &Sources<'_>, methods: &[&Entry]) -> Result<Self> {
        let (form, options) = (sources.form, sources.options);
        let labels = form.read_with(sources.labels, sources.unlabelled.clone())?;
        let leave_out = &sources.embedding_form.leave_out;
        let predictions = MethodFiles::predictions(methods, options, form, &labels, leave_out)?;
        let memory = options.reconstruction.memory;
        let open = |path| sources.embedding_form.open(path, Some(&labels), form, memory);
        let embeddings = sources.embeddings.map(open).transpose()?;
        let Paired { labels, embeddings, predictions, kept, joined, notes } =
            Paired::new(labels, embeddings, predictions, form)?;
        let files = MethodFiles::with(predictions, methods, options, form, &[&labels])?;
        let given = labels.column(&files.classes().classes)?;
        files.check(&given, &labels)?;
        if let Some(embeddings) = &embeddings {
            check_pair(embeddings, &given, &labels)?;
        }
        let partial = given.partial()?;
        Ok(Self { labels, given, partial, embeddings, files, kept, joined, notes })
    }

    /// Takes the verified labels in `path`: for samples without a given label they are the label.
    pub(crate) fn verify(&mut self, path: &Path, form: &LabelForm) -> Result<JoinedLabels> {
        let joined = form.read_verified(path, &self.given)?;
        self.given.clone_from(&joined.given);
        self.partial = self.given.partial()?;
        self.notes.extend(filled_note(&joined, path));
        Ok(joined)
    }

    /// Whether samples of the labels' file have no partner in the other tables.
    pub(crate) fn leaves_out(&self) -> bool {
        self.kept.is_some()
    }

    /// The samples with a label, as the file of labels numbers them, `(m,)`.
    pub(crate) fn numbers(&self) -> Vec<usize> {
        let number = |row: usize| self.kept.as_ref().map_or(row, |kept| kept[row]);
        self.given.rows().map(number).collect()
    }

    /// What the samples with a label are called, `(m,)`, where a column of the labels' file tells.
    pub(crate) fn names(&self) -> Option<Vec<&str>> {
        let ids = self.labels.ids()?;
        let counts =
            ids.cells.iter().flatten().enumerate().all(|(row, id)| id.parse() == Ok(row) || id.parse() == Ok(row + 1));
        (!counts).then(|| self.given.rows().map(|row| ids.cells[row].as_deref().unwrap_or("")).collect())
    }

    /// What the tables say of all rows of the labels' file, `samples` first, and the folder that paths are relative to.
    pub(crate) fn sample_table(
        &self,
        form: &LabelForm,
        samples: Option<&Path>,
    ) -> Result<(SampleTable, PathBuf, Vec<String>)> {
        let mut notes = Vec::new();
        let embeddings = self.embeddings.as_ref().filter(|_| !self.joined);
        let (table, folder) = Beside { labels: &self.labels, form, embeddings }.sample_table(samples, &mut notes)?;
        Ok((table, folder, notes))
    }

    pub(crate) fn embeddings(&self) -> Option<&dyn EmbeddingSource> {
        self.embeddings.as_ref().map(|file| file as &dyn EmbeddingSource)
    }

    pub(crate) fn held_bytes(&self) -> u64 {
        self.embeddings.as_ref().map_or(0, EmbeddingFile::held_bytes)
    }

    /// What is judged.
    pub(crate) fn data<'a>(
        &'a self,
        embeddings: Option<&'a dyn EmbeddingSource>,
        verified: Option<&'a VerifiedLabels>,
    ) -> PartialDataset<'a> {
        let mut data = self.files.add_to_partial(PartialDataset::new(&self.partial));
        if let Some(embeddings) = embeddings {
            data = data.with_embeddings(embeddings);
        }
        if let Some(verified) = verified {
            data = data.with_verified(verified);
        }
        data
    }

    /// The table of `report`, with what travels from the input.
    pub(crate) fn table(
        &self,
        report: &PartialReport,
        sources: &Sources<'_>,
        verified: Option<&VerifiedLabels>,
    ) -> Result<IssueTable> {
        let table = IssueTable::from_issues(&report.report.issues, &self.given)?;
        let row = |suggestion: &Suggestion| UnlabelledRow {
            index: suggestion.sample as u64,
            suggested_label: Some(text(&self.given.shown(&[suggestion.class]))),
            confidence: Some(suggestion.confidence),
        };
        let mut rows: Vec<UnlabelledRow> = report.suggestions.iter().map(row).collect();
        if rows.is_empty() {
            let row = |index: &usize| UnlabelledRow { index: *index as u64, suggested_label: None, confidence: None };
            rows = self.given.unlabelled.iter().map(row).collect();
        }
        let table = table.with_unlabelled(rows);
        let table = match &self.kept {
            Some(kept) => table.with_index(kept)?,
            None => table,
        };
        let mut further: Vec<SampleColumn> = verified.map(|verified| marks(&table, verified)).into_iter().collect();
        further.extend(self.travelling(sources)?);
        Ok(table.with_sample_columns(further))
    }

    /// What travels from the input.
    fn travelling(&self, sources: &Sources<'_>) -> Result<Vec<SampleColumn>> {
        let others = self.embeddings.iter().map(EmbeddingFile::understanding).chain(self.files.understanding());
        let columns = travelling(sources.form, &self.labels, self.embeddings.as_ref(), others)?;
        Ok(columns.into_iter().map(|(_, column)| column).collect())
    }

    /// What was read as what, and what is odd about it or about the `report`.
    pub(crate) fn understood(
        &self,
        embeddings: Option<&dyn EmbeddingSource>,
        standardized: bool,
        report: &Report,
    ) -> Result<Understood> {
        let mut understood = Understood::of(&self.labels, &self.given, self.files.classes());
        self.embeddings.iter().for_each(|file| understood.add(file.understanding()));
        self.files.understanding().for_each(|understanding| understood.add(understanding));
        understood.notes.extend(self.notes.iter().cloned());
        if let Some(source) = embeddings.filter(|_| !standardized) {
            let names = self.embeddings.as_ref().and_then(EmbeddingFile::column_names);
            understood.notes.extend(feature_notes(source, names)?);
        }
        understood.notes.extend(most_are_flagged(&report.issues));
        Ok(understood)
    }
}

/// A word on the samples without a given label that `joined` labels by what the file at `path` says.
pub(crate) fn filled_note(joined: &JoinedLabels, path: &Path) -> Option<String> {
    let (count, path) = (joined.filled.len(), path.display());
    let samples = if count == 1 { "sample has" } else { "samples have" };
    (count > 0)
        .then(|| format!("{count} {samples} no given label, and is labelled as {path} verifies"))
        .map(|note| if count == 1 { note } else { note.replace("and is", "and are") })
}

/// Which samples of `table` are verified.
fn marks(table: &IssueTable, verified: &VerifiedLabels) -> SampleColumn {
    let index = &table.columns().index;
    let mut cells = vec![None; index.iter().max().map_or(0, |last| *last as usize + 1)];
    for (sample, index) in index.iter().enumerate() {
        cells[*index as usize] = Some(verified.of(sample).is_some().to_string());
    }
    SampleColumn { name: "verified".into(), cells }
}

fn text(labels: &LabelValues) -> String {
    labels.text(0).to_string()
}

/// A note where more than half of the labels are flagged.
fn most_are_flagged(issues: &LabelIssues) -> Option<String> {
    let (flagged, all) = (issues.flagged(), issues.len());
    let note = "are the classes of the predictions, or the rows of the files, in another order?";
    (2 * flagged > all).then(|| format!("more than half of the labels are flagged ({flagged} of {all}): {note}"))
}
