//! What lies at a path, and never a guess where that cannot be found out.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::path::Path;

/// What systems say of a path that can lead nowhere: Unix of links that lead to each other (`ELOOP`), Windows of characters that no name
/// has, such as those of a pattern (`ERROR_INVALID_NAME`).
const NOWHERE: i32 = if cfg!(windows) {
    123
} else if cfg!(any(target_os = "linux", target_os = "android")) {
    40
} else {
    62
};

/// Whether there is a folder at `path`. [`Path::is_dir`] says no where the system does not tell, and a listing would then be short
/// without a word; here that is an error. A path at which nothing is, or a link that leads nowhere, is no folder.
///
/// # Errors
/// Whatever keeps the system from telling: no permission, a disk that fails.
pub fn is_folder(path: &Path) -> io::Result<bool> {
    Ok(about(path)?.is_some_and(|about| about.is_dir()))
}

/// Whether there is a regular file at `path`, as [`is_folder`] says it of folders.
///
/// # Errors
/// Those of [`is_folder`].
pub fn is_regular_file(path: &Path) -> io::Result<bool> {
    Ok(about(path)?.is_some_and(|about| about.is_file()))
}

/// What the system knows of `path`; nothing where nothing is.
fn about(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::metadata(path) {
        Ok(about) => Ok(Some(about)),
        Err(cause) if matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(cause) if cause.raw_os_error() == Some(NOWHERE) => Ok(None),
        Err(cause) => Err(cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_neither_and_what_cannot_be_looked_at_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(is_folder(folder.path()).unwrap() && !is_regular_file(folder.path()).unwrap());
        assert!(is_regular_file(&file).unwrap() && !is_folder(&file).unwrap());
        for nowhere in [folder.path().join("none"), file.join("below")] {
            assert!(!is_folder(&nowhere).unwrap() && !is_regular_file(&nowhere).unwrap());
        }
        #[cfg(unix)]
        {
            let circle = folder.path().join("circle");
            std::os::unix::fs::symlink(&circle, &circle).unwrap();
            assert!(!is_folder(&circle).unwrap() && !is_regular_file(&circle).unwrap());
            let endless = folder.path().join("x".repeat(300));
            assert!(is_folder(&endless).is_err() && is_regular_file(&endless).is_err());
        }
    }
}
