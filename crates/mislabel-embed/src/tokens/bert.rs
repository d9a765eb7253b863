//! BERT's tokenizer from a `vocab.txt`: a piece a line, numbered from 0.

use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::bert::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::processors::bert::BertProcessing;
use tokenizers::{AddedToken, Tokenizer};

/// What stands for a word that cannot be cut.
const UNKNOWN: &str = "[UNK]";
/// The token before a text, and the one after it.
const AROUND: [&str; 2] = ["[CLS]", "[SEP]"];
/// Tokens that texts may hold by name.
const NAMED: [&str; 5] = ["[PAD]", UNKNOWN, AROUND[0], AROUND[1], "[MASK]"];

/// BERT's tokenizer with the pieces that are the lines of `text`.
///
/// # Errors
/// A token of BERT that no line is.
pub(crate) fn of_lines(text: &str, lower_case: bool) -> Result<Tokenizer, String> {
    let numbers = WordPiece::read_bytes(text.as_bytes()).map_err(|error| error.to_string())?;
    let token = |name: &str| {
        let number = numbers.get(name).copied().ok_or_else(|| format!("no line of it is {name}"))?;
        Ok::<_, String>((name.to_owned(), number))
    };
    let (unknown, _) = token(UNKNOWN)?;
    let (before, after) = (token(AROUND[0])?, token(AROUND[1])?);
    let named: Vec<AddedToken> =
        NAMED.into_iter().filter(|name| numbers.contains_key(*name)).map(|name| AddedToken::from(name, true)).collect();
    let model = WordPiece::builder().vocab(numbers).unk_token(unknown).build().map_err(|error| error.to_string())?;
    let mut tokenizer = Tokenizer::new(model);
    // Accents go where capitals do.
    let normalizer = BertNormalizer::new(true, true, None, lower_case);
    tokenizer.with_normalizer(Some(normalizer)).map_err(|error| error.to_string())?;
    tokenizer.with_pre_tokenizer(Some(BertPreTokenizer)).with_post_processor(Some(BertProcessing::new(after, before)));
    tokenizer.add_special_tokens(named).map_err(|error| error.to_string())?;
    Ok(tokenizer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<u32> {
        let vocabulary = "[UNK]\n[CLS]\n[SEP]\nun\n##aff\n##able\n##a\nhello\n!";
        of_lines(vocabulary, true).unwrap().encode(text, true).unwrap().get_ids().to_vec()
    }

    #[test]
    fn words_are_cut_into_the_longest_pieces() {
        assert_eq!(tokens("Unaffable, hello!"), [1, 3, 4, 5, 0, 7, 8, 2]);
        assert_eq!(tokens("unknown hello"), [1, 0, 7, 2], "no half of a word");
        assert_eq!(tokens("Héllo [SEP]"), [1, 7, 2, 2]);
        assert_eq!(tokens(&"una".repeat(40)), [1, 0, 2], "more than a hundred characters");
        assert_eq!(tokens(""), [1, 2]);
    }

    #[test]
    fn a_vocabulary_without_the_tokens_of_bert_is_refused() {
        assert_eq!(of_lines("[UNK]\n[CLS]\na", true).unwrap_err(), "no line of it is [SEP]");
    }
}
