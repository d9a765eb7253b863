//! Fitted models as bytes: a mark of eight bytes, then numbers one after another, little endian. What is read is held against the
//! bytes that are left before anything is allocated.
//!
//! ```
//! use mislabel_core::stored::{Reader, Writer};
//!
//! let mut out = Writer::new(b"A MODEL1");
//! out.count(2).doubles([0.5, 1.5]);
//! let bytes = out.bytes();
//!
//! let mut input = Reader::new(b"A MODEL1", "a model", &bytes)?;
//! let n = input.count()?;
//! assert_eq!(input.doubles(n as usize)?, [0.5, 1.5]);
//! input.end()?;
//! assert!(Reader::new(b"A MODEL2", "a model", &bytes).is_err());
//! # Ok::<(), mislabel_core::Error>(())
//! ```

use crate::error::{Error, Result};

/// Bytes that grow.
#[derive(Clone, Debug)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// Begins with the mark of what is stored and of its layout.
    pub fn new(mark: &[u8; 8]) -> Self {
        Self(mark.to_vec())
    }

    /// A number of things, in 64 bits.
    pub fn count(&mut self, count: u64) -> &mut Self {
        self.0.extend(count.to_le_bytes());
        self
    }

    /// Numbers in 64 bits each.
    pub fn doubles(&mut self, values: impl IntoIterator<Item = f64>) -> &mut Self {
        values.into_iter().for_each(|value| self.0.extend(value.to_le_bytes()));
        self
    }

    /// Numbers in 32 bits each.
    pub fn floats(&mut self, values: &[f32]) -> &mut Self {
        values.iter().for_each(|value| self.0.extend(value.to_le_bytes()));
        self
    }

    /// All of it.
    pub fn bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Bytes that are read from the front.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    what: &'static str,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Of `bytes` that begin with this mark; errors call them `what`.
    ///
    /// # Errors
    /// [`Error::Source`] where they begin otherwise.
    pub fn new(mark: &[u8; 8], what: &'static str, bytes: &'a [u8]) -> Result<Self> {
        match bytes.strip_prefix(mark) {
            Some(rest) => Ok(Self { what, rest }),
            None => Err(Error::other(format!("these bytes are not {what}: another mark stands at their head"))),
        }
    }

    /// A number of things.
    ///
    /// # Errors
    /// [`Error::Source`] where the bytes end.
    pub fn count(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.words(1)?[0]))
    }

    /// So many numbers of 64 bits.
    ///
    /// # Errors
    /// [`Error::Source`] where the bytes end, or one is not finite.
    pub fn doubles(&mut self, count: usize) -> Result<Vec<f64>> {
        let values: Vec<f64> = self.words(count)?.iter().map(|word| f64::from_le_bytes(*word)).collect();
        self.finite(values, |value| value.is_finite())
    }

    /// So many numbers of 32 bits.
    ///
    /// # Errors
    /// As [`doubles`](Self::doubles).
    pub fn floats(&mut self, count: usize) -> Result<Vec<f32>> {
        let values: Vec<f32> = self.words(count)?.iter().map(|word| f32::from_le_bytes(*word)).collect();
        self.finite(values, |value| value.is_finite())
    }

    /// Makes sure that nothing is left.
    ///
    /// # Errors
    /// [`Error::Source`] where something is.
    pub fn end(self) -> Result<()> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.damaged("bytes are left over")) }
    }

    fn words<const N: usize>(&mut self, count: usize) -> Result<&'a [[u8; N]]> {
        let taken = count.checked_mul(N).and_then(|bytes| self.rest.split_at_checked(bytes));
        let (words, rest) = taken.ok_or_else(|| self.damaged("it is cut short"))?;
        self.rest = rest;
        Ok(words.as_chunks().0)
    }

    fn finite<T>(&self, values: Vec<T>, finite: impl Fn(&T) -> bool) -> Result<Vec<T>> {
        if values.iter().all(finite) { Ok(values) } else { Err(self.damaged("a value is not finite")) }
    }

    fn damaged(&self, how: &str) -> Error {
        Error::other(format!("{} is damaged: {how}", self.what))
    }
}
