//! NumPy's `.npz` format: a zip archive of `.npy` files.

use std::io::{Cursor, Read, Seek};
use std::path::Path;

use zip::read::ZipFile;
use zip::{CompressionMethod, ZipArchive};

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::foreign::refuse_foreign;
use crate::formats::npy::reader as npy;
use crate::storage::gathered::Gathered;
use crate::storage::mapping::Mapping;
use crate::storage::stored_array::{Storage, StoredArray};

/// No deflated stream expands more: 258 bytes from two bits, a little over 1,032 to one.
const MOST_EXPANSION: u64 = 1_033;
/// Bytes inflated at a time.
const BLOCK: usize = 1 << 16;

/// What to do about one entry of the archive.
enum Entry {
    /// The array lies in the file as it is, between these bytes.
    Stored(usize, usize),
    /// The array had to be inflated.
    Inflated(Storage),
}

/// What an array of an archive is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Features,
    Labels,
    Predictions,
}

impl Wanted {
    /// What arrays for it are commonly called.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Features => &["embeddings", "embedding", "features", "X", "x", "x_train", "X_train", "data"],
            Self::Labels => &["given_labels", "labels", "label", "y", "targets", "target", "y_train", "Y"],
            Self::Predictions => &["pred_probs", "probs", "probabilities", "logits", "predictions"],
        }
    }

    /// The axes that an array for it has.
    pub(crate) fn axes(self) -> usize {
        if self == Self::Labels { 1 } else { 2 }
    }

    /// The error that several arrays would do, with the option that names one.
    pub(crate) fn unnamed(self, path: &Path, available: Vec<String>) -> Error {
        let option = match self {
            Self::Features => "--embeddings-key",
            Self::Labels => "--labels-key",
            Self::Predictions => "--predictions-key",
        };
        Error::Unnamed { path: path.into(), available, option }
    }

    /// The only one of the places `found`.
    pub(crate) fn by_rank(self, mut found: impl Iterator<Item = usize>) -> Option<usize> {
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// The only one of `names` that is commonly called so, blanks aside.
    pub(crate) fn among(self, names: &[String]) -> Option<usize> {
        let found: Vec<usize> =
            (0..names.len()).filter(|place| self.names().contains(&names[*place].as_str())).collect();
        if let [place] = found[..] { Some(place) } else { None }
    }
}

/// What the array chosen from an archive is called, and what the others are.
pub(crate) type Called = (String, Vec<String>);

/// The array chosen from the archive at `path`: mapped where it is stored, gathered where it is deflated.
///
/// The checksum of a stored array is not verified, since that would read all of it.
pub(crate) fn open(path: &Path, choice: &ReadOptions, wanted: Wanted) -> Result<(StoredArray, Called)> {
    let mapping = Mapping::open(path)?;
    refuse_foreign(path, &mapping, b"PK")?;
    let mut archive = ZipArchive::new(Cursor::new(&mapping[..])).map_err(Error::parser(path))?;
    let index = place(path, &mut archive, choice, wanted)?;
    let called = called(path, &archive, index)?;
    let array = match entry(path, &mut archive, index, mapping.len(), choice)? {
        Entry::Stored(start, end) => npy::array(path, Storage::Mapped(mapping), start, end),
        Entry::Inflated(storage) => {
            let end = storage.bytes().len();
            npy::array(path, storage, 0, end)
        }
    };
    Ok((array?, called))
}

fn called<R: Read + Seek>(path: &Path, archive: &ZipArchive<R>, index: usize) -> Result<Called> {
    let names = archive.file_names().map(|name| name.map(|name| name.trim_end_matches(".npy").to_owned()));
    let mut names: Vec<String> = names.collect::<Result<_, _>>().map_err(Error::parser(path))?;
    let name = names.remove(index);
    Ok((name, names))
}

