//! Writing a file beside its place, then moving it there.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// Lets `write` fill a temporary file beside `path`, then renames it to `path`.
///
/// A failure or an interruption leaves whatever was at `path` before.
///
/// # Errors
/// Those of `write`, and, as `failure` tells them, whatever keeps the file from being made, written to the disk or renamed.
pub fn write_atomically<E>(
    path: &Path,
    failure: impl Fn(io::Error) -> E,
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), E>,
) -> Result<(), E> {
    let file = written(path, "", &failure, write)?;
    persisted(file, path, failure)
}

/// As [`write_atomically`], but `check` sees the file before it is renamed, at a path that ends in `suffix`. Where it fails,
/// `path` is left as it was.
///
/// # Errors
/// As [`write_atomically`], and those of `check`.
pub fn write_checked<E>(
    path: &Path,
    suffix: &str,
    failure: impl Fn(io::Error) -> E,
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), E>,
    check: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), E> {
    let file = written(path, suffix, &failure, write)?;
    check(file.path())?;
    persisted(file, path, failure)
}

fn written<E>(
    path: &Path,
    suffix: &str,
    failure: &impl Fn(io::Error) -> E,
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), E>,
) -> Result<NamedTempFile, E> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut writer = BufWriter::new(builder().suffix(suffix).tempfile_in(folder).map_err(failure)?);
    write(&mut writer)?;
    writer.into_inner().map_err(|error| failure(error.into_error()))
}

fn persisted<E>(file: NamedTempFile, path: &Path, failure: impl Fn(io::Error) -> E) -> Result<(), E> {
    file.as_file().sync_all().map_err(&failure)?;
    file.persist(path).map_err(|error| failure(error.error))?;
    Ok(())
}

/// Temporary files are private by default; the result should be as any new file.
#[cfg(unix)]
fn builder<'a>() -> Builder<'static, 'a> {
    use std::os::unix::fs::PermissionsExt;
    let mut builder = Builder::new();
    builder.permissions(std::fs::Permissions::from_mode(0o666));
    builder
}

#[cfg(not(unix))]
fn builder<'a>() -> Builder<'static, 'a> {
    Builder::new()
}
