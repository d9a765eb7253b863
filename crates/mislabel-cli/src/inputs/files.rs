//! Embeddings and labels that commands read.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use mislabel::core::{EmbeddingSource, Labels, MemoryBudget};
use mislabel::io::{
    Backing, ClassNames, Classes, EmbeddingFile, JoinedLabels, LabelColumn, LabelFile, ReadOptions, Unlabelled,
    VerifiedFile,
};

use crate::failure::{Failure, Result, one_line};
use crate::inputs::reading::{FILES, HeaderName, ReadingOptions};

/// What to read of a file of embeddings.
#[derive(Args, Debug)]
pub(crate) struct EmbeddingForm {
    /// Array of the embeddings in .npz and .safetensors, list column in .parquet
    #[arg(long, value_name = "NAME", help_heading = FILES)]
    embeddings_key: Option<String>,
    /// Column of a table of embeddings that is no feature; repeat for more
    #[arg(long, value_name = "COLUMN", help_heading = FILES)]
    pub(crate) leave_out: Vec<String>,
    /// Whether the embeddings start with a header line [default: as --header]
    #[arg(long, value_name = "WHETHER", help_heading = FILES)]
    embeddings_header: Option<HeaderName>,
}

/// Embeddings that a command cannot do without.
#[derive(Args, Debug)]
pub(crate) struct Embeddings {
    /// Embeddings, one row per sample: an array or a table of any kind, a folder of these, or a pattern in quotes
    #[arg(id = "embeddings", long = "embeddings", value_name = "FILE", required = true)]
    path: Option<PathBuf>,
    #[command(flatten)]
    form: EmbeddingForm,
}

impl Embeddings {
    /// The file; `None` where pictures or texts stand in its place.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Opens them; the column of `labels` in the same table is left out.
    pub(crate) fn open(&self, labels: Option<&LabelFile>, form: &LabelForm, memory: Budget) -> Result<EmbeddingFile> {
        let path = self.path().expect("such commands demand the option");
        self.open_at(path, labels, form, memory)
    }

    /// Opens the file at `path` in place of theirs.
    pub(crate) fn open_at(
        &self,
        path: &Path,
        labels: Option<&LabelFile>,
        form: &LabelForm,
        memory: Budget,
    ) -> Result<EmbeddingFile> {
        self.form.open(path, labels, form, memory)
    }
}

/// Given labels that a command cannot do without.
#[derive(Args, Debug)]
pub(crate) struct GivenLabels {
    /// Labels: an array or a table of any kind; may be the file of the embeddings
    #[arg(id = "labels", long = "labels", value_name = "FILE", required = true)]
    path: Option<PathBuf>,
    /// Array or column of the labels
    #[arg(id = "labels_key", long = "labels-key", alias = "label-column", value_name = "NAME", help_heading = FILES)]
    key: Option<String>,
    #[command(flatten)]
    pub(crate) form: LabelForm,
}

impl GivenLabels {
    /// Where they are; for commands that cannot do without.
    pub(crate) fn place(&self) -> LabelPlace<'_> {
        self.place_if_given().expect("such commands demand the option")
    }

    /// Where they are; `None` where pictures or texts bring their labels.
    pub(crate) fn place_if_given(&self) -> Option<LabelPlace<'_>> {
        self.path.as_deref().map(|path| LabelPlace { path, key: self.key.as_deref() })
    }

    /// The array or column that has them.
    pub(crate) fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// The files that they are read from.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.path.as_deref().into_iter().chain(self.form.class_names.as_deref())
    }
}

/// What `--memory` says.
pub(crate) type Budget = Option<MemoryBudget>;

/// Where labels are: a file, and an array or column in it.
#[derive(Clone, Copy)]
pub(crate) struct LabelPlace<'a> {
    pub(crate) path: &'a Path,
    pub(crate) key: Option<&'a str>,
}

/// How labels are written.
#[derive(Args, Debug)]
pub(crate) struct LabelForm {
    /// Class names, one a line, in the order of the class indices, or as JSON: a list, or {"0": "cat", …}, as in a model's
    /// config.json
    #[arg(long, value_name = "FILE", help_heading = FILES)]
    class_names: Option<PathBuf>,
    /// Whether the labels start with a header line [default: as --header]
    #[arg(long, value_name = "WHETHER", help_heading = FILES)]
    labels_header: Option<HeaderName>,
    #[command(flatten)]
    pub(crate) reading: ReadingOptions,
}

impl EmbeddingForm {
    /// Opens the embeddings in `path`; the column of `labels` in the same table is left out.
    pub(crate) fn open(
        &self,
        path: &Path,
        labels: Option<&LabelFile>,
        form: &LabelForm,
        memory: Budget,
    ) -> Result<EmbeddingFile> {
        self.check(path)?;
        let mut exclude = self.leave_out.clone();
        if let Some(column) = labels.filter(|labels| same_file(path, labels.path())).and_then(LabelFile::column_name) {
            exclude.push(column.into());
        }
        let array = self.embeddings_key.clone();
        let choice = form.reading.choice(self.embeddings_header);
        let file = EmbeddingFile::open(path, &ReadOptions { array, exclude, ..choice.within(memory) })?;
        note_residence(path, file.residence());
        Ok(file)
    }

    /// Refuses what the format of the file has no use for.
    fn check(&self, path: &Path) -> Result<()> {
        let refuse = |option: &str| Err(Failure::Arguments(format!("{}: --{option} {NO_USE}", path.display())));
        match (self.embeddings_key.is_some(), self.leave_out.is_empty()) {
            (true, _) if has_extension(path, &["npy"]) => refuse("embeddings-key"),
            (_, false) if has_extension(path, &["npy", "npz", "safetensors"]) => refuse("leave-out"),
            _ => Ok(()),
        }
    }
}

