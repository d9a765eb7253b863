//! Files of samples: only those in the folder that was named.

use std::fs::File;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

/// The largest file that is shown.
const LARGEST: u64 = 64 << 20;

/// The folder that files of samples lie in.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    /// Without links.
    folder: PathBuf,
    follow_links: bool,
}

impl Root {
    /// The folder at `path`.
    pub(crate) fn new(path: &Path, follow_links: bool) -> std::io::Result<Self> {
        Ok(Self { folder: path.canonicalize()?, follow_links })
    }

    /// The content of the file at `path`, relative to the folder or absolute in it; else why it is not shown.
    pub(crate) fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let path = self.location(path)?;
        // Asked for first: opening a pipe would wait for its other end.
        let metadata = path.metadata().map_err(|cause| format!("the file cannot be read: {cause}"))?;
        if !metadata.is_file() {
            return Err("the path leads to no regular file".into());
        }
        if metadata.len() > LARGEST {
            return Err(format!("the file has {} bytes: at most {LARGEST} are shown", metadata.len()));
        }
        let file = File::open(&path).map_err(|cause| format!("the file cannot be opened: {cause}"))?;
        let mut bytes = Vec::with_capacity(metadata.len() as usize);
        file.take(LARGEST).read_to_end(&mut bytes).map_err(|cause| format!("the file cannot be read: {cause}"))?;
        Ok(bytes)
    }

    /// Where the file lies, without links unless they are followed.
    fn location(&self, path: &str) -> Result<PathBuf, String> {
        let outside = || "the path leads out of the folder of the samples".to_owned();
        if path.is_empty() {
            return Err("the sample has no file".into());
        }
        let joined = self.folder.join(path);
        if joined.components().any(|component| component == Component::ParentDir) {
            return Err(outside());
        }
        let found = joined.canonicalize().map_err(|cause| format!("the file cannot be found: {cause}"))?;
        let inside = if self.follow_links { joined.starts_with(&self.folder) } else { found.starts_with(&self.folder) };
        if inside { Ok(found) } else { Err(outside()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_in_the_folder_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let (inside, outside) = (folder.path().join("in"), folder.path().join("out"));
        std::fs::create_dir_all(inside.join("deep")).unwrap();
        std::fs::create_dir_all(&outside).unwrap();
        std::fs::write(inside.join("deep/a.png"), "a").unwrap();
        std::fs::write(outside.join("b.png"), "b").unwrap();
        let root = Root::new(&inside, false).unwrap();
        assert_eq!(root.read("deep/a.png").unwrap(), b"a");
        assert_eq!(root.read(inside.join("deep/a.png").to_str().unwrap()).unwrap(), b"a");
        let refused = ["../out/b.png", "deep/../deep/a.png", "/etc/passwd", "", "deep", "none.png"];
        assert!(refused.iter().all(|path| root.read(path).is_err()));
        assert!(root.read(outside.join("b.png").to_str().unwrap()).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_the_folder_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe.png");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let refused = Root::new(folder.path(), false).unwrap().read("pipe.png").unwrap_err();
        assert_eq!(refused, "the path leads to no regular file");
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_out_of_the_folder_only_where_that_is_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("in");
        std::fs::create_dir_all(&inside).unwrap();
        std::fs::write(folder.path().join("b.png"), "b").unwrap();
        std::os::unix::fs::symlink(folder.path().join("b.png"), inside.join("link.png")).unwrap();
        let refused = Root::new(&inside, false).unwrap().read("link.png").unwrap_err();
        assert_eq!(refused, "the path leads out of the folder of the samples");
        assert_eq!(Root::new(&inside, true).unwrap().read("link.png").unwrap(), b"b");
    }
}
