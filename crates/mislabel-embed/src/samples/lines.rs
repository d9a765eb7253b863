//! Texts, one a line.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::samples::entry::{Content, Entry, Source};

/// The texts in a file, one a line, without labels.
#[derive(Debug)]
pub struct TextLines {
    path: PathBuf,
    text: String,
}

impl TextLines {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// [`Error::Io`], also for text that is not UTF-8; [`Error::NoSamples`] for an empty file.
    pub fn open(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(Error::io(path))?;
        if text.is_empty() {
            return Err(Error::NoSamples { path: path.into(), problem: "the file is empty".into() });
        }
        Ok(Self { path: path.into(), text })
    }
}

impl Source for TextLines {
    fn entries(&self, each: &mut dyn FnMut(Entry) -> Result<()>) -> Result<()> {
        let name = self.path.display();
        self.text.lines().enumerate().try_for_each(|(line, text)| {
            let name = format!("{name}: line {}", line + 1);
            each(Entry { name, label: None, split: None, content: Content::Text(text.into()) })
        })
    }

    fn count(&self) -> Option<usize> {
        Some(self.text.lines().count())
    }
}
