//! The files of a folder, as they were and as they are.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The content of every file below a folder, by its path there.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Reads every file below `folder`.
pub(crate) fn read(folder: &Path) -> Files {
    let mut files = Files::new();
    add(folder, folder, &mut files);
    files
}

fn add(root: &Path, folder: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            add(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().display().to_string();
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}

/// Writes `files` into an empty folder, and makes `tmp` there.
pub(crate) fn write(files: &Files, folder: &Path) {
    fs::create_dir_all(folder.join("tmp")).unwrap();
    for (name, content) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// Whether a process that did not get through may leave this file: parts of a checkpoint or of a cache, and, where it was `ended`, a
/// temporary file.
pub(crate) fn may_be_left(name: &str, ended: bool) -> bool {
    let kept = |part: &str| part.ends_with(".checkpoint") || part == "cache";
    name.split('/').any(|part| kept(part) || (ended && (part.starts_with(".tmp") || part == "tmp")))
}
