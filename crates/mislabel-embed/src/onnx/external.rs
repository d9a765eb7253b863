//! Weights that lie beside a model.

use std::path::{Component, Path, PathBuf};

use memchr::memmem;

/// How an entry of external data names its file: the key `location`, then the tag of its value.
const LOCATION: &[u8] = b"\x0a\x08location\x12";

/// The files that the model with these `bytes`, in `folder`, has its weights in; found by the bytes before their names, so that
/// one or the other may be none. Files elsewhere are left out: the engine refuses them, and they are not looked at.
pub(crate) fn external_files(bytes: &[u8], folder: &Path) -> Vec<PathBuf> {
    let name = |at: usize| {
        let rest = bytes.get(at + LOCATION.len()..)?;
        let (length, rest) = rest.split_first()?;
        // Names of 128 bytes and more have a length of two bytes.
        let (length, rest) = match (*length, rest.split_first()) {
            (low @ 128.., Some((high, rest))) => (usize::from(low & 127) | usize::from(*high) << 7, rest),
            (length, _) => (usize::from(length), rest),
        };
        std::str::from_utf8(rest.get(..length)?).ok()
    };
    let mut names: Vec<&str> = memmem::find_iter(bytes, LOCATION).filter_map(name).collect();
    names.retain(|name| Path::new(name).components().all(|part| matches!(part, Component::Normal(_))));
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| folder.join(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_weights_are_found_once() {
        let long = "x".repeat(200);
        let mut bytes = b"??\x0a\x08location\x12\x06w.data..\x0a\x08location\x12\x06w.data".to_vec();
        bytes.extend(b"\x0a\x08location\x12\xc8\x01");
        bytes.extend(long.as_bytes());
        bytes.extend(b"\x0a\x08location\x12\x04/a/b\x0a\x08location\x12\x04../b\x0a\x08location\x12\x7fcut");
        let found = external_files(&bytes, Path::new("m"));
        assert_eq!(found, [Path::new("m/w.data").to_owned(), Path::new("m").join(long)]);
    }
}
