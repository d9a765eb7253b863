//! Pictures and texts embedded before a command reads them as it reads all embeddings.

use std::path::{Path, PathBuf};

use mislabel::checkpoint::{is_folder, is_regular_file};
use mislabel::core::Run;
use mislabel::embed::{
    Decoding, EmbedOptions, Embedded, EmbeddedSample, ImageFolder, SampleTable, Source, Storage, TarShards, TextLines,
    embed, oddities,
};
use mislabel::io::{ReadOptions, SampleKind};

use crate::failure::{Failure, Result};
use crate::inputs::embedder::{AboutModel, Chosen};
use crate::inputs::files::has_extension;
#[cfg(feature = "app")]
use crate::inputs::packed_samples::PackedSamples;
use crate::inputs::raw_samples::{EmbeddingOptions, RawSamples, Truncated};
use crate::session::progress_bar::progress;
use crate::session::threads::Threads;

/// The fewest samples a class with which the first look was measured, in docs/embeddings.md.
const ENOUGH: usize = 130;

/// Embedded samples, and what should be said of them.
pub(crate) struct EmbeddedSamples {
    pub(crate) embedded: Embedded,
    /// Where they come from.
    #[cfg(feature = "app")]
    source: Box<dyn Source>,
    /// The folder or table.
    pub(crate) place: PathBuf,
    pub(crate) is_text: bool,
    pub(crate) is_labelled: bool,
    /// Whether classes are folders, so that any name is one.
    pub(crate) is_folder: bool,
    /// What there is to say of the model; a first look has none.
    pub(crate) model: Option<AboutModel>,
    pub(crate) notes: Vec<String>,
}

/// Where samples are, and what there is to know of them.
pub(crate) struct Found {
    pub(crate) source: Box<dyn Source>,
    is_labelled: bool,
    is_folder: bool,
    pub(crate) is_text: bool,
    pub(crate) place: PathBuf,
}

/// Embeds the samples that `raw` names. `label` names the column of labels of a table, which is read by `choice`; without a cache
/// rows lie beside `out`, or with other temporary files, until the work is done.
pub(crate) fn embedded(
    raw: &RawSamples,
    label: Option<&str>,
    choice: &ReadOptions,
    out: Option<&Path>,
    quiet: bool,
    threads: &Threads,
) -> Result<EmbeddedSamples> {
    let found = found(raw, label, choice)?;
    let chosen = Chosen::new(&raw.embedding, found.is_text)?;
    let storage = storage(&raw.embedding, out);
    let samples = found.embedded(&chosen, &raw.embedding, &storage, quiet, threads)?;
    samples.strict(raw.embedding.strict)
}

/// The samples that `raw` names.
pub(crate) fn found(raw: &RawSamples, label: Option<&str>, choice: &ReadOptions) -> Result<Found> {
    match (&raw.images, &raw.texts) {
        (Some(_), Some(_)) => Err(Failure::Arguments("--images and --texts cannot both be embedded".into())),
        (Some(path), None) => pictures(raw, path, label, choice),
        (None, Some(path)) => texts(raw, path, label, choice),
        (None, None) => Err(Failure::Arguments("nothing to embed: name --images or --texts".into())),
    }
}

impl Found {
    /// The samples with rows of the embedder that was `chosen`.
    pub(crate) fn embedded(
        self,
        chosen: &Chosen,
        embedding: &EmbeddingOptions,
        storage: &Storage,
        quiet: bool,
        threads: &Threads,
    ) -> Result<EmbeddedSamples> {
        let Self { source, is_labelled, is_folder, is_text, place } = self;
        let options = options(embedding);
        let progress = progress(quiet);
        let run = Run::quiet().with_progress(&*progress);
        let embedded = threads.run(|| Ok(embed(&*source, chosen.embedder(), storage, &options, &run)?))?;
        drop(progress);
        let model = chosen.about();
        let mut notes = source.notes();
        notes.extend(oddities(&embedded)?);
        notes.extend(model.iter().flat_map(|model| model.notes.clone()));
        Ok(EmbeddedSamples {
            embedded,
            #[cfg(feature = "app")]
            source,
            place,
            is_text,
            is_labelled,
            is_folder,
            model,
            notes,
        })
    }
}

