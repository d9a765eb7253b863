//! Compiled kernels kept on disk.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use mislabel_checkpoint::write_atomically;

use crate::compilation::compiler::{Compiler, OPTIONS};
use crate::compilation::source::{HEADERS, Source};
use crate::error::Result;

/// A folder of compiled kernels; one file per text, architecture and compiler. Whatever goes wrong with it costs time
/// only.
#[derive(Clone, Debug)]
pub(crate) struct KernelCache {
    folder: Option<PathBuf>,
}

impl KernelCache {
    /// In the user's folder for caches, or nowhere when the system names none.
    pub(crate) fn of_user() -> Self {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let caches = variable("XDG_CACHE_HOME")
            .or_else(|| variable("LOCALAPPDATA"))
            .or_else(|| variable("HOME").map(|home| home.join(".cache")));
        Self { folder: caches.filter(|caches| caches.is_absolute()).map(|caches| caches.join("mislabel").join("cuda")) }
    }

    /// The compiled file, from the cache or else compiled now and kept for the next time.
    ///
    /// # Errors
    /// Those of [`Compiler::compile`].
    pub(crate) fn image(&self, compiler: &Compiler, source: &Source, architecture: &str) -> Result<Vec<u8>> {
        let key = key(source, architecture, compiler.version());
        if let Some(image) = self.kept(&key) {
            return Ok(image);
        }
        let image = compiler.compile(source, architecture)?.image;
        self.keep(&key, &image);
        Ok(image)
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        self.folder.as_ref().map(|folder| folder.join(format!("{:016x}.kernel", hasher.finish())))
    }

    /// The kept file begins with the whole key, so that neither chance nor an old version can pass for another.
    fn kept(&self, key: &str) -> Option<Vec<u8>> {
        let content = std::fs::read(self.path(key)?).ok()?;
        content.strip_prefix(key.as_bytes()).map(<[u8]>::to_vec)
    }

    /// A cache that cannot be written is no cache.
    fn keep(&self, key: &str, image: &[u8]) {
        let Some(path) = self.path(key) else { return };
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        let written = folder.and_then(|()| {
            write_atomically(&path, std::convert::identity, |file| {
                file.write_all(key.as_bytes())?;
                file.write_all(image)
            })
        });
        drop(written);
    }
}

/// All that the compiled file depends on.
fn key(source: &Source, architecture: &str, (major, minor): (i32, i32)) -> String {
    let options = OPTIONS.join(" ");
    let headers: String = HEADERS.iter().map(|(_, text)| *text).collect();
    format!("{architecture} {major}.{minor} {options}\n{headers}\n{}\n\0", source.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_found_again_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let cache = KernelCache { folder: Some(folder.path().join("a").join("b")) };
        cache.keep("key one\0", b"machine code");
        assert_eq!(cache.kept("key one\0").as_deref(), Some(b"machine code".as_slice()));
        assert_eq!(cache.kept("key two\0"), None);
        // A file of another key under this one's name.
        std::fs::copy(cache.path("key one\0").unwrap(), cache.path("key two\0").unwrap()).unwrap();
        assert_eq!(cache.kept("key two\0"), None);
    }

    #[test]
    fn a_cache_that_cannot_be_written_stays_silent() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, b"no folder").unwrap();
        let cache = KernelCache { folder: Some(file.join("cache")) };
        cache.keep("key\0", b"code");
        assert_eq!(cache.kept("key\0"), None);
        assert!(KernelCache { folder: None }.kept("key\0").is_none());
    }
}
