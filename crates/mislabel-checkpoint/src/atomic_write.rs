//! Writing a file beside its place, then moving it there.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use tempfile::Builder;

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
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut writer = BufWriter::new(builder().tempfile_in(folder).map_err(&failure)?);
    write(&mut writer)?;
    let file = writer.into_inner().map_err(|error| failure(error.into_error()))?;
    file.as_file().sync_all().map_err(&failure)?;
    file.persist(path).map_err(|error| failure(error.error))?;
    Ok(())
}

/// Temporary files are private by default; the result should be as any new file.
#[cfg(unix)]
fn builder() -> Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;
    let mut builder = Builder::new();
    builder.permissions(std::fs::Permissions::from_mode(0o666));
    builder
}

#[cfg(not(unix))]
fn builder() -> Builder<'static, 'static> {
    Builder::new()
}
