//! Samples in tar files, as WebDataset packs them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mislabel_checkpoint::{is_folder, is_regular_file};
use mislabel_io::SampleKind;

use crate::error::{Error, Result};
use crate::samples::entry::{Content, Entry, Source};
use crate::samples::kinds::is_picture;
use crate::samples::members::{MemberKind, members};
use crate::samples::parts::{Parts, split_name};
use crate::samples::shard_labels::ShardLabels;
use crate::samples::skipped::{Skip, SkipReason};

/// The part that has the text of a sample.
const TEXT: &str = "txt";

/// Samples in tar files, as WebDataset packs them: members that follow each other and have one name up to the first dot are the parts of
/// a sample, `cat/1.jpg` and `cat/1.cls`.
///
/// Several shards are one table, in the order of the bytes of their paths. Nothing is unpacked: contents are read where they lie.
/// A sample that lacks a part, or has a part twice, is left out by name. Links are not followed.
///
/// ```
/// use mislabel_embed::{Source as _, TarShards};
/// use mislabel_io::SampleKind;
///
/// let folder = tempfile::tempdir()?;
/// let mut shard = tar::Builder::new(std::fs::File::create(folder.path().join("000.tar"))?);
/// for (name, content) in [("a.txt", "My card is lost"), ("a.cls", "card"), ("b.txt", "What is my balance?"), ("b.cls", "account")] {
///     let mut header = tar::Header::new_gnu();
///     header.set_size(content.len() as u64);
///     shard.append_data(&mut header, name, content.as_bytes())?;
/// }
/// shard.finish()?;
/// let shards = TarShards::open(folder.path(), SampleKind::Text, None, None)?;
/// let mut found = Vec::new();
/// shards.entries(&mut |entry| Ok(found.push((entry.name, entry.label.unwrap()))))?;
/// assert_eq!(found, [("000.tar/a".into(), "card".into()), ("000.tar/b".into(), "account".into())]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct TarShards {
    shards: Vec<PathBuf>,
    samples: Vec<Found>,
    is_text: bool,
    is_labelled: bool,
    notes: Vec<String>,
}

/// A sample in one of the shards.
#[derive(Debug)]
struct Found {
    shard: usize,
    name: String,
    label: Option<String>,
    /// Where its content lies in the shard: its first byte and its length.
    content: Result<(u64, u64), Skip>,
}

impl TarShards {
    /// Whether `path` is a tar file by its name, a pattern of these, or a folder of tar files without folders in it.
    ///
    /// # Errors
    /// [`Error::Io`] where a folder cannot be looked at.
    pub fn are_at(path: &Path) -> Result<bool> {
        let failed = Error::io(path);
        if !is_folder(path).map_err(&failed)? {
            return Ok(is_shard(path));
        }
        let mut holds = false;
        for entry in std::fs::read_dir(path).map_err(&failed)? {
            let entry = entry.map_err(&failed)?.path();
            if is_folder(&entry).map_err(Error::io(&entry))? {
                return Ok(false);
            }
            holds |= is_shard_file(&entry)?;
        }
        Ok(holds)
    }

    /// Lists the samples of the shards at `path`: a tar file, a folder of them, or a pattern. `part` names the part with the content,
    /// and `label` that with the label, or `json.KEY`, where the samples leave a choice.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Shard`] where a shard is damaged, [`Error::NoSamples`] where there is none, or no such part.
    pub fn open(path: &Path, kind: SampleKind, part: Option<&str>, label: Option<&str>) -> Result<Self> {
        let shards = shards(path)?;
        let is_text = kind == SampleKind::Text;
        let part = part.map(|name| name.trim_start_matches('.').to_lowercase());
        let wanted = part.or_else(|| is_text.then(|| TEXT.to_owned()));
        let mut listing = Listing { wanted, label, labels: None, samples: Vec::new(), others: BTreeMap::new() };
        for (shard, path) in shards.iter().enumerate() {
            listing.shard(shard, path)?;
        }
        let Listing { samples, labels, others, .. } = listing;
        if samples.is_empty() {
            let problem = "there is no sample in it: members such as a.jpg and a.cls are expected".into();
            return Err(Error::NoSamples { path: path.into(), problem });
        }
        if !samples.iter().any(|sample| sample.content.is_ok()) {
            let first = &samples[0];
            let why = first.content.as_ref().map_or_else(|skip| skip.message.clone(), |_| String::new());
            let problem = format!("none of its {} samples can be read; {}: {why}", samples.len(), first.name);
            return Err(Error::NoSamples { path: path.into(), problem });
        }
        let labels = labels.unwrap_or_default();
        let mut notes = vec![order(&shards), labels.note()];
        notes.extend(others.into_iter().map(|(what, count)| format!("{count} members are {what}: left alone")));
        Ok(Self { shards, samples, is_text, is_labelled: labels.are_there(), notes })
    }

    /// Whether the samples have labels.
    pub fn is_labelled(&self) -> bool {
        self.is_labelled
    }

    fn content_of(&self, found: &Found) -> Content {
        let path = &self.shards[found.shard];
        match &found.content {
            Err(skip) => Content::Absent(skip.clone()),
            Ok((offset, length)) => {
                let content = Content::Part { path: path.clone(), offset: *offset, length: *length };
                if self.is_text { text(content) } else { content }
            }
        }
    }
}

/// The text that `content` is.
fn text(content: Content) -> Content {
    let text = content.read().and_then(|bytes| {
        String::from_utf8(bytes).map_err(|_| Skip::new(SkipReason::Damaged, "its text is not UTF-8"))
    });
    text.map_or_else(Content::Absent, Content::Text)
}