fn pictures(raw: &RawSamples, path: &Path, label: Option<&str>, choice: &ReadOptions) -> Result<Found> {
    check_place(path)?;
    let split = raw.embedding.split.as_deref();
    let listed = ["metadata.csv", "metadata.jsonl", "metadata.parquet"].map(|name| path.join(name));
    match first_file(&listed)? {
        // As Hugging Face has it: a table beside the pictures that names them.
        Some(file) => {
            let found = table(file, SampleKind::Media, raw.images_key.as_deref(), label, split, choice)?;
            Ok(Found { place: path.into(), ..found })
        }
        None if TarShards::are_at(path)? => shards(raw, path, SampleKind::Media, raw.images_key.as_deref(), label),
        None if looked_at(path, is_folder)? && !holds_tables(path)? => {
            if let Some(option) = raw.images_key.as_ref().map(|_| "images-key").or(label.map(|_| "labels-key")) {
                let place = path.display();
                return Err(Failure::Arguments(format!("{place} is a folder: --{option} names a column of a table")));
            }
            let folder = ImageFolder::open(path, split)?;
            let is_labelled = folder.is_labelled();
            Ok(Found { source: Box::new(folder), is_labelled, is_folder: true, is_text: false, place: path.into() })
        }
        None => table(path, SampleKind::Media, raw.images_key.as_deref(), label, split, choice),
    }
}

/// Whether a folder is one of the shards of a table: Parquet files lie in it, and no folder.
fn holds_tables(folder: &Path) -> Result<bool> {
    let failed = |cause| mislabel::embed::Error::Io { path: folder.into(), cause };
    let mut holds = false;
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if looked_at(&path, is_folder)? {
            return Ok(false);
        }
        holds |= has_extension(&path, &["parquet", "arrow"]);
    }
    Ok(holds)
}

