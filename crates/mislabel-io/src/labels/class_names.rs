//! The names of the classes, in the order of their indices.

use std::collections::HashMap;
use std::path::Path;

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

    /// Reads a text file with one name a line; blanks around a name are dropped.
    ///
    /// # Errors
    /// As [`new`](Self::new), and what keeps the file from being read as UTF-8 text.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::checked(path, lines(path)?)
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
