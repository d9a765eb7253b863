//! The names of the classes, in the order of their indices.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde_json::Value;

use crate::error::{Error, Result};
use crate::formats::lines::lines;

/// Class names, at least one, none empty, none twice; the name at place i is class i.
///
/// ```
/// use mislabel_io::ClassNames;
///
/// let names = ClassNames::new(["cat", "dog"])?;
/// assert_eq!(names.as_slice(), ["cat", "dog"]);
/// assert!(ClassNames::new(["cat", "cat"]).is_err());
/// # Ok::<(), mislabel_io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassNames(Vec<String>);

impl ClassNames {
    /// Checks `names`, in the order of the class indices.
    ///
    /// # Errors
    /// [`Error::EmptyFile`] without names, [`Error::Value`] naming the first empty or repeated one.
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Result<Self> {
        Self::checked(Path::new("class names"), names.into_iter().map(Into::into).collect())
    }

    /// Reads a text file with one name a line; blanks around a name and blank lines at the end are dropped. A file in JSON has a
    /// list of names, or an object with the name of every index (`{"0": "cat"}`) or the index of every name, alone or as the
    /// `id2label` of a model's configuration.
    ///
    /// # Errors
    /// As [`new`](Self::new), and what keeps the file from being read as UTF-8 text.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let mut names = lines(path)?;
        if let Some(Ok(value)) = names.first().filter(|line| line.starts_with(['[', '{'])).map(|_| json(path)) {
            let refuse =
                "no class names are in it: write a list of them, or an object with the name of every index from 0 on";
            return Self::checked(path, in_json(&value).ok_or_else(|| Error::parser(path)(refuse))?);
        }
        let blank = names.iter().rev().take_while(|name| name.is_empty()).count();
        names.truncate(names.len() - blank);
        Self::checked(path, names)
    }

    fn checked(path: &Path, names: Vec<String>) -> Result<Self> {
        if names.is_empty() {
            return Err(Error::EmptyFile { path: path.into() });
        }
        let mut seen = HashMap::new();
        for (row, name) in names.iter().enumerate() {
            if name.is_empty() || seen.insert(name, row).is_some() {
                let requirement = "be a name of its own, not empty";
                let (column, value) = ("0".into(), name.clone());
                return Err(Error::Value { path: path.into(), row, column, value, requirement });
            }
        }
        Ok(Self(names))
    }

    /// The names, `(k,)`.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

fn json(path: &Path) -> serde_json::Result<Value> {
    let file = std::fs::read(path).unwrap_or_default();
    serde_json::from_slice(file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&file))
}

/// The names that `value` says, in the order of their indices.
fn in_json(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(names) => names.iter().map(|name| name.as_str().map(Into::into)).collect(),
        Value::Object(object) => match object.get("id2label").or_else(|| object.get("names")) {
            Some(inner) => in_json(inner),
            None => {
                let pair = |(key, value): (&String, &Value)| match value {
                    Value::String(name) => Some((key.parse().ok()?, name.clone())),
                    value => Some((usize::try_from(value.as_u64()?).ok()?, key.clone())),
                };
                let by_index: BTreeMap<usize, String> = object.iter().map(pair).collect::<Option<_>>()?;
                let is_complete = by_index.len() == object.len() && by_index.keys().copied().eq(0..object.len());
                is_complete.then(|| by_index.into_values().collect())
            }
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_lines_and_from_json() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("names");
        let read = |text: &str| {
            std::fs::write(&path, text).expect("it is written");
            ClassNames::read(&path).map(|names| names.0.join(" ")).map_err(|error| error.to_string())
        };
        for text in [
            "cat\ndog\nfox\n",
            "\u{feff}cat\r\n dog \r\nfox\r\n\r\n\n",
            "[\"cat\", \"dog\", \"fox\"]",
            "{\"2\": \"fox\", \"0\": \"cat\", \"1\": \"dog\"}",
            "{\"dog\": 1, \"cat\": 0, \"fox\": 2}\n",
            "{\"architectures\": [\"X\"], \"id2label\": {\"0\": \"cat\", \"1\": \"dog\", \"2\": \"fox\"}}",
        ] {
            assert_eq!(read(text).as_deref(), Ok("cat dog fox"), "{text:?}");
        }
        assert_eq!(read("[a]\nb\n").as_deref(), Ok("[a] b"));
        for text in ["{\"1\": \"cat\", \"2\": \"dog\"}", "{\"0\": \"cat\", \"a\": \"b\"}", "[1, 2]"] {
            assert!(read(text).is_err_and(|error| error.contains("no class names are in it")), "{text}");
        }
        assert!(read("cat\n\ndog\n").is_err_and(|error| error.contains("row 1")));
    }
}
