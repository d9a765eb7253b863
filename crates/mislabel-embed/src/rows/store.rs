//! Rows by the content that they are of, in files.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use mislabel_checkpoint::write_atomically;
use tempfile::TempDir;
use twox_hash::XxHash3_128;

use crate::error::{Error, Result};
use crate::identity::Identity;
use crate::rows::segment;

/// Rows of a file: a run that is killed loses fewer.
const ROWS: usize = 1024;
const EXTENSION: &str = "rows";
/// The file that says what the rows depend on.
const IDENTITY: &str = "identity.txt";

/// Where rows are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// In this folder, for later runs: a subfolder for every [`Identity`], files of up to 1,024 rows in it. Deleting it is safe.
    Folder(PathBuf),
    /// In a folder in this one, until the work is done.
    Temporary(PathBuf),
}

/// Rows of one embedder by the hash of their contents.
#[derive(Debug)]
pub(crate) struct RowStore {
    folder: PathBuf,
    dimension: usize,
    files: Vec<PathBuf>,
    /// The file and the row in it.
    places: HashMap<u128, (u32, u32)>,
    pending: Vec<(u128, Vec<f32>)>,
    /// The keys of these.
    pending_keys: HashSet<u128>,
    open: Mutex<Option<OpenFile>>,
    /// Removed with the store.
    _temporary: Option<TempDir>,
}

/// The file that was read last.
#[derive(Debug)]
struct OpenFile {
    number: u32,
    rows: usize,
    file: File,
}

impl RowStore {
    /// The rows of length `dimension` that `storage` has of `identity`.
    pub(crate) fn open(storage: &Storage, identity: &Identity, dimension: usize) -> Result<Self> {
        let (folder, temporary) = match storage {
            Storage::Folder(folder) => (folder.join(identity.digest()), None),
            Storage::Temporary(place) => {
                let made = tempfile::Builder::new().prefix(".mislabel-rows-").tempdir_in(place);
                let made = made.map_err(Error::io(place))?;
                (made.path().to_owned(), Some(made))
            }
        };
        fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        let about = folder.join(IDENTITY);
        if !about.exists() {
            let text = format!("{identity}\n");
            write_atomically(&about, Error::io(&about), |file| {
                file.write_all(text.as_bytes()).map_err(Error::io(&about))
            })?;
        }
        let mut store = Self {
            folder,
            dimension,
            files: Vec::new(),
            places: HashMap::new(),
            pending: Vec::new(),
            pending_keys: HashSet::new(),
            open: Mutex::new(None),
            _temporary: temporary,
        };
        store.find()?;
        Ok(store)
    }

