//! A checkpoint that is a folder.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use mislabel_core::{Checkpoint, Error, Result};

use crate::part::{file_name, sealed, unsealed};
use crate::{CheckpointError, Fingerprint, write_atomically};

/// The file that says whose checkpoint the folder is.
const MANIFEST: &str = "work";

/// The file that the process at work holds a lock on.
const LOCK: &str = "lock";

/// The first line of the former; the number is the version of the layout.
const HEADER: &str = "mislabel checkpoint 1\n";

/// The extension of the file of a part.
const PART: &str = "part";

/// A folder with one file per finished part of one piece of work.
///
/// Files appear whole or not at all ([`write_atomically`]), so that work killed at any time leaves a checkpoint that can be
/// taken up. Every file ends with a hash of its content and of the work's [`Fingerprint`]: a part that was damaged or that
/// comes from other work is refused, never used.
///
/// ```
/// use mislabel_core::Checkpoint;
/// use mislabel_checkpoint::{CheckpointFolder, Fingerprint};
///
/// let place = tempfile::tempdir()?;
/// let path = place.path().join("run.checkpoint");
/// let work = Fingerprint::new().with_text("version", "0.1.0").with_text("seed", "1");
/// CheckpointFolder::open(&path, &work)?.store("fold 0", b"weights")?;
///
/// let again = CheckpointFolder::open(&path, &work)?;
/// assert_eq!(again.load("fold 0")?.as_deref(), Some(b"weights".as_slice()));
/// assert_eq!(again.load("fold 1")?, None);
///
/// let other = Fingerprint::new().with_text("version", "0.1.0").with_text("seed", "2");
/// let refusal = CheckpointFolder::open(&path, &other).unwrap_err();
/// assert!(refusal.to_string().ends_with("belongs to other work: seed differs"));
///
/// again.remove()?;
/// assert!(!path.exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct CheckpointFolder {
    path: PathBuf,
    digest: u128,
    resumed: usize,
    /// Held as long as this is; the system lets go of it with the process, however that ends.
    lock: File,
}

impl CheckpointFolder {
    /// The checkpoint at `path` of the work that `work` identifies: taken up if it is there, made (with its parents) if not.
    ///
    /// # Errors
    /// [`CheckpointError::OtherWork`] and [`CheckpointError::NotACheckpoint`] for a folder that is not this work's,
    /// [`CheckpointError::InUse`] while another process, or this one, has it open (where the file system knows locks),
    /// [`CheckpointError::Io`] for what keeps it from being read or made.
    pub fn open(path: &Path, work: &Fingerprint) -> Result<Self, CheckpointError> {
        let failed = |cause| CheckpointError::Io { path: path.into(), cause };
        fs::create_dir_all(path).map_err(failed)?;
        if !is_known(path, work)?
            && !files(path).map_err(failed)?.iter().all(|file| is_lock(file) || is_temporary(file))
        {
            return Err(not_a_checkpoint(path));
        }
        let lock = locked(path)?;
        // Another run may have begun between the two.
        if !is_known(path, work)? {
            begin(path, work)?;
        }
        let resumed = files(path).map_err(failed)?.iter().filter(|file| is_part(file)).count();
        Ok(Self { path: path.into(), digest: work.digest(), resumed, lock })
    }

    /// How many parts were there when the folder was opened.
    pub fn resumed_parts(&self) -> usize {
        self.resumed
    }

    /// Removes the folder and what this type wrote there; anything else that lies in it stays, and keeps the folder.
    ///
    /// # Errors
    /// What keeps the files from being removed.
    pub fn remove(self) -> io::Result<()> {
        for file in files(&self.path)? {
            if is_part(&file) || is_temporary(&file) {
                fs::remove_file(file)?;
            }
        }
        fs::remove_file(self.path.join(MANIFEST))?;
        // Where open files cannot be removed, the lock must go first.
        drop(self.lock);
        fs::remove_file(self.path.join(LOCK))?;
        match fs::remove_dir(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => Err(error),
            _ => Ok(()),
        }
    }
}

impl Checkpoint for CheckpointFolder {
    fn load(&self, part: &str) -> Result<Option<Vec<u8>>> {
        let path = self.path.join(file_name(part));
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(Error::other(CheckpointError::Io { path, cause })),
        };
        match unsealed(self.digest, part, &bytes) {
            Some(content) => Ok(Some(content)),
            None => Err(Error::other(CheckpointError::Damaged { path, part: part.into() })),
        }
    }

    fn store(&self, part: &str, bytes: &[u8]) -> Result<()> {
        let path = self.path.join(file_name(part));
        let failed = |cause| Error::other(CheckpointError::Io { path: path.clone(), cause });
        write_atomically(&path, failed, |file| file.write_all(&sealed(self.digest, part, bytes)).map_err(failed))
    }
}

/// Whether the folder says that it is this work's; `false` where it says nothing.
fn is_known(path: &Path, work: &Fingerprint) -> Result<bool, CheckpointError> {
    let manifest = match fs::read_to_string(path.join(MANIFEST)) {
        Ok(manifest) => manifest,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(not_a_checkpoint(path)),
        Err(cause) => return Err(CheckpointError::Io { path: path.into(), cause }),
    };
    let found = manifest.strip_prefix(HEADER).and_then(Fingerprint::from_text);
    let found = found.ok_or_else(|| not_a_checkpoint(path))?;
    match work.first_difference(&found) {
        None => Ok(true),
        Some(item) => Err(CheckpointError::OtherWork { path: path.into(), item: item.into() }),
    }
}

/// The lock file of the folder, locked; merely open where the file system has no locks.
fn locked(path: &Path) -> Result<File, CheckpointError> {
    let failed = |cause| CheckpointError::Io { path: path.into(), cause };
    let file = File::options().create(true).append(true).open(path.join(LOCK)).map_err(failed)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(CheckpointError::InUse { path: path.into() }),
        Err(TryLockError::Error(_)) | Ok(()) => Ok(file),
    }
}

/// Writes the manifest.
fn begin(path: &Path, work: &Fingerprint) -> Result<(), CheckpointError> {
    let failed = |cause| CheckpointError::Io { path: path.into(), cause };
    let manifest = [HEADER, &work.to_text()].concat();
    write_atomically(&path.join(MANIFEST), failed, |file| file.write_all(manifest.as_bytes()).map_err(failed))
}

fn not_a_checkpoint(path: &Path) -> CheckpointError {
    CheckpointError::NotACheckpoint { path: path.into() }
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

fn is_part(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == PART)
}

fn is_lock(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name == LOCK)
}

/// Whether a killed [`write_atomically`] may have left `file`.
fn is_temporary(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".tmp"))
}
