//! Tokenizers of all kinds, by the crate `tokenizers`.

use tokenizers::Tokenizer;

/// A tokenizer that is not WordPiece: byte pairs, unigrams.
#[derive(Debug)]
pub(crate) struct Library {
    tokenizer: Tokenizer,
    /// Tokens that are put around a text.
    around: usize,
}

impl Library {
    /// The tokenizer in `text`, a `tokenizer.json`; without its padding and its limit.
    ///
    /// # Errors
    /// What the library says.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let mut tokenizer = Tokenizer::from_bytes(text).map_err(|error| error.to_string())?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|error| error.to_string())?;
        let around = tokenizer.get_post_processor().map_or(0, |processor| {
            use tokenizers::PostProcessor as _;
            processor.added_tokens(false)
        });
        Ok(Self { tokenizer, around })
    }

    /// The tokens of `text`, `most` at most, and whether there were more.
    ///
    /// # Errors
    /// What the library says.
    pub(crate) fn tokens(&self, text: &str, most: usize) -> Result<(Vec<u32>, bool), String> {
        let mut encoding = self.tokenizer.encode_fast(text, false).map_err(|error| error.to_string())?;
        let room = most.saturating_sub(self.around);
        let is_cut = encoding.get_ids().len() > room;
        if is_cut {
            encoding.truncate(room, 0, tokenizers::TruncationDirection::Right);
        }
        let whole = self.tokenizer.post_process(encoding, None, true).map_err(|error| error.to_string())?;
        Ok((whole.get_ids().to_vec(), is_cut))
    }
}