    /// Takes up the files that are there; what is no file of rows is passed over.
    fn find(&mut self) -> Result<()> {
        let mut files: Vec<PathBuf> = fs::read_dir(&self.folder)
            .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
            .map_err(Error::io(&self.folder))?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == EXTENSION));
        files.sort_unstable();
        for file in files {
            let Some(keys) = segment::keys(&file, self.dimension).map_err(Error::io(&file))? else { continue };
            self.note(file, keys.into_iter());
        }
        Ok(())
    }

    fn note(&mut self, file: PathBuf, keys: impl Iterator<Item = u128>) {
        let number = self.files.len() as u32;
        self.files.push(file);
        for (row, key) in keys.enumerate() {
            self.places.entry(key).or_insert((number, row as u32));
        }
    }

    /// Whether the row of `key` is kept, or will be with the next [`flush`](Self::flush).
    pub(crate) fn has(&self, key: u128) -> bool {
        self.places.contains_key(&key) || self.pending_keys.contains(&key)
    }

    pub(crate) fn dimension(&self) -> usize {
        self.dimension
    }

    /// Keeps the row of `key`; it can be read after the next [`flush`](Self::flush).
    pub(crate) fn add(&mut self, key: u128, row: Vec<f32>) -> Result<()> {
        self.pending_keys.insert(key);
        self.pending.push((key, row));
        if self.pending.len() >= ROWS { self.flush() } else { Ok(()) }
    }

    /// Writes what is pending.
    pub(crate) fn flush(&mut self) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.pending);
        let keys: Vec<u8> = rows.iter().flat_map(|(key, _)| key.to_le_bytes()).collect();
        let path = self.folder.join(format!("{:032x}.{EXTENSION}", XxHash3_128::oneshot(&keys)));
        segment::write(&path, self.dimension, &rows).map_err(Error::io(&path))?;
        self.pending_keys.clear();
        self.note(path, rows.into_iter().map(|(key, _)| key));
        Ok(())
    }

    /// Reads the row of `key`, which is there, into `out`, `(d,)`.
    pub(crate) fn read(&self, key: u128, out: &mut [f32]) -> io::Result<()> {
        let missing = || io::Error::other("a row is not among those that were kept");
        let (number, row) = *self.places.get(&key).ok_or_else(missing)?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.as_ref().is_none_or(|open| open.number != number) {
            let mut file = File::open(&self.files[number as usize])?;
            let rows = segment::rows(&mut file)?;
            *open = Some(OpenFile { number, rows, file });
        }
        let Some(OpenFile { rows, file, .. }) = open.as_mut() else { return Err(missing()) };
        match segment::read(file, *rows, row as usize, out)? {
            true => Ok(()),
            false => Err(io::Error::other(format!(
                "{} is damaged: delete it, and its rows are computed again",
                self.files[number as usize].display()
            ))),
        }
    }
}

/// The hash that contents are told apart by.
pub(crate) fn key(content: &[u8]) -> u128 {
    XxHash3_128::oneshot(content)
}

/// Checks that rows can be written to `folder`, which is made if it is not there.
pub(crate) fn check_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(Error::io(folder))?;
    let mut probe = tempfile::tempfile_in(folder).map_err(Error::io(folder))?;
    probe.write_all(b"x").map_err(Error::io(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(folder: &Path) -> RowStore {
        RowStore::open(&Storage::Folder(folder.into()), &Identity::new("test"), 2).unwrap()
    }

    #[test]
    fn rows_come_back_after_the_store_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        for row in 0..1500_u16 {
            store.add(row.into(), vec![f32::from(row), -1.5]).unwrap();
        }
        drop(store);
        let mut store = open(folder.path());
        assert!(store.has(1023) && !store.has(1024), "a whole file was written, the rest was lost");
        store.add(1024, vec![7.0, 8.0]).unwrap();
        store.flush().unwrap();
        let mut row = [0.0; 2];
        for (key, expected) in [(1024, [7.0, 8.0]), (0, [0.0, -1.5]), (1023, [1023.0, -1.5])] {
            store.read(key, &mut row).unwrap();
            assert_eq!(row, expected);
        }
    }

    #[test]
    fn a_file_that_was_cut_or_is_foreign_is_passed_over_and_a_changed_row_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        store.add(1, vec![1.0, 2.0]).unwrap();
        store.flush().unwrap();
        let file = store.files[0].clone();
        let whole = fs::read(&file).unwrap();
        fs::write(&file, &whole[..whole.len() - 1]).unwrap();
        fs::write(file.with_file_name("foreign.rows"), "?").unwrap();
        assert!(!open(folder.path()).has(1));
        let mut changed = whole.clone();
        *changed.last_mut().unwrap() ^= 1;
        fs::write(&file, changed).unwrap();
        let message = open(folder.path()).read(1, &mut [0.0; 2]).unwrap_err().to_string();
        assert!(message.contains("is damaged: delete it"), "{message}");
    }

    #[test]
    fn a_temporary_store_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = RowStore::open(&Storage::Temporary(folder.path().into()), &Identity::new("test"), 1).unwrap();
        store.add(1, vec![1.0]).unwrap();
        store.flush().unwrap();
        drop(store);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