/// The first of `paths` at which there is a file.
fn first_file(paths: &[PathBuf]) -> Result<Option<&PathBuf>> {
    for path in paths {
        if looked_at(path, is_regular_file)? {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// What `look` says of `path`; that it cannot be looked at is an error of the samples.
fn looked_at(path: &Path, look: impl FnOnce(&Path) -> std::io::Result<bool>) -> Result<bool> {
    look(path).map_err(|cause| mislabel::embed::Error::Io { path: path.into(), cause }.into())
}

/// Refuses a path that leads nowhere before its name is judged; a pattern may lead somewhere.
fn check_place(path: &Path) -> Result<()> {
    match std::fs::metadata(path) {
        Err(cause) if !path.to_string_lossy().contains(['*', '?', '[']) => {
            Err(mislabel::embed::Error::Io { path: path.into(), cause }.into())
        }
        _ => Ok(()),
    }
}

fn texts(raw: &RawSamples, path: &Path, label: Option<&str>, choice: &ReadOptions) -> Result<Found> {
    check_place(path)?;
    if TarShards::are_at(path)? {
        return shards(raw, path, SampleKind::Text, raw.texts_key.as_deref(), label);
    }
    if has_extension(path, &["txt"]) && raw.texts_key.is_none() && label.is_none() {
        let source = Box::new(TextLines::open(path)?);
        return Ok(Found { source, is_labelled: false, is_folder: false, is_text: true, place: path.into() });
    }
    let split = raw.embedding.split.as_deref();
    table(path, SampleKind::Text, raw.texts_key.as_deref(), label, split, choice)
}

/// The samples in tar files; `part` names the part with the content.
fn shards(raw: &RawSamples, path: &Path, kind: SampleKind, part: Option<&str>, label: Option<&str>) -> Result<Found> {
    if raw.embedding.split.is_some() {
        let problem = "tar files do not say which split a sample belongs to: name those of one split by a pattern";
        return Err(Failure::Arguments(format!("{}: --split: {problem}", path.display())));
    }
    let shards = TarShards::open(path, kind, part, label)?;
    let (is_labelled, is_text) = (shards.is_labelled(), kind == SampleKind::Text);
    Ok(Found { source: Box::new(shards), is_labelled, is_folder: false, is_text, place: path.into() })
}

fn table(
    path: &Path,
    kind: SampleKind,
    column: Option<&str>,
    label: Option<&str>,
    split: Option<&str>,
    choice: &ReadOptions,
) -> Result<Found> {
    let table = SampleTable::open(path, kind, column, label, choice)?;
    let is_labelled = table.is_labelled();
    let table = match split {
        Some(split) => table.of_split(split)?,
        None => table,
    };
    let is_text = kind == SampleKind::Text;
    Ok(Found { source: Box::new(table), is_labelled, is_folder: false, is_text, place: path.into() })
}

fn options(options: &EmbeddingOptions) -> EmbedOptions {
    let decoding = Decoding {
        upright: !options.ignore_orientation,
        keep_truncated: options.truncated == Truncated::Keep,
        ..Decoding::default()
    };
    EmbedOptions { decoding, most_bad: options.max_bad }
}

/// Where rows are kept: the folder that is named, or the user's folder for caches; without either until the work is done.
pub(crate) fn storage(options: &EmbeddingOptions, out: Option<&Path>) -> Storage {
    let temporary = || {
        let folder = |out: &Path| match out.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        Storage::Temporary(out.map_or_else(std::env::temp_dir, folder))
    };
    match &options.cache {
        Some(folder) if folder == Path::new("none") => temporary(),
        Some(folder) => Storage::Folder(folder.clone()),
        None => cache_folder().map_or_else(temporary, |folder| Storage::Folder(folder.join("mislabel").join("embed"))),
    }
}

/// The user's folder for caches, as the system has it.
fn cache_folder() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || variable("HOME");
    match () {
        () if cfg!(windows) => variable("LOCALAPPDATA"),
        () if cfg!(target_os = "macos") => home().map(|home| home.join("Library").join("Caches")),
        () => variable("XDG_CACHE_HOME").or_else(|| home().map(|home| home.join(".cache"))),
    }
}

impl EmbeddedSamples {
    /// Itself, unless no sample may be skipped and one is.
    fn strict(self, strict: bool) -> Result<Self> {
        match self.embedded.skipped() {
            [first, ..] if strict => {
                let count = self.embedded.skipped().len();
                Err(Failure::Arguments(format!("--strict: {count} samples cannot be embedded; the first is {first}")))
            }
            _ => Ok(self),
        }
    }

    /// What the rows are: of which model, with all its settings; or what a first look is worth, by figures of docs/embeddings.md.
    pub(crate) fn worth(&self) -> Vec<String> {
        if let Some(AboutModel { path, settings, .. }) = &self.model {
            return std::iter::once(format!("rows of {path}")).chain(settings.iter().cloned()).collect();
        }
        let worth = match self.is_text {
            true => {
                "words and runs of characters, no model. A first look: on short questions it comes near a sentence encoder \
                 (average precision 0.96 and 0.99 on Banking77), but it knows nothing of meaning"
            }
            false => {
                "gradients and colors, no model. A first look: good on glyphs and products (average precision 0.95 on \
                 Fashion-MNIST), far behind a network on photographs (0.69 and 0.94 on CIFAR-10)"
            }
        };
        let mut worth = vec![worth.to_owned()];
        if let Some(count) = self.samples_a_class().filter(|count| *count < ENOUGH) {
            worth.push(format!(
                "about {count} samples a class: the first look was measured with 130 to 400, and may be worth less with fewer"
            ));
        }
        worth
    }

    fn samples_a_class(&self) -> Option<usize> {
        let labels = self.embedded.samples().iter().filter_map(|sample| sample.label.as_ref());
        let (labelled, classes) = (labels.clone().count(), labels.collect::<std::collections::HashSet<_>>().len());
        labelled.checked_div(classes)
    }

    /// What was found, in a line.
    pub(crate) fn found(&self) -> String {
        let samples = self.embedded.samples().len();
        let what = if self.is_text { "texts" } else { "pictures" };
        match (self.is_folder && self.is_labelled, self.is_labelled) {
            (true, _) => format!("{samples} {what}, folders are classes"),
            (false, true) => format!("{samples} {what} with labels"),
            (false, false) => format!("{samples} {what} without labels"),
        }
    }

    /// The folder that names are relative to: the one of the pictures, or that of the table.
    pub(crate) fn root(&self) -> &Path {
        match self.place.parent() {
            Some(parent) if !self.place.is_dir() => parent,
            _ => &self.place,
        }
    }

    /// The files of the pictures; `None` where there are none, or where they lie inside a table.
    pub(crate) fn pictures(&self) -> Option<Vec<PathBuf>> {
        // Names of members of tar files lead nowhere, wherever they seem to. What can no longer be looked at shows nothing.
        if TarShards::are_at(&self.place).unwrap_or(true) {
            return None;
        }
        let path = |sample: &EmbeddedSample| self.root().join(&sample.name);
        let pictures: Vec<PathBuf> = self.embedded.samples().iter().map(path).collect();
        (!self.is_text && pictures.first().is_some_and(|first| first.exists())).then_some(pictures)
    }

    /// The pictures, where they lie in tar files or tables.
    #[cfg(feature = "app")]
    pub(crate) fn packed(self) -> Option<PackedSamples> {
        if self.is_text || self.pictures().is_some() {
            return None;
        }
        let numbers = self.embedded.samples().iter().map(|sample| sample.number).collect();
        Some(PackedSamples::new(self.source, numbers)).filter(PackedSamples::are_packed)
    }

    /// The texts.
    pub(crate) fn texts(&self) -> Option<Vec<String>> {
        let text = |sample: &EmbeddedSample| sample.text.clone().unwrap_or_default();
        self.is_text.then(|| self.embedded.samples().iter().map(text).collect())
    }
}
