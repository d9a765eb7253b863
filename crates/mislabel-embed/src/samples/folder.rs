//! A folder of pictures with a folder for every class.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::samples::entry::{Content, Entry, Source};
use crate::samples::splits::is_split;
use crate::samples::walk::Walk;

/// Names that a note lists.
const LISTED: usize = 5;

/// A folder of pictures: the folders in it are the classes, or the splits with the classes in them.
///
/// Pictures lie at any depth below the folder of their class, and are taken in the order of the bytes of their paths. Links are
/// followed, each folder once; hidden files are not samples. Where all folders have names of splits (train, val, test …) and
/// folders in them, these are the classes: taking the splits for classes would be the most expensive silent mistake. Without
/// any folder the pictures have no labels. What was decided is in the [`notes`](Source::notes).
///
/// ```
/// use mislabel_embed::{ImageFolder, Source as _};
///
/// let folder = tempfile::tempdir()?;
/// for name in ["cat/1.png", "dog/1.png", "dog/old/2.JPG", "dog/notes.txt"] {
///     let path = folder.path().join(name);
///     std::fs::create_dir_all(path.parent().unwrap())?;
///     std::fs::write(path, "")?;
/// }
/// let images = ImageFolder::open(folder.path(), None)?;
/// let mut names = Vec::new();
/// images.entries(&mut |entry| Ok(names.push((entry.label.unwrap(), entry.name))))?;
/// let expected = [("cat", "cat/1.png"), ("dog", "dog/1.png"), ("dog", "dog/old/2.JPG")];
/// assert_eq!(names, expected.map(|(label, name)| (label.into(), name.into())));
/// assert_eq!(images.notes(), ["1 files are no pictures by their names (.txt 1): left alone"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ImageFolder {
    root: PathBuf,
    pictures: Vec<Found>,
    notes: Vec<String>,
}

/// A picture in the folder.
#[derive(Debug)]
struct Found {
    path: PathBuf,
    label: Option<String>,
    split: Option<String>,
}

