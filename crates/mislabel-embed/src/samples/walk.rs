//! Everything below a folder, in an order that is always the same.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use mislabel_checkpoint::is_folder;

use crate::error::{Error, Result};
use crate::samples::kinds::{Others, is_hidden, is_picture};

/// What was found on the way.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    pub(crate) others: Others,
    /// Hidden files and folders.
    pub(crate) hidden: usize,
    /// Folders that links lead to a second time.
    pub(crate) repeated: usize,
    /// Folders that were seen, by their true paths.
    seen: HashSet<PathBuf>,
}

impl Walk {
    /// The folders right in `folder`, by their names, and the pictures beside them.
    pub(crate) fn top(&mut self, folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
        self.enter(folder);
        self.list(folder)
    }

    /// The pictures in `folder` and below, by the bytes of their paths. Links are followed; a folder is entered once.
    pub(crate) fn below(&mut self, folder: &Path) -> Result<Vec<PathBuf>> {
        let (mut open, mut found) = (vec![folder.to_owned()], Vec::new());
        while let Some(folder) = open.pop() {
            if !self.enter(&folder) {
                self.repeated += 1;
                continue;
            }
            let (folders, pictures) = self.list(&folder)?;
            open.extend(folders);
            found.extend(pictures);
        }
        found.sort_unstable_by(|one, other| {
            one.as_os_str().as_encoded_bytes().cmp(other.as_os_str().as_encoded_bytes())
        });
        Ok(found)
    }

    /// Whether `folder` is entered for the first time.
    fn enter(&mut self, folder: &Path) -> bool {
        self.seen.insert(folder.canonicalize().unwrap_or_else(|_| folder.to_owned()))
    }

    /// Folders and pictures in `folder`, each by name; what is neither is counted.
    fn list(&mut self, folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
        let failed = Error::io(folder);
        let (mut folders, mut pictures) = (Vec::new(), Vec::new());
        for entry in fs::read_dir(folder).map_err(&failed)? {
            let path = entry.map_err(&failed)?.path();
            match () {
                () if is_hidden(&path) => self.hidden += 1,
                () if is_folder(&path).map_err(Error::io(&path))? => folders.push(path),
                // A link that leads nowhere is a sample that is missing.
                () if is_picture(&path) => pictures.push(path),
                () => self.others.add(&path),
            }
        }
        folders.sort_unstable();
        pictures.sort_unstable();
        Ok((folders, pictures))
    }
}
