//! Words cut into the longest pieces that a vocabulary has.

use crate::tokens::cleaning::{Cleaning, words};
use crate::tokens::specials::{Part, Specials};
use crate::tokens::vocabulary::Vocabulary;

/// The tokenizer of BERT and its kin, after Schuster and Nakajima, "Japanese and Korean voice search" (2012), as Hugging Face's
/// `tokenizers` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WordPiece {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) cleaning: Cleaning,
    /// Tokens that texts may hold by name.
    pub(crate) specials: Specials,
    /// What stands for a word that cannot be cut.
    pub(crate) unknown: u32,
    /// What a piece that does not begin a word begins with.
    pub(crate) prefix: String,
    /// Words of more characters are unknown.
    pub(crate) longest_word: usize,
    /// Tokens before a text.
    pub(crate) before: Vec<u32>,
    /// Tokens after it.
    pub(crate) after: Vec<u32>,
}

impl WordPiece {
    /// The tokens of `text`, `most` at most, and whether there were more. O(length · longest piece).
    pub(crate) fn tokens(&self, text: &str, most: usize) -> (Vec<u32>, bool) {
        let room = most.saturating_sub(self.before.len() + self.after.len());
        let mut own = Vec::new();
        for part in self.specials.parts(text) {
            match part {
                Part::Special(number) => own.push(number),
                Part::Text(text) => {
                    words(&self.cleaning.cleaned(text)).for_each(|word| self.pieces(word, &mut own));
                }
            }
        }
        let is_cut = own.len() > room;
        own.truncate(room);
        ([&*self.before, &*own, &*self.after].concat(), is_cut)
    }

    /// Adds the pieces of `word`; where it cannot be cut, the unknown token.
    fn pieces(&self, word: &str, tokens: &mut Vec<u32>) {
        let start = tokens.len();
        let mut rest = word;
        while !rest.is_empty() && word.chars().count() <= self.longest_word {
            let is_first = rest.len() == word.len();
            let Some((number, length)) = self.longest(rest, is_first) else { break };
            tokens.push(number);
            rest = &rest[length..];
        }
        if !rest.is_empty() {
            tokens.truncate(start);
            tokens.push(self.unknown);
        }
    }

    /// The longest piece that `rest` begins with, and its length in bytes.
    fn longest(&self, rest: &str, is_first: bool) -> Option<(u32, usize)> {
        let piece = if is_first { rest.to_owned() } else { format!("{}{rest}", self.prefix) };
        let skipped = piece.len() - rest.len();
        let ends = rest.char_indices().rev().map(|(at, one)| at + one.len_utf8());
        ends.filter_map(|end| Some((self.vocabulary.number(&piece[..skipped + end])?, end))).next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokenizer() -> WordPiece {
        WordPiece {
            vocabulary: Vocabulary::of_lines("[UNK]\n[CLS]\n[SEP]\nun\n##aff\n##able\n##a\nhello\n!"),
            cleaning: Cleaning::of_bert(true),
            specials: Specials::default(),
            unknown: 0,
            prefix: "##".into(),
            longest_word: 100,
            before: vec![1],
            after: vec![2],
        }
    }

    #[test]
    fn words_are_cut_into_the_longest_pieces() {
        assert_eq!(tokenizer().tokens("Unaffable, hello!", 10), (vec![1, 3, 4, 5, 0, 7, 8, 2], false));
        assert_eq!(tokenizer().tokens("unknown hello", 10), (vec![1, 0, 7, 2], false), "no half of a word");
        assert_eq!(tokenizer().tokens("", 10), (vec![1, 2], false));
    }

    #[test]
    fn long_texts_are_cut_and_long_words_unknown() {
        assert_eq!(tokenizer().tokens("hello hello hello", 4), (vec![1, 7, 7, 2], true));
        assert_eq!(tokenizer().tokens("hello hello", 4), (vec![1, 7, 7, 2], false));
        assert_eq!(tokenizer().tokens(&"una".repeat(40), 10).0, [1, 0, 2]);
        assert_eq!(tokenizer().tokens("hello", 1), (vec![1, 2], true));
    }
}
