//! Which files of a folder are samples, by their names.

use std::collections::BTreeMap;
use std::path::Path;

/// Extensions of pictures, in lower case. What a file is in truth, its content tells.
const PICTURES: [&str; 13] =
    ["jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "ppm", "pgm", "pbm", "pnm", "pam"];

/// What programs and systems leave in folders.
const CLUTTER: [&str; 4] = ["__macosx", "thumbs.db", "desktop.ini", "@eadir"];

/// Whether the name of `path` says that it is a picture.
pub(crate) fn is_picture(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    PICTURES.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

/// Whether people do not see `path`, or did not put it there.
pub(crate) fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    name.starts_with('.') || CLUTTER.contains(&&*name)
}

/// Files that are no samples, counted by their extensions.
#[derive(Debug, Default)]
pub(crate) struct Others(BTreeMap<String, usize>);

impl Others {
    pub(crate) fn add(&mut self, path: &Path) {
        let extension = path.extension().map(|extension| format!(".{}", extension.to_string_lossy().to_lowercase()));
        *self.0.entry(extension.unwrap_or_else(|| "no extension".into())).or_default() += 1;
    }

    /// A sentence on them, where there are any.
    pub(crate) fn note(&self) -> Option<String> {
        let all: usize = self.0.values().sum();
        let kinds: Vec<String> = self.0.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        (all > 0).then(|| format!("{all} files are no pictures by their names ({}): left alone", kinds.join(", ")))
    }
}
