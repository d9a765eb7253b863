//! Objects that end with the SHA-256 of what is before it, so that a damaged one is told from a whole one.

use sha2::{Digest, Sha256};

use crate::{Error, Result};

const SEAL: usize = 32;

/// The bytes with their seal.
pub(crate) fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let digest = Sha256::digest(&bytes);
    bytes.extend_from_slice(&digest);
    bytes
}

/// The seal of sealed bytes, in hexadecimal.
pub(crate) fn seal(sealed: &[u8]) -> String {
    sealed[sealed.len().saturating_sub(SEAL)..].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes without the seal.
pub(crate) fn unsealed<'a>(sealed: &'a [u8], location: &str) -> Result<&'a [u8]> {
    let split = sealed.len().checked_sub(SEAL).map(|end| sealed.split_at(end));
    match split {
        Some((bytes, seal)) if Sha256::digest(bytes).as_slice() == seal => Ok(bytes),
        _ => Err(Error::Damaged(format!("{location} is damaged or cut short: its seal is not that of its content"))),
    }
}
