//! Texts to tokens.

pub(crate) mod bert;
pub(crate) mod tokenizer;
