//! Embedded samples as the files that commands read.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mislabel::core::Run;
use mislabel::embed::Storage;
use mislabel::io::{FloatFormat, SampleColumn, Understanding, Unlabelled, write_columns, write_embeddings};
use tempfile::TempDir;

use crate::failure::{Failure, Result};
use crate::inputs::embedding::{EmbeddedSamples, embedded, storage};
use crate::inputs::files::{LabelForm, LabelPlace, has_extension};
#[cfg(feature = "app")]
use crate::inputs::packed_samples::PackedSamples;
use crate::inputs::raw_samples::{LabelNeed, RawSamples};
use crate::inputs::shown::Shown;
use crate::output::skipped::{beside, tell};
use crate::session::progress_bar::progress;
use crate::session::threads::Threads;

/// The column of the table that has the labels.
const LABEL: &str = "label";

/// What the names of folders of a run begin with.
const RUN: &str = ".mislabel-run-";

/// Age at which the folder of a run is that of a run that was killed.
const KILLED: Duration = Duration::from_secs(7 * 24 * 3600);

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
        check_labels(&samples, need, form)?;
        let notes = out.map_or(Ok(Vec::new()), |out| beside(out, &samples))?;
        let (Storage::Folder(place) | Storage::Temporary(place)) = storage(&raw.embedding, out);
        sweep(&place);
        let failed = |cause: std::io::Error| Failure::Output { path: place.clone(), reason: cause.to_string() };
        let folder = tempfile::Builder::new().prefix(RUN).tempdir_in(&place).map_err(failed)?;
        let (embeddings, table) = (folder.path().join("embeddings.npy"), folder.path().join("samples.parquet"));
        let progress = progress(quiet);
        let run = Run::quiet().with_progress(&*progress);
        threads.run(|| Ok(write_embeddings(&embeddings, &samples.embedded, FloatFormat::Single, &run)?))?;
        write_columns(&table, &columns(&samples))?;
        Ok(Self { samples, folder, embeddings, table, notes })
    }

    /// Itself where every sample has a row, for commands that read more files with one row for each.
    pub(crate) fn whole(self) -> Result<Self> {
        let skipped = self.samples.embedded.skipped();
        match skipped.first() {
            Some(first) => Err(Failure::Arguments(format!(
                "{}: a row is needed for every sample, and {} cannot be embedded; the first is {first}",
                self.samples.place.display(),
                skipped.len()
            ))),
            None => Ok(self),
        }
    }

    pub(crate) fn embeddings(&self) -> &Path {
        &self.embeddings
    }

    pub(crate) fn labels(&self) -> LabelPlace<'_> {
        LabelPlace { path: &self.table, key: Some(LABEL) }
    }

    /// What stands for no label: where folders are classes any name is one, elsewhere it is as `said`.
    pub(crate) fn unlabelled(&self, said: Unlabelled) -> Unlabelled {
        if self.samples.is_folder { Unlabelled::Written(Vec::new()) } else { said }
    }

    /// `failure` with the place that the user named, where it names a file in the folder.
    pub(crate) fn told(&self, failure: Failure) -> Failure {
        let (message, place) = (failure.to_string(), self.samples.place.display().to_string());
        let own = [&self.table, &self.embeddings].map(|path| path.display().to_string());
        match own.iter().any(|path| message.contains(path)) {
            true => Failure::Arguments(own.iter().fold(message, |message, path| message.replace(path, &place))),
            false => failure,
        }
    }

    /// The folder that the names of the samples are relative to.
    #[cfg(feature = "app")]
    pub(crate) fn root(&self) -> PathBuf {
        // A table that is named without a folder lies in the current one.
        let root = self.samples.root();
        if root.as_os_str().is_empty() { PathBuf::from(".") } else { root.into() }
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

    /// The pictures, where they lie in tar files or tables.
    #[cfg(feature = "app")]
    pub(crate) fn packed(self) -> Option<PackedSamples> {
        self.samples.packed()
    }

    /// The folder is kept as long as this is.
    pub(crate) fn holds(&self, path: &Path) -> bool {
        path.starts_with(self.folder.path())
    }
}

/// Removes what runs that were killed have left in the cache.
fn sweep(cache: &Path) {
    for entry in fs::read_dir(cache).into_iter().flatten().flatten() {
        let modified = entry.metadata().and_then(|about| about.modified()).ok();
        let is_old = modified.and_then(|time| time.elapsed().ok()).is_some_and(|age| age > KILLED);
        if is_old && entry.file_name().to_string_lossy().starts_with(RUN) {
            // What cannot be removed does no harm.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Checks that samples have the labels that a command needs.
fn check_labels(samples: &EmbeddedSamples, need: LabelNeed, form: &LabelForm) -> Result<()> {
    let refuse = |problem: String| Err(Failure::Arguments(format!("{}: {problem}", samples.place.display())));
    if need == LabelNeed::None {
        return Ok(());
    }
    let way = match (samples.is_folder, samples.is_text) {
        (true, _) => "expected a folder for every class",
        (false, true) if has_extension(&samples.place, &["txt"]) => "expected a table with a column of labels",
        (false, _) => "name their column with --labels-key",
    };
    if !samples.is_labelled {
        return refuse(format!("the samples have no labels: {way}"));
    }
    let all = samples.embedded.samples();
    let classes: HashSet<&String> = all.iter().filter_map(|one| one.label.as_ref()).collect();
    match (classes.len(), classes.iter().next()) {
        (1, Some(only)) if !form.names_classes() => {
            refuse(format!("all samples have the label {only:?}, expected two classes or more"))
        }
        _ => Ok(()),
    }
}

/// What travels with the samples: names or texts, labels, splits.
fn columns(samples: &EmbeddedSamples) -> Vec<SampleColumn> {
    let wanted = ["path", "text", LABEL, "split"];
    samples.embedded.columns().into_iter().filter(|column| wanted.contains(&column.name.as_str())).collect()
}
