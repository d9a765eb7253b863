//! A text with pieces replaced.

use std::ops::Range;

/// Pieces of a text that others take the place of, in order, none within another.
#[derive(Debug, Default)]
pub(crate) struct Splices(Vec<(Range<usize>, String)>);

impl Splices {
    /// Puts `text` in the place of the bytes `range`, which begin where the last ones ended or later.
    pub(crate) fn replace(&mut self, range: Range<usize>, text: String) {
        self.0.push((range, text));
    }

    /// `text` with all pieces replaced.
    pub(crate) fn applied(&self, text: &str) -> String {
        let mut written = String::with_capacity(text.len());
        let mut place = 0;
        for (range, piece) in &self.0 {
            written.push_str(&text[place..range.start]);
            written.push_str(piece);
            place = range.end;
        }
        written.push_str(&text[place..]);
        written
    }
}
