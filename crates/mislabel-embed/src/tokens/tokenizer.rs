//! The tokenizer beside a model.

use std::path::Path;

use crate::error::{Error, Result};
use crate::tokens::cleaning::Cleaning;
#[cfg(feature = "tokenizers")]
use crate::tokens::library::Library;
use crate::tokens::specials::{Special, Specials};
use crate::tokens::tokenizer_json::{kind, word_piece};
use crate::tokens::vocabulary::Vocabulary;
use crate::tokens::word_piece::WordPiece;

/// Tokens of BERT that texts may hold by name.
const NAMED: [&str; 5] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
/// Characters of a word at most: the default of BERT.
const LONGEST_WORD: usize = 100;

/// A tokenizer of any kind.
#[derive(Debug)]
pub(crate) enum Tokenizer {
    WordPiece(Box<WordPiece>),
    #[cfg(feature = "tokenizers")]
    Library(Box<Library>),
}

impl Tokenizer {
    /// The one in `tokenizer.json` at `path`, which holds `text`.
    ///
    /// # Errors
    /// [`Error::Model`] for a file that is not understood.
    pub(crate) fn of_json(path: &Path, text: &str) -> Result<Self> {
        let refuse = |problem: String| Error::Model { path: path.into(), problem };
        let kind = kind(text).map_err(refuse)?;
        let found = match kind.as_str() {
            "WordPiece" => word_piece(text).map(|found| Self::WordPiece(Box::new(found))),
            _ => Err(format!("its model is {kind}, not WordPiece")),
        };
        #[cfg(feature = "tokenizers")]
        let found = found.or_else(|_| Library::new(text).map(|found| Self::Library(Box::new(found))));
        #[cfg(not(feature = "tokenizers"))]
        let found = found.map_err(|problem| format!("{problem}: this program reads such with the feature tokenizers"));
        found.map_err(refuse)
    }

    /// BERT's with the pieces in `vocab.txt` at `path`, which holds `text`.
    ///
    /// # Errors
    /// [`Error::Model`] for a vocabulary without BERT's tokens.
    pub(crate) fn of_lines(path: &Path, text: &str, lower_case: bool) -> Result<Self> {
        let vocabulary = Vocabulary::of_lines(text);
        let number = |name: &str| {
            let missing = || Error::Model { path: path.into(), problem: format!("no line of it is {name}") };
            vocabulary.number(name).ok_or_else(missing)
        };
        let special = |name: &str| {
            let number = vocabulary.number(name)?;
            Some(Special { name: name.into(), number, takes_before: false, takes_after: false })
        };
        Ok(Self::WordPiece(Box::new(WordPiece {
            cleaning: Cleaning::of_bert(lower_case),
            specials: Specials(NAMED.into_iter().filter_map(special).collect()),
            unknown: number("[UNK]")?,
            prefix: "##".into(),
            longest_word: LONGEST_WORD,
            before: vec![number("[CLS]")?],
            after: vec![number("[SEP]")?],
            vocabulary,
        })))
    }

    /// The tokens of `text`, `most` at most, and whether there were more.
    ///
    /// # Errors
    /// Why a tokenizer of another kind cannot cut the text.
    pub(crate) fn tokens(&self, text: &str, most: usize) -> Result<(Vec<u32>, bool), String> {
        match self {
            Self::WordPiece(tokenizer) => Ok(tokenizer.tokens(text, most)),
            #[cfg(feature = "tokenizers")]
            Self::Library(tokenizer) => tokenizer.tokens(text, most),
        }
    }

    /// What cuts, with the part of its version that may change tokens.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::WordPiece(_) => "WordPiece",
            #[cfg(feature = "tokenizers")]
            Self::Library(_) => "tokenizers 0.22",
        }
    }
}
