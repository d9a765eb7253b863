//! Embedded samples as the files that commands read.

use std::path::{Path, PathBuf};

use mislabel::core::Run;
use mislabel::embed::Storage;
use mislabel::io::{FloatFormat, SampleColumn, Understanding, Unlabelled, write_columns, write_embeddings};
use tempfile::TempDir;

use crate::failure::{Failure, Result};
use crate::inputs::embedding::{EmbeddedSamples, embedded, storage};
use crate::inputs::files::{LabelForm, LabelPlace};
use crate::inputs::raw_samples::RawSamples;
use crate::inputs::shown::Shown;
use crate::output::skipped::{beside, tell};
use crate::session::progress_bar::progress;
use crate::session::threads::Threads;

/// The column of the table that has the labels.
const LABEL: &str = "label";

/// Whether a command can do without labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LabelNeed {
    /// It cannot.
    All,
    /// It has no use for them.
    None,
}

/// Embeddings and a table of the samples in a folder that goes with this.
pub(crate) struct EmbeddedFiles {
    pub(crate) samples: EmbeddedSamples,
    folder: TempDir,
    embeddings: PathBuf,
    table: PathBuf,
    notes: Vec<String>,
}

impl EmbeddedFiles {
    /// Embeds the samples that `raw` names, for a command that writes `out`, if it writes anything.
    pub(crate) fn new(
        raw: &RawSamples,
        label: Option<&str>,
        need: LabelNeed,
        form: &LabelForm,
        out: Option<&Path>,
        quiet: bool,
        threads: &Threads,
    ) -> Result<Self> {
        let samples = embedded(raw, label, &form.choice(), out, quiet, threads)?;
        tell(&samples);
        if !samples.is_labelled && need == LabelNeed::All {
            let place = samples.place.display();
            let way = if samples.is_text {
                "name their column with --labels-key"
            } else {
                "expected a folder for every class"
            };
            return Err(Failure::Arguments(format!("{place}: the samples have no labels: {way}")));
        }
        let notes = out.map_or(Ok(Vec::new()), |out| beside(out, &samples))?;
        let (Storage::Folder(place) | Storage::Temporary(place)) = storage(&raw.embedding, out);
        let failed = |cause: std::io::Error| Failure::Output { path: place.clone(), reason: cause.to_string() };
        let folder = tempfile::Builder::new().prefix(".mislabel-run-").tempdir_in(&place).map_err(failed)?;
        let (embeddings, table) = (folder.path().join("embeddings.npy"), folder.path().join("samples.parquet"));
        let progress = progress(quiet);
        let run = Run::quiet().with_progress(&*progress);
        threads.run(|| Ok(write_embeddings(&embeddings, &samples.embedded, FloatFormat::Single, &run)?))?;
        write_columns(&table, &columns(&samples))?;
        Ok(Self { samples, folder, embeddings, table, notes })
    }

    pub(crate) fn embeddings(&self) -> &Path {
        &self.embeddings
    }

    pub(crate) fn labels(&self) -> LabelPlace<'_> {
        LabelPlace { path: &self.table, key: Some(LABEL) }
    }

    /// What stands for no label: where folders are classes, any name is one.
    pub(crate) fn unlabelled(&self, form: &LabelForm) -> Unlabelled {
        if self.samples.is_folder { Unlabelled::Written(Vec::new()) } else { form.reading.unlabelled() }
    }

    /// The samples as a table in text, for those that read no other.
    #[cfg(feature = "app")]
    pub(crate) fn text_table(&self) -> Result<PathBuf> {
        let path = self.folder.path().join("samples.csv");
        write_columns(&path, &columns(&self.samples))?;
        Ok(path)
    }

    /// The folder that the names of the samples are relative to.
    #[cfg(feature = "app")]
    pub(crate) fn root(&self) -> PathBuf {
        self.samples.root().into()
    }

    /// What decides the rows and labels, as text.
    pub(crate) fn work(&self) -> String {
        let embedded = &self.samples.embedded;
        let samples = embedded.samples().iter().map(|sample| (&sample.name, sample.content, &sample.label));
        format!("{} {:?}", embedded.identity(), samples.collect::<Vec<_>>())
    }

    /// What was read as what, in place of the files in the folder.
    pub(crate) fn understanding(&self) -> Understanding {
        let mut understanding = Understanding::default();
        understanding.files = vec![self.samples.place.clone()];
        understanding.format = self.samples.found();
        let worth = self.samples.worth();
        let said = [&self.samples.notes, &worth, &self.notes];
        understanding.notes = said.into_iter().flatten().cloned().collect();
        understanding
    }

    /// What the samples show.
    pub(crate) fn shown(&self) -> Shown {
        Shown::embedded(self.samples.pictures(), self.samples.texts())
    }

    /// The folder is kept as long as this is.
    pub(crate) fn holds(&self, path: &Path) -> bool {
        path.starts_with(self.folder.path())
    }
}

/// What travels with the samples: names or texts, labels, splits.
fn columns(samples: &EmbeddedSamples) -> Vec<SampleColumn> {
    let wanted = ["path", "text", LABEL, "split"];
    samples.embedded.columns().into_iter().filter(|column| wanted.contains(&column.name.as_str())).collect()
}
