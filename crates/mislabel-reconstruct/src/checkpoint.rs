//! Finished parts of a run as bytes, for a checkpoint.

use mislabel_core::{Result, Run};

/// What the checkpoint holds under `name`, or what `compute` gives, which is then kept. Where `part` is `None` nothing
/// is. Bytes that say nothing, of another version say, count as absent.
pub(crate) fn kept_or<T>(
    run: &Run<'_>,
    part: Option<String>,
    decode: impl Fn(&[u8]) -> Option<T>,
    encode: impl Fn(&T) -> Vec<u8>,
    compute: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let Some(part) = part.filter(|_| run.keeps_parts()) else { return compute() };
    if let Some(known) = run.load(&part)?.and_then(|bytes| decode(&bytes)) {
        return Ok(known);
    }
    let value = compute()?;
    run.store(&part, &encode(&value))?;
    Ok(value)
}

/// One byte a sample.
pub(crate) fn flag_bytes(flags: &[bool]) -> Vec<u8> {
    flags.iter().map(|flag| u8::from(*flag)).collect()
}

/// The flags of `rows` samples.
pub(crate) fn flags(bytes: &[u8], rows: usize) -> Option<Vec<bool>> {
    (bytes.len() == rows && bytes.iter().all(|byte| *byte < 2)).then(|| bytes.iter().map(|byte| *byte == 1).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_read_back_and_other_bytes_are_refused() {
        assert_eq!(flags(&flag_bytes(&[true, false]), 2), Some(vec![true, false]));
        assert!(flags(&[1, 2], 2).is_none() && flags(&[1], 2).is_none());
    }
}
