//! What a page must know before it may ask.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// 128 random bits, in hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token(String);

const DIGITS: usize = 32;

impl Token {
    /// Fresh random bits.
    pub(crate) fn random() -> Result<Self> {
        let mut bits = [0; DIGITS / 2];
        getrandom::fill(&mut bits).map_err(Error::Random)?;
        Ok(Self(bits.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// The token kept beside the journal at `path`, or a fresh one that is kept there, readable by its owner alone: a page
    /// that is open when the server starts again can send what it could not.
    pub(crate) fn kept_beside(path: &Path) -> Result<Self> {
        let mut name = path.as_os_str().to_owned();
        name.push(".token");
        let path = PathBuf::from(name);
        if let Some(token) = private_text(&path).and_then(Self::checked) {
            return Ok(token);
        }
        let token = Self::random()?;
        write_private(&path, &token.0).map_err(|cause| Error::Io { path, cause })?;
        Ok(token)
    }

    fn checked(text: String) -> Option<Self> {
        let is_token = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_token.then_some(Self(text))
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Whether `text` is this token, in a time that does not depend on how much of it is right.
    pub(crate) fn is(&self, text: &str) -> bool {
        let pairs = self.0.bytes().zip(text.bytes());
        text.len() == self.0.len() && pairs.fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Token(…)")
    }
}

/// The content of the file at `path`, if nobody but its owner can read it.
#[cfg(unix)]
fn private_text(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::symlink_metadata(path).ok()?;
    let private = metadata.is_file() && metadata.mode() & 0o077 == 0;
    private.then(|| fs::read_to_string(path).ok()).flatten()
}

#[cfg(not(unix))]
fn private_text(_: &Path) -> Option<String> {
    None
}

#[cfg(unix)]
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    // What lies there may be open to others: a file of our own takes its place.
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(not(unix))]
fn write_private(_: &Path, _: &str) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_only_the_whole_token_counts() {
        let (one, other) = (Token::random().unwrap(), Token::random().unwrap());
        assert_ne!(one, other);
        assert!(one.is(one.text()) && !one.is(other.text()) && !one.is("") && !one.is(&one.text()[..31]));
        assert_eq!(format!("{one:?}"), "Token(…)");
    }

    #[cfg(unix)]
    #[test]
    fn a_token_is_kept_only_where_nobody_else_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("review.jsonl");
        let first = Token::kept_beside(&path).unwrap();
        assert_eq!(Token::kept_beside(&path).unwrap(), first);
        let file = folder.path().join("review.jsonl.token");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert_ne!(Token::kept_beside(&path).unwrap(), first);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
