//! The tokenizer beside a model.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use serde_json::Value;
use tokenizers::{ModelWrapper, PostProcessor as _, TruncationDirection, TruncationParams};

use crate::error::{Error, Result};
use crate::panics::said;
use crate::preset::values::TextSide;
use crate::tokens::bert;

/// The library, with the part of its version that may change tokens.
pub(crate) const LIBRARY: &str = "tokenizers 0.23";

/// A tokenizer of Hugging Face's library: word pieces, byte pairs, unigrams, or whole words.
#[derive(Debug)]
pub(crate) struct Tokenizer(tokenizers::Tokenizer);

impl Tokenizer {
    /// The one in `tokenizer.json` at `path`, which holds `text`.
    ///
    /// # Errors
    /// [`Error::Model`] for a file that is not understood.
    pub(crate) fn of_json(path: &Path, text: &str) -> Result<Self> {
        // All that the library could leave in disorder is dropped with it.
        let read = caught(|| tokenizers::Tokenizer::from_bytes(text).map_err(|error| error.to_string()));
        read.map(Self).map_err(|problem| refused(path, format!("{LIBRARY} cannot read it: {problem}")))
    }

    /// BERT's, with the pieces in `vocab.txt` at `path`, which holds `text`.
    ///
    /// # Errors
    /// [`Error::Model`] for a vocabulary without BERT's tokens.
    pub(crate) fn of_lines(path: &Path, text: &str, lower_case: bool) -> Result<Self> {
        let read = caught(|| bert::of_lines(text, lower_case));
        read.map(Self).map_err(|problem| refused(path, problem))
    }

    /// What its model is called.
    pub(crate) fn kind(&self) -> &'static str {
        match self.0.get_model() {
            ModelWrapper::BPE(_) => "byte pairs",
            ModelWrapper::WordPiece(_) => "WordPiece",
            ModelWrapper::WordLevel(_) => "whole words",
            ModelWrapper::Unigram(_) => "unigrams",
        }
    }

    /// Tokens that stand around every text.
    pub(crate) fn around(&self) -> usize {
        self.0.get_post_processor().map_or(0, |processor| processor.added_tokens(false))
    }

    /// Itself, for texts of `most` tokens at most, those around a text among them. Nothing is padded.
    ///
    /// # Errors
    /// Where there is no room for a token of a text.
    pub(crate) fn limited(mut self, most: usize, cut: TextSide) -> Result<Self, String> {
        let fewest = self.around() + 1;
        if most < fewest {
            return Err(format!("expected {fewest} or more"));
        }
        let direction = match cut {
            TextSide::Left => TruncationDirection::Left,
            TextSide::Right => TruncationDirection::Right,
        };
        let limit = TruncationParams { max_length: most, direction, ..TruncationParams::default() };
        self.0.with_truncation(Some(limit)).map_err(|error| error.to_string())?;
        self.0.with_padding(None);
        Ok(self)
    }

    /// The tokens of `text`, and whether there were more.
    ///
    /// # Errors
    /// What the library says.
    pub(crate) fn tokens(&self, text: &str) -> Result<(Vec<u32>, bool), String> {
        let encoding = caught(|| self.0.encode_fast(text, true).map_err(|error| error.to_string()))?;
        Ok((encoding.get_ids().to_vec(), !encoding.get_overflowing().is_empty()))
    }
}

fn refused(path: &Path, problem: String) -> Error {
    Error::Model { path: path.into(), problem }
}

/// What `work` gives; what stops it is an error.
fn caught<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(format!("it stopped: {}", said(&*panic))))
}

/// Where the file itself cuts texts: how long they may be, and which side is cut off.
pub(crate) fn truncation(text: &str) -> (Option<usize>, Option<TextSide>) {
    let file: Value = serde_json::from_str(text).unwrap_or_default();
    let said = &file["truncation"];
    let most = said["max_length"].as_u64().and_then(|most| usize::try_from(most).ok());
    (most, said["direction"].as_str().and_then(TextSide::of_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bert() -> Tokenizer {
        let vocabulary = "[UNK]\n[CLS]\n[SEP]\na\nb\nc";
        Tokenizer::of_lines(Path::new("vocab.txt"), vocabulary, true).unwrap()
    }

    #[test]
    fn long_texts_are_cut_on_either_side_and_keep_the_tokens_around_them() {
        let right = bert().limited(4, TextSide::Right).unwrap();
        assert_eq!(right.tokens("a b c").unwrap(), (vec![1, 3, 4, 2], true));
        assert_eq!(right.tokens("a b").unwrap(), (vec![1, 3, 4, 2], false));
        assert_eq!(right.tokens("").unwrap(), (vec![1, 2], false));
        let left = bert().limited(4, TextSide::Left).unwrap();
        assert_eq!(left.tokens("a b c").unwrap(), (vec![1, 4, 5, 2], true));
    }

    #[test]
    fn a_limit_without_room_is_refused() {
        assert_eq!(bert().limited(2, TextSide::Right).unwrap_err(), "expected 3 or more");
        assert!(bert().limited(3, TextSide::Right).is_ok());
    }

    #[test]
    fn a_file_that_is_none_is_refused_with_its_name() {
        for text in ["", "{", "[]", r#"{"model": {}}"#] {
            let message = Tokenizer::of_json(Path::new("t.json"), text).unwrap_err().to_string();
            assert!(message.starts_with("t.json: tokenizers 0.23 cannot read it: "), "{message}");
        }
    }

    #[test]
    fn the_limit_of_the_file_is_known() {
        let text = r#"{"truncation": {"max_length": 10, "direction": "Left"}}"#;
        assert_eq!(truncation(text), (Some(10), Some(TextSide::Left)));
        assert_eq!(truncation(r#"{"truncation": null}"#), (None, None));
        assert_eq!(truncation("no JSON"), (None, None));
    }
}