/// The entry `index` of the archive, which is `length` bytes long.
fn entry<R: Read + Seek>(
    path: &Path,
    archive: &mut ZipArchive<R>,
    index: usize,
    length: usize,
    choice: &ReadOptions,
) -> Result<Entry> {
    let raw = archive.by_index_raw(index).map_err(Error::parser(path))?;
    if raw.encrypted() {
        return Err(Error::Parser { path: path.into(), cause: "the archive is encrypted".into() });
    }
    match raw.compression() {
        CompressionMethod::Stored => stored(path, &raw, length),
        CompressionMethod::Deflated => {
            let (packed, size) = (raw.compressed_size(), raw.size());
            drop(raw);
            let entry = archive.by_index(index).map_err(Error::parser(path))?;
            inflated(path, entry, packed, size, choice).map(Entry::Inflated)
        }
        _ => Err(Error::Parser { path: path.into(), cause: "the compression is neither none nor deflate".into() }),
    }
}

/// The number of the entry called as the choice says, with or without `.npy`, or of the only entry.
pub(crate) fn place<R: Read + Seek>(
    path: &Path,
    archive: &mut ZipArchive<R>,
    choice: &ReadOptions,
    purpose: Wanted,
) -> Result<usize> {
    let names: Vec<String> =
        archive.file_names().map(|name| name.map(Into::into)).collect::<Result<_, _>>().map_err(Error::parser(path))?;
    let arrays: Vec<String> = names.iter().map(|name| name.strip_suffix(".npy").unwrap_or(name).into()).collect();
    let Some(wanted) = &choice.array else {
        let only = (arrays.len() == 1).then_some(0);
        let found = only.or_else(|| purpose.among(&arrays)).or_else(|| by_rank(archive, purpose));
        return found.ok_or_else(|| purpose.unnamed(path, arrays));
    };
    let position =
        arrays.iter().position(|name| name == wanted).or_else(|| names.iter().position(|name| name == wanted));
    position.ok_or_else(|| Error::Missing { path: path.into(), name: wanted.clone(), available: arrays })
}

/// Bytes of an array that hold its header, unless it has thousands of axes.
const HEAD: u64 = 4096;

/// The only array with as many axes as the purpose wants: one for labels, two for features and predictions.
fn by_rank<R: Read + Seek>(archive: &mut ZipArchive<R>, purpose: Wanted) -> Option<usize> {
    purpose.by_rank((0..archive.len()).filter(|place| rank(archive, *place) == Some(purpose.axes())))
}

fn rank<R: Read + Seek>(archive: &mut ZipArchive<R>, place: usize) -> Option<usize> {
    let mut head = Vec::new();
    archive.by_index(place).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    npy::axes(&head)
}

fn stored<R: Read>(path: &Path, entry: &ZipFile<'_, R>, length: usize) -> Result<Entry> {
    let (size, packed) = (entry.size(), entry.compressed_size());
    let start = entry.data_start().unwrap_or(u64::MAX);
    let end = start.checked_add(size).filter(|&end| end <= length as u64 && packed == size);
    match end {
        Some(end) => Ok(Entry::Stored(start as usize, end as usize)),
        None => Err(Error::WrongLength { path: path.into(), expected: size, found: packed.min(length as u64) }),
    }
}

/// Inflates an entry, gathering what really comes out and stopping at the declared size.
fn inflated(path: &Path, mut entry: impl Read, packed: u64, size: u64, choice: &ReadOptions) -> Result<Storage> {
    if size > packed.saturating_mul(MOST_EXPANSION) {
        return Err(Error::WrongLength { path: path.into(), expected: size, found: packed });
    }
    let limit = choice.memory_limit.max(choice.temp_file_limit);
    if size > limit {
        return Err(Error::TooLarge { path: path.into(), needed: size, limit });
    }
    let mut gathered = Gathered::new(path, choice);
    let mut wanted = entry.by_ref().take(size);
    let mut block = vec![0; BLOCK];
    loop {
        match wanted.read(&mut block).map_err(Error::io(path))? {
            0 => break,
            read => gathered.push(&block[..read])?,
        }
    }
    let surplus = entry.read(&mut [0]).map_err(Error::io(path))?;
    let found = gathered.len() as u64 + surplus as u64;
    if found != size {
        return Err(Error::WrongLength { path: path.into(), expected: size, found });
    }
    gathered.storage()
}