/// A folder that stands for a class, or for a split.
fn name(folder: &Path) -> String {
    folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

impl ImageFolder {
    /// Lists the pictures below `root`; only those of `split`, where one is named.
    ///
    /// # Errors
    /// [`Error::NoSamples`] where there is no picture, or no such split, or a name that is not UTF-8; [`Error::Io`] where a folder cannot be listed.
    pub fn open(root: &Path, split: Option<&str>) -> Result<Self> {
        let mut listing = Listing { walk: Walk::default(), pictures: Vec::new(), notes: Vec::new() };
        let (folders, loose) = listing.walk.top(root)?;
        match listing.splits(&folders, &loose)? {
            Some(splits) => listing.of_splits(splits, split, root)?,
            None if split.is_some() => {
                let problem = "its folders are no splits (train, val, test …): leave --split out".into();
                return Err(Error::NoSamples { path: root.into(), problem });
            }
            None => {
                listing.named_like_splits(&folders);
                listing.of_classes(&folders, None)?;
            }
        }
        listing.loose(loose);
        if listing.pictures.is_empty() {
            let problem = match listing.walk.others.note() {
                Some(note) => format!("there is no picture in it: {note}"),
                None => "there is no picture in it: a folder for every class with pictures in it is expected".into(),
            };
            return Err(Error::NoSamples { path: root.into(), problem });
        }
        check_names(root, &listing.pictures)?;
        let notes = listing.notes();
        Ok(Self { root: root.into(), pictures: listing.pictures, notes })
    }

    /// Whether the pictures have labels.
    pub fn is_labelled(&self) -> bool {
        self.pictures.iter().any(|picture| picture.label.is_some())
    }
}

/// Names are what tables call samples and classes: two that differ only in bytes that no text has would be one.
fn check_names(root: &Path, pictures: &[Found]) -> Result<()> {
    let odd = |found: &&Found| found.path.strip_prefix(root).unwrap_or(&found.path).to_str().is_none();
    match (pictures.iter().find(odd), pictures.iter().filter(odd).count()) {
        (None, _) => Ok(()),
        (Some(first), count) => {
            let problem = format!(
                "its name, or that of a folder on the way to it, is not UTF-8 ({count} such pictures): rename it"
            );
            Err(Error::NoSamples { path: first.path.clone(), problem })
        }
    }
}

impl Source for ImageFolder {
    fn entries(&self, each: &mut dyn FnMut(Entry) -> Result<()>) -> Result<()> {
        self.pictures.iter().try_for_each(|Found { path, label, split }| {
            let below = path.strip_prefix(&self.root).unwrap_or(path);
            // The same name on every system.
            let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            let (label, split) = (label.clone(), split.clone());
            each(Entry { name: parts.join("/"), label, split, content: Content::File(path.clone()) })
        })
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn count(&self) -> Option<usize> {
        Some(self.pictures.len())
    }
}

/// A split, and the folders in it.
type Split = (String, Vec<PathBuf>);

/// A folder on the way to its pictures.
struct Listing {
    walk: Walk,
    pictures: Vec<Found>,
    notes: Vec<String>,
}

impl Listing {
    /// The `folders` with the folders in them, if these are classes and those are splits.
    fn splits(&mut self, folders: &[PathBuf], loose: &[PathBuf]) -> Result<Option<Vec<Split>>> {
        if folders.is_empty() || !loose.is_empty() || !folders.iter().all(|folder| is_split(folder)) {
            return Ok(None);
        }
        let mut splits = Vec::new();
        for folder in folders {
            // Counted again when the classes are walked.
            let (classes, loose) = Walk::default().top(folder)?;
            if !loose.is_empty() || classes.is_empty() {
                return Ok(None);
            }
            splits.push((name(folder), classes));
        }
        Ok(Some(splits))
    }

    fn of_splits(&mut self, splits: Vec<Split>, wanted: Option<&str>, root: &Path) -> Result<()> {
        let names: Vec<String> = splits.iter().map(|(split, _)| split.clone()).collect();
        if let Some(wanted) = wanted.filter(|wanted| !names.iter().any(|name| name == wanted)) {
            let problem = format!("there is no split {wanted:?} in it, only {}", names.join(", "));
            return Err(Error::NoSamples { path: root.into(), problem });
        }
        for (split, classes) in splits {
            if wanted.is_none_or(|wanted| wanted == split) {
                self.of_classes(&classes, Some(&split))?;
            }
        }
        let what = format!("{} are splits, the folders in them are the classes", names.join(", "));
        self.notes.push(match wanted {
            Some(wanted) => format!("{what}; only {wanted} is read"),
            None => format!("{what}; --split takes one of them"),
        });
        Ok(())
    }

    /// Says so where folders with names of splits were taken for classes.
    fn named_like_splits(&mut self, folders: &[PathBuf]) {
        if !folders.is_empty() && folders.iter().all(|folder| is_split(folder)) {
            let names: Vec<String> = folders.iter().map(|folder| name(folder)).collect();
            self.notes.push(format!("{} are taken for classes: pictures lie right in them", names.join(", ")));
        }
    }

    fn of_classes(&mut self, folders: &[PathBuf], split: Option<&str>) -> Result<()> {
        let mut empty = Vec::new();
        for folder in folders {
            let found = self.walk.below(folder)?;
            let label = name(folder);
            if found.is_empty() {
                empty.push(label.clone());
            }
            let picture = |path| Found { path, label: Some(label.clone()), split: split.map(Into::into) };
            self.pictures.extend(found.into_iter().map(picture));
        }
        if !empty.is_empty() && !self.pictures.is_empty() {
            let named = empty.iter().take(LISTED).cloned().collect::<Vec<String>>().join(", ");
            let more = if empty.len() > LISTED { ", …" } else { "" };
            self.notes.push(format!("{} folders have no picture: {named}{more}", empty.len()));
        }
        Ok(())
    }

    /// Pictures beside the folders of classes have no label; without such folders they are all there is.
    fn loose(&mut self, loose: Vec<PathBuf>) {
        if loose.is_empty() {
            return;
        }
        if self.pictures.is_empty() {
            self.notes.push("there are no folders for classes: the pictures have no labels".into());
            self.pictures = loose.into_iter().map(|path| Found { path, label: None, split: None }).collect();
        } else {
            self.notes.push(format!("{} pictures lie beside the folders of the classes: left out", loose.len()));
        }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = self.notes.clone();
        notes.extend(self.walk.others.note());
        let Walk { hidden, repeated, .. } = self.walk;
        notes.extend((hidden > 0).then(|| format!("{hidden} hidden files and folders: left alone")));
        notes.extend(
            (repeated > 0).then(|| format!("{repeated} links lead to folders that are read already: left out")),
        );
        notes
    }
}
