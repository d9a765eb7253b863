//! The bytes of a part of a checkpoint in its file.

use twox_hash::XxHash3_128;

/// What every part's file begins with; the digit is the version of this layout.
const MAGIC: &[u8; 8] = b"mislbl01";

/// Bytes of the hash that ends a part.
const HASH: usize = 16;

/// `name` and `content` of a part of the work whose fingerprint has `digest`: magic, length of the name, name, content, and
/// a hash of all that and of the digest.
pub(crate) fn sealed(digest: u128, name: &str, content: &[u8]) -> Vec<u8> {
    let length = (name.len() as u64).to_le_bytes();
    let mut bytes = [MAGIC.as_slice(), &length, name.as_bytes(), content].concat();
    let hash = seal(digest, &bytes);
    bytes.extend(hash);
    bytes
}

/// The content of the part called `name` that [`sealed`] made; `None` if anything differs.
pub(crate) fn unsealed(digest: u128, name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let (head, hash) = bytes.split_at_checked(bytes.len().checked_sub(HASH)?)?;
    if hash != seal(digest, head) {
        return None;
    }
    let rest = head.strip_prefix(MAGIC)?.strip_prefix(&(name.len() as u64).to_le_bytes())?;
    rest.strip_prefix(name.as_bytes()).map(<[u8]>::to_vec)
}

/// The name of the file of the part called `name`.
pub(crate) fn file_name(name: &str) -> String {
    format!("{:032x}.part", XxHash3_128::oneshot(name.as_bytes()))
}

fn seal(digest: u128, bytes: &[u8]) -> [u8; HASH] {
    let mut hasher = XxHash3_128::new();
    hasher.write(&digest.to_le_bytes());
    hasher.write(bytes);
    hasher.finish_128().to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::{sealed, unsealed};

    #[test]
    fn a_part_comes_back_only_whole_and_under_its_own_name_and_work() {
        let bytes = sealed(7, "class 1", b"content");
        assert_eq!(unsealed(7, "class 1", &bytes).as_deref(), Some(b"content".as_slice()));
        assert_eq!(unsealed(8, "class 1", &bytes), None);
        assert_eq!(unsealed(7, "class 2", &bytes), None);
        for place in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[place] ^= 1;
            assert_eq!(unsealed(7, "class 1", &flipped), None, "byte {place}");
            assert_eq!(unsealed(7, "class 1", &bytes[..place]), None, "cut at {place}");
        }
    }
}
