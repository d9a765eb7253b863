//! Texts to tokens.

pub(crate) mod cleaning;
pub(crate) mod specials;
pub(crate) mod tokenizer;
pub(crate) mod tokenizer_json;
pub(crate) mod vocabulary;
pub(crate) mod word_piece;
