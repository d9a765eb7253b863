//! The tokenizer beside a model.

use std::path::Path;

use crate::error::{Error, Result};
use crate::tokens::cleaning::Cleaning;
use crate::tokens::specials::{Special, Specials};
use crate::tokens::tokenizer_json::{kind, word_piece};
use crate::tokens::vocabulary::Vocabulary;
use crate::tokens::word_piece::WordPiece;

/// Tokens of BERT that texts may hold by name.
const NAMED: [&str; 5] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
/// Characters of a word at most: the default of BERT.
const LONGEST_WORD: usize = 100;

/// The tokenizer in `tokenizer.json` at `path`, which holds `text`.
///
/// # Errors
/// [`Error::Model`] for a file that is not understood, or of another kind.
pub(crate) fn of_json(path: &Path, text: &str) -> Result<WordPiece> {
    let found = kind(text).and_then(|kind| match kind.as_str() {
        "WordPiece" => word_piece(text),
        _ => Err(format!("its model is {kind}, and only WordPiece is read here")),
    });
    found.map_err(|problem| Error::Model { path: path.into(), problem })
}

/// BERT's tokenizer with the pieces in `vocab.txt` at `path`, which holds `text`.
///
/// # Errors
/// [`Error::Model`] for a vocabulary without BERT's tokens.
pub(crate) fn of_lines(path: &Path, text: &str, lower_case: bool) -> Result<WordPiece> {
    let vocabulary = Vocabulary::of_lines(text);
    let number = |name: &str| {
        let missing = || Error::Model { path: path.into(), problem: format!("no line of it is {name}") };
        vocabulary.number(name).ok_or_else(missing)
    };
    let special = |name: &str| {
        let number = vocabulary.number(name)?;
        Some(Special { name: name.into(), number, takes_before: false, takes_after: false })
    };
    Ok(WordPiece {
        cleaning: Cleaning::of_bert(lower_case),
        specials: Specials(NAMED.into_iter().filter_map(special).collect()),
        unknown: number("[UNK]")?,
        prefix: "##".into(),
        longest_word: LONGEST_WORD,
        before: vec![number("[CLS]")?],
        after: vec![number("[SEP]")?],
        vocabulary,
    })
}
