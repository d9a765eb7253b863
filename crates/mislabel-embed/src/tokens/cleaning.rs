//! Texts made even before they are cut, as BERT does it.

use unicode_categories::UnicodeCategories as _;
use unicode_normalization::UnicodeNormalization as _;

/// How texts are made even: the `BertNormalizer` of `tokenizer.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cleaning {
    /// Drop control characters, and make every blank a space.
    pub(crate) clean_text: bool,
    /// Put spaces around Chinese characters.
    pub(crate) split_chinese: bool,
    /// Drop accents.
    pub(crate) strip_accents: bool,
    pub(crate) lower_case: bool,
}

impl Cleaning {
    /// That of models whose vocabulary is a list of words: accents go where capitals do.
    pub(crate) fn of_bert(lower_case: bool) -> Self {
        Self { clean_text: true, split_chinese: true, strip_accents: lower_case, lower_case }
    }

    /// `text` made even.
    pub(crate) fn cleaned(self, text: &str) -> String {
        let mut text = text.to_owned();
        if self.clean_text {
            text =
                text.chars().filter(|one| !is_dropped(*one)).map(|one| if is_blank(one) { ' ' } else { one }).collect();
        }
        if self.split_chinese {
            text = text.chars().fold(String::with_capacity(text.len()), spaced);
        }
        if self.strip_accents {
            text = text.nfd().filter(|one| !one.is_mark_nonspacing()).collect();
        }
        if self.lower_case {
            text = text.chars().flat_map(char::to_lowercase).collect();
        }
        text
    }
}

fn spaced(mut text: String, one: char) -> String {
    match is_chinese(one) {
        true => text.extend([' ', one, ' ']),
        false => text.push(one),
    }
    text
}

fn is_blank(one: char) -> bool {
    matches!(one, '\t' | '\n' | '\r') || one.is_whitespace()
}

fn is_dropped(one: char) -> bool {
    let is_control = !matches!(one, '\t' | '\n' | '\r') && one.is_other();
    is_control || matches!(one, '\0' | '\u{fffd}')
}

/// Whether BERT takes a character for a word of its own: ideographs, not kana or hangul.
fn is_chinese(one: char) -> bool {
    matches!(
        u32::from(one),
        0x4e00..=0x9fff
            | 0x3400..=0x4dbf
            | 0x20000..=0x2a6df
            | 0x2a700..=0x2b73f
            | 0x2b740..=0x2b81f
            | 0x2b920..=0x2ceaf
            | 0xf900..=0xfaff
            | 0x2f800..=0x2fa1f
    )
}

/// The words of `text`: parts between blanks; every punctuation mark is one.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(char::is_whitespace).flat_map(|part| part.split_inclusive(is_punctuation).flat_map(before_and_mark))
}

/// A part that may end with a punctuation mark as what comes before it, and the mark.
fn before_and_mark(part: &str) -> impl Iterator<Item = &str> {
    let mark = part.chars().next_back().filter(|last| is_punctuation(*last)).map_or(0, char::len_utf8);
    let (before, mark) = part.split_at(part.len() - mark);
    [before, mark].into_iter().filter(|word| !word.is_empty())
}

fn is_punctuation(one: char) -> bool {
    one.is_ascii_punctuation() || one.is_punctuation()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_made_even_as_bert_does_it() {
        let cleaned = |text: &str| Cleaning::of_bert(true).cleaned(text);
        assert_eq!(cleaned("Ünï\tCÖDE\u{0}\u{200b}\u{fffd}\n"), "uni code ");
        assert_eq!(cleaned("a日本b"), "a 日  本 b");
        assert_eq!(Cleaning::of_bert(false).cleaned("Ü A"), "Ü A");
    }

    #[test]
    fn every_punctuation_mark_is_a_word() {
        let words: Vec<&str> = words("Hey friend!     How are you?!? «a—b» $5").collect();
        let expected = ["Hey", "friend", "!", "How", "are", "you", "?", "!", "?", "«", "a", "—", "b", "»", "$", "5"];
        assert_eq!(words, expected);
    }
}
