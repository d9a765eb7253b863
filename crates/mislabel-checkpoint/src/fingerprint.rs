//! Telling one piece of work from another.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use twox_hash::XxHash3_128;

/// Bytes read of a file at a time.
const BLOCK: usize = 1 << 20;

/// What decides the result of a piece of work, item by item: files by their content, parameters and versions by their text.
///
/// Two pieces of work are the same when all items are, in order. Every item is held as an XXH3 hash of 128 bits: good
/// against mistakes, not against somebody who wants two files to look alike.
///
/// ```
/// use mislabel_checkpoint::Fingerprint;
///
/// let one = Fingerprint::new().with_text("version", "0.1.0").with_text("method", "rer");
/// let other = Fingerprint::new().with_text("version", "0.1.0").with_text("method", "confident");
/// assert_ne!(one, other);
/// assert_eq!(one.first_difference(&other), Some("method"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint(Vec<(String, u128)>);

impl Fingerprint {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an item called `name` that consists of `text`.
    #[must_use]
    pub fn with_text(self, name: &str, text: &str) -> Self {
        self.with(name, XxHash3_128::oneshot(text.as_bytes()))
    }

    /// Adds the content of the file at `path` as an item called `name`: one pass over the file, wherever it lies.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn with_file(self, name: &str, path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut hasher = XxHash3_128::new();
        let mut block = vec![0; BLOCK];
        loop {
            match file.read(&mut block) {
                Ok(0) => return Ok(self.with(name, hasher.finish_128())),
                Ok(read) => hasher.write(&block[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The name of the first item in which `other` differs; "the number of items" where it only has more or fewer.
    pub fn first_difference<'a>(&'a self, other: &'a Self) -> Option<&'a str> {
        let pair = self.0.iter().zip(&other.0).find(|(one, other)| one != other);
        match pair {
            Some(((name, _), _)) => Some(name),
            None if self.0.len() != other.0.len() => Some("the number of items"),
            None => None,
        }
    }

    /// All items in one number.
    pub(crate) fn digest(&self) -> u128 {
        XxHash3_128::oneshot(self.to_text().as_bytes())
    }

    /// One line an item: the hash in hexadecimal digits, a space, the name.
    pub(crate) fn to_text(&self) -> String {
        self.0.iter().map(|(name, hash)| format!("{hash:032x} {name}\n")).collect()
    }

    /// The fingerprint that [`to_text`](Self::to_text) wrote as `text`, if it did.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let item = |line: &str| {
            let (hash, name) = line.split_once(' ')?;
            Some((name.to_owned(), u128::from_str_radix(hash, 16).ok()?))
        };
        text.lines().map(item).collect::<Option<_>>().map(Self)
    }

    fn with(mut self, name: &str, hash: u128) -> Self {
        self.0.push((name.replace(['\n', '\r'], " "), hash));
        self
    }
}
