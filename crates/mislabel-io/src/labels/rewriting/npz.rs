//! Labels in an archive of arrays: the other arrays are copied as they are.

use std::io::{Cursor, Read as _, Seek as _, Write, copy};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::npy::reader as npy;
use crate::formats::npz::{Wanted, place};
use crate::labels::rewriting::arrays;
use crate::labels::rewriting::edits::Edits;
use crate::storage::mapping::Mapping;
use crate::storage::stored_array::Storage;

/// Writes the archive at `path` with `edits` in the array of labels.
pub(crate) fn write(path: &Path, choice: &ReadOptions, edits: &Edits<'_>, out: &mut (dyn Write + Send)) -> Result<()> {
    let mapping = Mapping::open(path)?;
    let mut archive = ZipArchive::new(Cursor::new(&mapping[..])).map_err(Error::parser(path))?;
    let labels = place(path, &mut archive, choice, Wanted::Labels)?;
    // A zip archive is written here and there, so not straight to `out`.
    let scratch = tempfile::tempfile().map_err(Error::io(path))?;
    let mut writer = ZipWriter::new(scratch);
    for entry in 0..archive.len() {
        if entry != labels {
            let raw = archive.by_index_raw(entry).map_err(Error::parser(path))?;
            writer.raw_copy_file(raw).map_err(Error::parser(path))?;
            continue;
        }
        let mut found = archive.by_index(entry).map_err(Error::parser(path))?;
        let mut options = SimpleFileOptions::default().compression_method(found.compression());
        options = options.large_file(found.size() >= u64::from(u32::MAX));
        if let Some(time) = found.last_modified() {
            options = options.last_modified_time(time);
        }
        if let Some(mode) = found.unix_mode() {
            options = options.unix_permissions(mode);
        }
        let name = found.name().map_err(Error::parser(path))?.to_string();
        let mut bytes = Vec::new();
        found.read_to_end(&mut bytes).map_err(Error::io(path))?;
        let end = bytes.len();
        let array = npy::array(path, Storage::Owned(bytes), 0, end)?;
        writer.start_file(name, options).map_err(Error::parser(path))?;
        let mut changed = Vec::with_capacity(end);
        arrays::write(&array, edits, &mut changed)?;
        writer.write_all(&changed).map_err(Error::io(path))?;
    }
    let mut scratch = writer.finish().map_err(Error::parser(path))?;
    scratch.rewind().map_err(Error::io(path))?;
    copy(&mut scratch, out).map_err(Error::io(path))?;
    Ok(())
}
