//! Paths of media: what is an address, and what stays below its folder.

use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result};

/// Whether `path` is an address such as `https://…` or `s3://…`.
pub(crate) fn is_address(path: &str) -> bool {
    path.split_once("://").is_some_and(|(scheme, _)| !scheme.is_empty() && scheme.bytes().all(is_scheme))
}

fn is_scheme(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

/// `path` relative to `root`, with forward slashes: an absolute path must lie below the root.
///
/// # Errors
/// [`Error::Escapes`] where the path leads out of the root.
pub(crate) fn relative(id: &str, path: &str, root: Option<&Path>) -> Result<String> {
    let refuse = || Error::Escapes { id: id.into(), path: path.into() };
    let below = match root {
        Some(root) if Path::new(path).is_absolute() => Path::new(path).strip_prefix(root).map_err(|_| refuse())?,
        _ => Path::new(path),
    };
    let mut parts = Vec::new();
    for part in below.components() {
        match part {
            Component::Normal(part) => parts.push(part.to_str().filter(|part| is_plain(part)).ok_or_else(refuse)?),
            Component::CurDir => {}
            _ => return Err(refuse()),
        }
    }
    if parts.is_empty() { Err(refuse()) } else { Ok(parts.join("/")) }
}

/// No other system reads the name as several, or as a drive.
fn is_plain(part: &str) -> bool {
    !part.contains(['\\', '\0']) && part.as_bytes().get(1) != Some(&b':')
}

/// Where a media file lies, for those who open it.
///
/// # Errors
/// [`Error::Escapes`] where the path, or a link on its way, leads out of the root; [`Error::Io`] where there is no file.
pub(crate) fn located(id: &str, path: &str, root: Option<&Path>) -> Result<PathBuf> {
    let root = root.unwrap_or(Path::new("."));
    let place = root.join(relative(id, path, Some(root))?);
    let [real, real_root] = [place.canonicalize(), root.canonicalize()];
    let (real, real_root) = (real.map_err(Error::io(&place))?, real_root.map_err(Error::io(root))?);
    if real.starts_with(real_root) { Ok(place) } else { Err(Error::Escapes { id: id.into(), path: path.into() }) }
}

/// `path` with every byte escaped that an address cannot have; slashes stay.
pub(crate) fn percent_encoded(path: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    path.bytes().map(encode).collect()
}

/// The path that `percent_encoded` was made of.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{is_address, percent_decoded, percent_encoded, relative};
    use std::path::Path;

    #[test]
    fn paths_stay_below_their_folder() {
        for path in ["../a.png", "a/../../b.png", "/etc/passwd", "a\\..\\b", "", ".", "C:x", "a\0b"] {
            assert!(relative("3", path, None).is_err(), "{path:?}");
        }
        assert_eq!(relative("3", "./a/b.png", None).unwrap(), "a/b.png");
        assert_eq!(relative("3", "/data/a/b.png", Some(Path::new("/data"))).unwrap(), "a/b.png");
        assert!(relative("3", "/data/../etc/b.png", Some(Path::new("/data"))).is_err());
    }

    #[test]
    fn addresses_are_told_from_paths() {
        assert!(is_address("https://x.org/a.png") && is_address("s3://bucket/a.png"));
        assert!(!is_address("a/b.png") && !is_address("://x") && !is_address("a b://c"));
    }

    #[test]
    fn percent_encoding_is_undone() {
        for path in ["a b/ü#?&.png", "100%.png", "plain.png"] {
            assert_eq!(percent_decoded(&percent_encoded(path)).as_deref(), Some(path));
        }
        assert_eq!(percent_decoded("a%4"), None);
    }
}
