//! The files that one argument names: a file, a folder of them, or a pattern.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use mislabel_checkpoint::{is_folder, is_regular_file};

use crate::error::{Error, Result};
use crate::formats::extension::Format;

/// The files that `path` names: itself, the tables in it where it is a folder, or all that match where it is a pattern
/// with `*`, `?` or `[`; in the order of their names, numbers in them compared as numbers.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if is_folder(path).map_err(Error::io(path))? {
        return in_folder(path);
    }
    match path.to_str() {
        Some(pattern) if !path.exists() && pattern.contains(['*', '?', '[']) => matching(path, pattern),
        _ => Ok(vec![path.into()]),
    }
}

fn in_folder(folder: &Path) -> Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder).map_err(Error::io(folder))? {
        let path = entry.map_err(Error::io(folder))?.path();
        match () {
            () if is_hidden(&path) => {}
            () if is_folder(&path).map_err(Error::io(&path))? => folders.push(path),
            () if Format::by_extension(&path).is_some_and(Format::is_sharded) => files.push(path),
            () => {}
        }
    }
    if files.is_empty() && !folders.is_empty() {
        return Err(only_folders(folder, folders));
    }
    ordered(folder, files)
}

/// Hugging Face saves a folder for each split, and Spark and pandas one for each value of a column.
fn only_folders(folder: &Path, mut folders: Vec<PathBuf>) -> Error {
    const NAMED: usize = 5;
    folders.sort_by(|one, other| natural_order(&one.to_string_lossy(), &other.to_string_lossy()));
    let shown: Vec<String> = folders.iter().take(NAMED).map(|path| path.display().to_string()).collect();
    let more = if folders.len() > NAMED { " …" } else { "" };
    Error::parser(folder)(format!(
        "there is no table in it, but folders: name one of {}{more}, or its files by a pattern such as \"folder/*/*.parquet\"",
        shown.join(", ")
    ))
}

fn matching(path: &Path, pattern: &str) -> Result<Vec<PathBuf>> {
    let found = glob::glob(pattern).map_err(|cause| Error::parser(path)(cause.to_string()))?;
    let mut files = Vec::new();
    for found in found {
        // A folder that cannot be read would leave its files out without a word.
        let file = found.map_err(|failed| Error::Io { path: failed.path().into(), cause: failed.into() })?;
        if !is_hidden(&file) && is_regular_file(&file).map_err(Error::io(&file))? {
            files.push(file);
        }
    }
    ordered(path, files)
}

/// Names that begin with a dot or an underscore are notes of the program that wrote the folder.
fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
    name.starts_with(['.', '_'])
}

fn ordered(place: &Path, mut files: Vec<PathBuf>) -> Result<Vec<PathBuf>> {
    files.sort_by(|one, other| natural_order(&one.to_string_lossy(), &other.to_string_lossy()));
    let Some(first) = files.first() else {
        return Err(Error::NoFiles { path: place.into() });
    };
    let format = Format::by_extension(first);
    match files.iter().find(|file| Format::by_extension(file) != format) {
        Some(other) => Err(Error::MixedFiles { path: place.into(), one: first.clone(), other: other.clone() }),
        None => Ok(files),
    }
}

/// The order of `one` and `other` with runs of digits compared as numbers: `part-2` before `part-10`.
pub(crate) fn natural_order(one: &str, other: &str) -> Ordering {
    let (mut a, mut b) = (one, other);
    loop {
        let ((text_a, rest_a), (text_b, rest_b)) = (split_digits(a), split_digits(b));
        match text_a.cmp(text_b) {
            Ordering::Equal if rest_a.is_empty() && rest_b.is_empty() => return one.cmp(other),
            Ordering::Equal => {}
            order => return order,
        }
        let ((digits_a, next_a), (digits_b, next_b)) = (split_text(rest_a), split_text(rest_b));
        let (short_a, short_b) = (digits_a.trim_start_matches('0'), digits_b.trim_start_matches('0'));
        match short_a.len().cmp(&short_b.len()).then(short_a.cmp(short_b)) {
            Ordering::Equal => (a, b) = (next_a, next_b),
            order => return order,
        }
    }
}

/// The text before the first digit, and the rest.
fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len()))
}

/// The digits that `text` begins with, and the rest.
fn split_text(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_are_compared_as_numbers() {
        let mut names = ["part-10", "part-9", "LABEL_2", "LABEL_10", "b", "a1b2", "a1b10", "part-09"];
        names.sort_by(|one, other| natural_order(one, other));
        assert_eq!(names, ["LABEL_2", "LABEL_10", "a1b2", "a1b10", "b", "part-09", "part-9", "part-10"]);
    }
}