/// Says on standard error that the content of `path` takes room on disk.
pub(crate) fn note_residence(path: &Path, residence: Backing) {
    let Backing::TemporaryFile(bytes) = residence else { return };
    let (path, folder) = (one_line(&path.display().to_string()), std::env::temp_dir());
    let size = MemoryBudget::new(bytes).map_or(String::new(), |bytes| format!(" of {bytes}"));
    // The run is as good without the note.
    let _ = writeln!(
        std::io::stderr(),
        "note: {path} cannot be mapped: its rows lie in a temporary file{size} in {}",
        one_line(&folder.display().to_string())
    );
}

pub(crate) const NO_USE: &str = "is of no use for files of this kind";

impl LabelPlace<'_> {
    /// Refuses a key where there is nothing to choose.
    fn check(&self) -> Result<()> {
        if self.key.is_some() && has_extension(self.path, &["npy"]) {
            return Err(Failure::Arguments(format!("{}: a key for the labels {NO_USE}", self.path.display())));
        }
        Ok(())
    }
}

impl LabelForm {
    /// The files that say how.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.class_names.as_deref().into_iter()
    }

    /// The labels at `place`, not joined to classes yet, where some samples may have none.
    pub(crate) fn read_partly(&self, place: LabelPlace<'_>) -> Result<LabelFile> {
        self.read_with(place, self.reading.unlabelled())
    }

    /// The labels at `place`, where those that are `unlabelled` stand for none.
    pub(crate) fn read_with(&self, place: LabelPlace<'_>, unlabelled: Unlabelled) -> Result<LabelFile> {
        place.check()?;
        let array = place.key.map(Into::into);
        Ok(LabelFile::read(place.path, &ReadOptions { array, unlabelled, ..self.choice() })?)
    }

    /// The `given` labels with the verified ones in `path`.
    pub(crate) fn read_verified(&self, path: &Path, given: &LabelColumn) -> Result<JoinedLabels> {
        Ok(VerifiedFile::read(path, &self.reading.choice(None))?.joined(given)?)
    }

    /// Whether class names were given.
    pub(crate) fn names_classes(&self) -> bool {
        self.class_names.is_some()
    }

    /// The class names that the arguments give.
    pub(crate) fn names(&self) -> Result<Option<ClassNames>> {
        Ok(self.class_names.as_ref().map(ClassNames::read).transpose()?)
    }

    /// The classes that the arguments name.
    pub(crate) fn classes(&self) -> Result<Classes> {
        Ok(self.names()?.map_or(Classes::Observed, Classes::Names))
    }

    pub(crate) fn choice(&self) -> ReadOptions {
        self.reading.choice(self.labels_header)
    }
}

/// Checks that there is one label per row of embeddings, and that labels are of two classes at least.
pub(crate) fn check_pair(embeddings: &EmbeddingFile, given: &LabelColumn, labels: &LabelFile) -> Result<()> {
    let (rows, columns) = embeddings.shape();
    if rows != columns && columns == labels.samples() {
        let (path, other) = (labels.path().into(), embeddings.path().into());
        let hint = ": it has a column for each; if its rows and columns are swapped, transpose it";
        return Err(Failure::Lengths { path, found: columns, other, expected: rows, what: "embeddings", hint });
    }
    check_count(labels, embeddings.path(), rows, "embeddings")?;
    check_classes(&given.labels, labels.path())
}

/// Checks that there is one label for each of the `expected` things in the file `other`, which are `what`.
pub(crate) fn check_count(labels: &LabelFile, other: &Path, expected: usize, what: &'static str) -> Result<()> {
    let found = labels.samples();
    if found == expected {
        return Ok(());
    }
    let hint = first_or_last_line(labels, expected);
    Err(Failure::Lengths { path: labels.path().into(), found, other: other.into(), expected, what, hint })
}

/// What may be the matter with the first or last line of `labels`, where these are one too many or one too few.
fn first_or_last_line(labels: &LabelFile, expected: usize) -> &'static str {
    let (found, form) = (labels.samples(), &labels.understanding().format);
    match () {
        () if found == expected + 1 && form.contains("no header") => {
            ": if its first line is a header, say --labels-header yes"
        }
        () if found + 1 == expected && form.contains("header (its first line") => {
            ": if its first line is no header, say --labels-header no"
        }
        () if found < expected && form.contains("blank lines at the end") => {
            ": blank lines at its end are left out; write NA where a label is missing"
        }
        () => "",
    }
}

/// The embeddings of the samples that have a label.
pub(crate) fn labelled_rows(embeddings: EmbeddingFile, given: &LabelColumn) -> EmbeddingFile {
    match given.unlabelled.is_empty() {
        true => embeddings,
        false => embeddings.with_rows(given.rows().map(|row| row as u32).collect()),
    }
}

/// Checks that labels are of two classes at least.
pub(crate) fn check_classes(labels: &Labels, path: &Path) -> Result<()> {
    labels.need_classes(2).map_err(|cause| Failure::Content { path: path.into(), cause })
}

/// Checks that two files have equally many labels.
pub(crate) fn check_lengths(labels: &LabelFile, others: &LabelFile) -> Result<()> {
    check_count(labels, others.path(), others.samples(), "labels")
}

/// Whether both paths lead to one file.
pub(crate) fn same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// Whether the extension of `path` is one of `extensions`, in upper or lower case.
pub(crate) fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    extensions.iter().any(|known| known.eq_ignore_ascii_case(extension))
}
