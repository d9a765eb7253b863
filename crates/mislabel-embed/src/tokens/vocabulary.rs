//! Pieces of words with their numbers.

use std::collections::HashMap;

/// Pieces of words with their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Vocabulary(HashMap<String, u32>);

impl Vocabulary {
    /// That of `vocab.txt`: a piece a line, numbered from 0.
    pub(crate) fn of_lines(text: &str) -> Self {
        (0..).zip(text.lines()).map(|(number, line)| (line.trim_end().to_owned(), number)).collect()
    }

    pub(crate) fn number(&self, piece: &str) -> Option<u32> {
        self.0.get(piece).copied()
    }
}

impl FromIterator<(String, u32)> for Vocabulary {
    fn from_iter<I: IntoIterator<Item = (String, u32)>>(pieces: I) -> Self {
        Self(pieces.into_iter().collect())
    }
}