impl Source for TarShards {
    fn entries(&self, each: &mut dyn FnMut(Entry) -> Result<()>) -> Result<()> {
        self.samples.iter().try_for_each(|found| {
            let (name, label) = (found.name.clone(), found.label.clone());
            each(Entry { name, label, split: None, content: self.content_of(found) })
        })
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn content(&self, sample: usize) -> Option<Content> {
        self.samples.get(sample).map(|found| self.content_of(found))
    }

    fn count(&self) -> Option<usize> {
        Some(self.samples.len())
    }
}

/// Shards on the way to their samples.
struct Listing<'a> {
    /// The part with the content, where it is named.
    wanted: Option<String>,
    label: Option<&'a str>,
    /// Which part has the labels, once the first sample was seen.
    labels: Option<ShardLabels>,
    samples: Vec<Found>,
    /// Members that are no parts, by what they are.
    others: BTreeMap<&'static str, usize>,
}

impl Listing<'_> {
    fn shard(&mut self, shard: usize, path: &Path) -> Result<()> {
        let mut open: Option<Parts> = None;
        members(path, &mut |member| {
            match member.kind {
                MemberKind::Folder => return Ok(()),
                MemberKind::Other => {
                    self.leave("links or devices");
                    return Ok(());
                }
                _ => {}
            }
            let Some((key, part)) = split_name(&member.name) else {
                self.leave("no parts of a sample by their names");
                return Ok(());
            };
            if open.as_ref().is_none_or(|parts| parts.key != key) {
                let done = open.replace(Parts::new(key));
                self.settle(shard, path, done)?;
            }
            open.iter_mut().for_each(|parts| parts.add(&part, member.kind));
            Ok(())
        })?;
        self.settle(shard, path, open)
    }

    fn leave(&mut self, what: &'static str) {
        *self.others.entry(what).or_default() += 1;
    }

    /// The sample whose parts are all known.
    fn settle(&mut self, shard: usize, path: &Path, parts: Option<Parts>) -> Result<()> {
        let Some(parts) = parts else { return Ok(()) };
        let labels = match &mut self.labels {
            Some(labels) => labels,
            none => none.insert(ShardLabels::of(self.label, &parts, path)?),
        };
        let label = labels.label(&parts, path);
        let content = parts.content(self.wanted.as_deref(), is_picture);
        let (label, content) = match (label, content) {
            (Ok(label), content) => (label, content),
            (Err(_), Err(skip)) | (Err(skip), Ok(_)) => (None, Err(skip)),
        };
        let file = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        self.samples.push(Found { shard, name: format!("{file}/{}", parts.key), label, content });
        Ok(())
    }
}

/// How the shards follow each other, in a sentence.
fn order(shards: &[PathBuf]) -> String {
    let name = |path: Option<&PathBuf>| path.map_or_else(String::new, |path| path.display().to_string());
    match shards.len() {
        1 => "one shard".into(),
        count => {
            format!("{count} shards in the order of their paths: {} to {}", name(shards.first()), name(shards.last()))
        }
    }
}

fn has_extension(path: &Path, known: &str) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(known))
}

/// Whether `path` is a tar file by its name; a packed one, too, which is refused with a reason.
fn is_shard(path: &Path) -> bool {
    has_extension(path, "tar") || is_packed(path)
}

fn is_packed(path: &Path) -> bool {
    has_extension(path, "tgz") || path.file_stem().is_some_and(|stem| has_extension(Path::new(stem), "tar"))
}

/// The tar files at `path`, by the bytes of their paths.
fn shards(path: &Path) -> Result<Vec<PathBuf>> {
    let mut found = match () {
        () if is_folder(path).map_err(Error::io(path))? => in_folder(path)?,
        () if path.exists() => vec![path.to_owned()],
        () => matching(path)?,
    };
    if let Some(packed) = found.iter().find(|path| is_packed(path)) {
        let problem = "packed tar files are not read: unpack them to .tar (gunzip, zstd -d)".into();
        return Err(Error::NoSamples { path: packed.clone(), problem });
    }
    found.sort_unstable_by(|one, other| one.as_os_str().as_encoded_bytes().cmp(other.as_os_str().as_encoded_bytes()));
    Ok(found)
}

fn is_shard_file(path: &Path) -> Result<bool> {
    Ok(is_shard(path) && is_regular_file(path).map_err(Error::io(path))?)
}

fn in_folder(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = Error::io(folder);
    let entries = std::fs::read_dir(folder).map_err(&failed)?;
    let mut shards = Vec::new();
    for entry in entries {
        let path = entry.map_err(&failed)?.path();
        if is_shard_file(&path)? {
            shards.push(path);
        }
    }
    Ok(shards)
}

fn matching(pattern: &Path) -> Result<Vec<PathBuf>> {
    let refuse = |problem: String| Error::NoSamples { path: pattern.into(), problem };
    let text = pattern.to_str().ok_or_else(|| refuse("there is no such file".into()))?;
    let found = glob::glob(text).map_err(|error| refuse(format!("the pattern is not understood: {error}")))?;
    let mut paths = Vec::new();
    for found in found {
        // A folder that cannot be read would leave its files out without a word.
        let path = found.map_err(|failed| Error::Io { path: failed.path().into(), cause: failed.into() })?;
        if is_regular_file(&path).map_err(Error::io(&path))? {
            paths.push(path);
        }
    }
    if paths.is_empty() { Err(refuse("there is no such file".into())) } else { Ok(paths) }
}
