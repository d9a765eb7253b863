//! A folder for every class, as torchvision and many others read it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::folder::{self, Output};
use crate::files::input;
use crate::files::media_path::located;
use crate::model::decision::Verdict;
use crate::model::sample::{Media, Sample};
use crate::model::sample_set::SampleSet;
use crate::options::{ReadOptions, Received, WriteOptions, Written};
use crate::reading::Reading;

const NAME: &str = "imagefolder";
const MOVES: &str = "moves.csv";
/// Folders may nest this deep.
const DEEPEST: usize = 32;

/// Reads `root/<class>/**`: classes and files sorted by their bytes; hidden files are left out.
pub(crate) fn read(path: &Path, options: &ReadOptions) -> Result<Received> {
    let mut reading = Reading::new(path, options);
    let mut folders = Vec::new();
    for entry in input::entries(path)? {
        match input::is_folder(&entry)? {
            _ if is_hidden(&entry) => reading.notes.count("hidden files and folders are left out"),
            true => folders.push(entry),
            false if entry.ends_with(MOVES) => {}
            false => reading.notes.count("files beside the folders of classes are left out"),
        }
    }
    let names = folders.iter().map(|folder| utf8(folder, path)).collect::<Result<Vec<String>>>()?;
    if names.is_empty() {
        return Err(Error::malformed(path)("there is no folder of a class: give the folder that holds them"));
    }
    reading.declare(names.clone())?;
    for (folder, name) in folders.iter().zip(&names) {
        let class = reading.class(&reading.file.clone(), "folder", name)?;
        walk(folder, path, class, 0, &mut reading)?;
    }
    reading.finish()
}

fn walk(folder: &Path, root: &Path, class: u32, depth: usize, reading: &mut Reading<'_>) -> Result<()> {
    if depth > DEEPEST {
        return Err(Error::malformed(folder)("folders nest deeper than 32"));
    }
    for entry in input::entries(folder)? {
        if is_hidden(&entry) {
            reading.notes.count("hidden files and folders are left out");
        } else if input::is_folder(&entry)? {
            match entry.is_symlink() {
                true => reading.notes.count("links to folders are not followed"),
                false => walk(&entry, root, class, depth + 1, reading)?,
            }
        } else {
            let name = utf8(&entry, root)?;
            let index = Some(reading.len() as u64);
            reading.push(Sample {
                index,
                given: Some(class),
                media: Some(Media::Path(name.clone())),
                ..Sample::new(name)
            });
        }
    }
    Ok(())
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

/// The path relative to the root, with forward slashes.
fn utf8(path: &Path, root: &Path) -> Result<String> {
    let relative = path.strip_prefix(root).ok().and_then(Path::to_str);
    relative
        .map(|name| name.replace('\\', "/"))
        .ok_or_else(|| Error::malformed(path)("the name is not UTF-8: rename it"))
}

/// Writes a new tree with the labels as decided: files are linked where the system can, otherwise copied. The files of the
/// user stay as they are.
pub(crate) fn write(set: &SampleSet, path: &Path, options: &WriteOptions) -> Result<Written> {
    let root = options.media_root.as_deref().unwrap_or(Path::new("."));
    for name in set.classes().names() {
        check_folder_name(name)?;
    }
    let mut places = HashSet::new();
    let mut plan = Vec::new();
    let mut output = Output::default();
    for sample in set.samples() {
        match decided(sample)? {
            None => output.notes.count("samples that reviewers excluded are left out"),
            Some(class) => plan.push(planned(set, sample, class, root, &mut places)?),
        }
    }
    folder::make(path)?;
    refuse_filled(path)?;
    for name in set.classes().names() {
        folder::make(&path.join(name))?;
    }
    for step in &plan {
        let target = path.join(&step.to);
        link(&step.source, &target)?;
        output.add(target);
    }
    output.file(&path.join(MOVES), |out| write_moves(out, &plan))?;
    Ok(output.finish())
}

/// A file and its place in the new tree.
struct Step {
    source: PathBuf,
    from: String,
    to: String,
    given: String,
    label: String,
}

/// The class as decided; `None` for a sample that is excluded.
fn decided(sample: &Sample) -> Result<Option<u32>> {
    let need = || Error::unwritable(NAME, &sample.id, "it has no label: decide about it, or leave it out");
    match sample.decisions.last().map(|decision| decision.verdict) {
        Some(Verdict::Relabel(class)) => Ok(Some(class)),
        Some(Verdict::Exclude) => Ok(None),
        _ => sample.given.map(Some).ok_or_else(need),
    }
}

fn planned(set: &SampleSet, sample: &Sample, class: u32, root: &Path, places: &mut HashSet<String>) -> Result<Step> {
    let Some(from) = sample.path() else {
        return Err(Error::unwritable(NAME, &sample.id, "it has no path: give the files"));
    };
    let source = located(&sample.id, from, Some(root))?;
    let label = set.classes().name(class);
    let file = source.file_name().unwrap_or_default().to_string_lossy();
    let plain = format!("{label}/{file}");
    // Two files of one name may meet in a class.
    let numbered = || (1..).map(|n| format!("{label}/{n}-{file}")).find(|to| !places.contains(&to.to_lowercase()));
    let to = if places.contains(&plain.to_lowercase()) { numbered().unwrap_or(plain) } else { plain };
    places.insert(to.to_lowercase());
    let given = sample.given.map(|given| set.classes().name(given)).unwrap_or_default().to_owned();
    Ok(Step { source, from: from.into(), to, given, label: label.into() })
}

/// A class becomes a folder: its name must be one part of a path on every system.
fn check_folder_name(name: &str) -> Result<()> {
    let is_plain =
        !name.contains(['/', '\\', '\0', ':', '*', '?', '"', '<', '>', '|']) && !name.chars().any(char::is_control);
    if is_plain && !name.starts_with('.') && !name.ends_with(['.', ' ']) && name != MOVES && name.len() <= 255 {
        return Ok(());
    }
    Err(Error::unfit(NAME, format!("the class {name:?} is no name for a folder: rename it, or export a table")))
}

fn refuse_filled(path: &Path) -> Result<()> {
    match input::entries(path)?.first() {
        Some(_) => Err(Error::unfit(NAME, format!("{} is not empty: give another folder", path.display()))),
        None => Ok(()),
    }
}

fn link(source: &Path, target: &Path) -> Result<()> {
    // A link to a link would not outlive it.
    let linked = if source.is_symlink() { Err(()) } else { std::fs::hard_link(source, target).map_err(|_| ()) };
    match linked {
        Ok(()) => Ok(()),
        Err(()) => std::fs::copy(source, target).map(|_| ()).map_err(Error::io(source)),
    }
}

fn write_moves(out: &mut dyn std::io::Write, plan: &[Step]) -> std::io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["from", "to", "given_label", "label"])?;
    for step in plan {
        table.write_record([&step.from, &step.to, &step.given, &step.label])?;
    }
    table.flush()
}
