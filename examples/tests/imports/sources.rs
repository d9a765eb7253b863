//! The sources of a crate.

use std::collections::BTreeMap;
use std::path::Path;

/// The text of every file below a crate's `src/`, by its path there, such as `search/scope.rs`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources(pub(crate) BTreeMap<String, String>);

impl Sources {
    /// The Rust files of a folder and of the folders in it.
    pub(crate) fn of_folder(folder: &Path) -> Self {
        let mut sources = Self::default();
        sources.add(folder, "");
        sources
    }

    fn add(&mut self, folder: &Path, prefix: &str) {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
            let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
            if entry.path().is_dir() {
                self.add(&entry.path(), &format!("{name}/"));
            } else if name.ends_with(".rs") {
                self.0.insert(name, std::fs::read_to_string(entry.path()).unwrap());
            }
        }
    }

    /// The files that the compiler starts from.
    pub(crate) fn roots(&self) -> impl Iterator<Item = &String> {
        let is_root = |name: &&String| ["lib.rs", "main.rs"].contains(&name.as_str()) || name.starts_with("bin/");
        self.0.keys().filter(is_root)
    }
}
