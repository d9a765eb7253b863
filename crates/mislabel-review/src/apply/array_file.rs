//! Labels in an array of a file: changed where they stand.

use mislabel_core::Labels;

use crate::apply::corrections::Corrections;
use crate::apply::rewrite::LabelRewrite;
use crate::apply::spelling::Spelling;
use crate::error::{Error, Result};

/// A vector of labels in bytes.
pub(crate) struct LabelArray {
    /// Where the first element begins.
    pub(crate) start: usize,
    pub(crate) element: Element,
    pub(crate) big_endian: bool,
    /// The number of elements.
    pub(crate) length: usize,
}

/// The type of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    /// Integers of so many bytes.
    Signed(usize),
    Unsigned(usize),
    /// Floats of 4 or 8 bytes that are whole.
    Float(usize),
    /// Characters of 4 bytes, padded by zeros to so many bytes.
    Text(usize),
    /// UTF-8, padded by zeros to so many bytes.
    Bytes(usize),
}

impl Element {
    fn size(self) -> usize {
        match self {
            Self::Signed(size) | Self::Unsigned(size) | Self::Float(size) | Self::Text(size) | Self::Bytes(size) => {
                size
            }
        }
    }
}

impl LabelArray {
    /// Changes the labels of the array in `bytes`.
    pub(crate) fn correct(
        &self,
        file: &LabelRewrite<'_>,
        mut bytes: Vec<u8>,
        given: &Labels,
        corrections: &Corrections,
    ) -> Result<Vec<u8>> {
        let size = self.element.size();
        if self.length != given.len() {
            let problem = format!("the array has {} labels, and {} were reviewed", self.length, given.len());
            return Err(Error::labels(file.path, problem));
        }
        if bytes.len() < self.start + size * self.length {
            return Err(Error::labels(file.path, "the file is shorter than its header says"));
        }
        let place = |row: usize| self.start + row * size..self.start + (row + 1) * size;
        let texts: Vec<String> = (0..self.length).map(|row| self.text(&bytes[place(row)])).collect();
        let spelling = Spelling::of(texts.iter().map(String::as_str), given);
        for (row, text) in texts.iter().enumerate() {
            spelling.check(file.path, row, text, given)?;
        }
        for (&row, correction) in &corrections.labels {
            let text = spelling.text(correction.to, &texts[row], given);
            let problem = || {
                format!(
                    "row {row}: {text:?} does not fit an element of {size} bytes: convert the labels to .csv or .txt"
                )
            };
            let element = self.bytes(&text).ok_or_else(|| Error::labels(file.path, problem()))?;
            bytes[place(row)].copy_from_slice(&element);
        }
        Ok(bytes)
    }

    /// The label that `element` is, as text.
    fn text(&self, element: &[u8]) -> String {
        let mut little = element.to_vec();
        match self.element {
            Element::Bytes(_) => String::from_utf8_lossy(element).trim_end_matches('\0').to_owned(),
            Element::Text(_) => {
                let characters = element.chunks_exact(4).map(|four| {
                    let four = four.try_into().expect("chunks of four bytes");
                    if self.big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
                });
                let text: String = characters.map(|code| char::from_u32(code).unwrap_or('\u{fffd}')).collect();
                text.trim_end_matches('\0').to_owned()
            }
            kind => {
                if self.big_endian {
                    little.reverse();
                }
                number(kind, &little)
            }
        }
    }

    /// `text` as an element, if it fits.
    fn bytes(&self, text: &str) -> Option<Vec<u8>> {
        let size = self.element.size();
        let mut bytes = match self.element {
            Element::Bytes(_) => text.as_bytes().to_vec(),
            Element::Text(_) => {
                text.chars().flat_map(|character| self.ordered(u32::from(character).to_le_bytes())).collect()
            }
            Element::Float(4) => self.ordered(text.parse::<f32>().ok()?.to_le_bytes()),
            Element::Float(_) => self.ordered(text.parse::<f64>().ok()?.to_le_bytes()),
            kind @ (Element::Signed(_) | Element::Unsigned(_)) => {
                let value: i64 = text.parse().ok()?;
                let bits = 8 * size as u32 - u32::from(matches!(kind, Element::Signed(_)));
                if bits < 63 && value >> bits != 0 {
                    return None;
                }
                let mut bytes = value.to_le_bytes()[..size].to_vec();
                if self.big_endian {
                    bytes.reverse();
                }
                bytes
            }
        };
        let fits = bytes.len() <= size;
        bytes.resize(size, 0);
        fits.then_some(bytes)
    }

    fn ordered<const N: usize>(&self, mut little: [u8; N]) -> Vec<u8> {
        if self.big_endian {
            little.reverse();
        }
        little.to_vec()
    }
}

/// A number of little-endian bytes, as text.
fn number(kind: Element, little: &[u8]) -> String {
    let mut eight = [0; 8];
    eight[..little.len()].copy_from_slice(little);
    match kind {
        Element::Float(4) => f32::from_le_bytes([little[0], little[1], little[2], little[3]]).to_string(),
        Element::Float(_) => f64::from_le_bytes(eight).to_string(),
        Element::Signed(size) if little[size - 1] >> 7 == 1 => {
            eight[size..].fill(0xff);
            i64::from_le_bytes(eight).to_string()
        }
        _ => u64::from_le_bytes(eight).to_string(),
    }
}
