//! `tokenizer.json` of a WordPiece model.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use crate::tokens::cleaning::Cleaning;
use crate::tokens::specials::{Special, Specials};
use crate::tokens::vocabulary::Vocabulary;
use crate::tokens::word_piece::WordPiece;

/// The parts of the file that count here. `truncation` is a setting, `padding` is left alone: nothing is ever padded.
#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    added_tokens: Vec<Added>,
    normalizer: Option<Value>,
    pre_tokenizer: Option<Value>,
    post_processor: Option<Value>,
    model: Model,
}

#[derive(Debug, Deserialize)]
struct Added {
    id: u32,
    content: String,
    #[serde(default)]
    single_word: bool,
    #[serde(default)]
    lstrip: bool,
    #[serde(default)]
    rstrip: bool,
    #[serde(default)]
    normalized: bool,
}

#[derive(Debug, Deserialize)]
struct Model {
    vocab: HashMap<String, u32>,
    unk_token: String,
    continuing_subword_prefix: String,
    max_input_chars_per_word: usize,
}

#[derive(Debug, Deserialize)]
struct Normalizer {
    clean_text: bool,
    handle_chinese_chars: bool,
    strip_accents: Option<bool>,
    lowercase: bool,
}

/// The kind of the model in the file: WordPiece, BPE, Unigram, WordLevel.
pub(crate) fn kind(text: &str) -> Result<String, String> {
    let file: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let model = file.get("model").ok_or("it has no model: it is no tokenizer.json")?;
    match model.get("type").and_then(Value::as_str) {
        Some(kind) => Ok(kind.into()),
        // Old files do not say it.
        None if model.get("max_input_chars_per_word").is_some() => Ok("WordPiece".into()),
        None => Ok("an unnamed kind".into()),
    }
}

/// The length at which the file itself cuts texts.
pub(crate) fn truncation(text: &str) -> Option<usize> {
    let file: Value = serde_json::from_str(text).ok()?;
    usize::try_from(file.get("truncation")?.get("max_length")?.as_u64()?).ok()
}

/// The tokenizer in the file.
///
/// # Errors
/// What is there that BERT does not have.
pub(crate) fn word_piece(text: &str) -> Result<WordPiece, String> {
    let File { added_tokens, normalizer, pre_tokenizer, post_processor, model } =
        serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut vocabulary = model.vocab;
    vocabulary.extend(added_tokens.iter().map(|added| (added.content.clone(), added.id)));
    let vocabulary: Vocabulary = vocabulary.into_iter().collect();
    let number = |piece: &str| vocabulary.number(piece).ok_or(format!("{piece:?} is not in its vocabulary"));
    expect_kind(pre_tokenizer.as_ref(), "pre_tokenizer", "BertPreTokenizer")?;
    let (before, after) = around(post_processor.as_ref())?;
    let numbers = |pieces: Vec<String>| pieces.iter().map(|piece| number(piece)).collect::<Result<Vec<u32>, String>>();
    Ok(WordPiece {
        cleaning: cleaning(normalizer)?,
        specials: specials(added_tokens)?,
        unknown: number(&model.unk_token)?,
        prefix: model.continuing_subword_prefix,
        longest_word: model.max_input_chars_per_word,
        before: numbers(before)?,
        after: numbers(after)?,
        vocabulary,
    })
}

fn type_of(part: Option<&Value>) -> &str {
    part.and_then(|part| part.get("type")?.as_str()).unwrap_or("null")
}

fn expect_kind(part: Option<&Value>, name: &str, expected: &str) -> Result<(), String> {
    match type_of(part) {
        found if found == expected => Ok(()),
        found => Err(format!("its {name} is {found}, not {expected}")),
    }
}

fn cleaning(part: Option<Value>) -> Result<Cleaning, String> {
    expect_kind(part.as_ref(), "normalizer", "BertNormalizer")?;
    let normalizer: Normalizer =
        serde_json::from_value(part.unwrap_or_default()).map_err(|error| format!("its normalizer: {error}"))?;
    Ok(Cleaning {
        clean_text: normalizer.clean_text,
        split_chinese: normalizer.handle_chinese_chars,
        strip_accents: normalizer.strip_accents.unwrap_or(normalizer.lowercase),
        lower_case: normalizer.lowercase,
    })
}

fn specials(added: Vec<Added>) -> Result<Specials, String> {
    let special = |added: Added| match added {
        Added { normalized: true, content, .. } => {
            Err(format!("its added token {content:?} is sought in cleaned text"))
        }
        Added { single_word: true, content, .. } => Err(format!("its added token {content:?} is sought as a word")),
        Added { content, .. } if content.is_empty() => Err("one of its added tokens is empty".into()),
        Added { content: name, id: number, lstrip: takes_before, rstrip: takes_after, .. } => {
            Ok(Special { name, number, takes_before, takes_after })
        }
    };
    added.into_iter().map(special).collect::<Result<Vec<Special>, String>>().map(Specials)
}

/// The tokens before and after a text.
fn around(part: Option<&Value>) -> Result<(Vec<String>, Vec<String>), String> {
    let name = |pair: &Value| pair.get(0).and_then(Value::as_str).map(str::to_owned);
    match (type_of(part), part) {
        ("TemplateProcessing", Some(part)) => template(part).ok_or("its template of one text is not understood".into()),
        ("BertProcessing", Some(part)) => {
            let token = |key: &str| part.get(key).and_then(name).ok_or(format!("its post_processor has no {key}"));
            Ok((vec![token("cls")?], vec![token("sep")?]))
        }
        ("null", _) => Ok((Vec::new(), Vec::new())),
        (found, _) => Err(format!("its post_processor is {found}, not TemplateProcessing")),
    }
}

fn template(part: &Value) -> Option<(Vec<String>, Vec<String>)> {
    let (mut before, mut after, mut seen) = (Vec::new(), Vec::new(), 0);
    for piece in part.get("single")?.as_array()? {
        match piece.get("SpecialToken") {
            Some(special) => {
                let name = special.get("id")?.as_str()?.to_owned();
                if seen == 0 { before.push(name) } else { after.push(name) }
            }
            None => {
                piece.get("Sequence")?;
                seen += 1;
            }
        }
    }
    (seen == 1).then_some((before, after))
}
