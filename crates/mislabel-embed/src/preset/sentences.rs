//! What lies beside sentence encoders: `modules.json`, `1_Pooling/config.json`, `sentence_bert_config.json`,
//! `tokenizer_config.json`; and what `config.json` says of texts.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::preset::draft::Draft;
use crate::preset::setting::Told;
use crate::preset::values::{Pool, TextSide};

/// Tokens above this stand for no limit.
const NO_LIMIT: f64 = 1e6;

#[derive(Debug, Deserialize)]
struct Module {
    #[serde(rename = "type")]
    kind: String,
}

/// What `modules.json` says: whether rows have unit length.
///
/// # Errors
/// A module that no graph holds.
pub(crate) fn modules(text: &str) -> Result<Draft, String> {
    let modules: Vec<Module> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let last = |module: &Module| module.kind.rsplit('.').next().unwrap_or_default().to_owned();
    let names: Vec<String> = modules.iter().map(last).collect();
    let known = ["Transformer", "Pooling", "Normalize", "CLIPModel"];
    if let Some(other) = names.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(format!("the module {other} comes after the model: rows would be others without it"));
    }
    let from = if names.iter().any(|name| name == "Normalize") { "Normalize" } else { "no Normalize" };
    let normalize = Told::new(from == "Normalize", format!("modules.json: {from}"));
    Ok(Draft { normalize: Some(normalize), ..Draft::default() })
}

/// What `1_Pooling/config.json` says.
///
/// # Errors
/// A way to pool that is not known here.
pub(crate) fn pooling(text: &str) -> Result<Draft, String> {
    let keys: Map<String, Value> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let is_set = |(key, value): &(&String, &Value)| key.starts_with("pooling_mode_") && **value == Value::Bool(true);
    let modes: Vec<&str> = keys.iter().filter(is_set).map(|(key, _)| key.as_str()).collect();
    let named = keys.get("pooling_mode").and_then(Value::as_str);
    let (pool, key) = match (modes.as_slice(), named) {
        (["pooling_mode_mean_tokens"], _) => (Pool::Mean, "pooling_mode_mean_tokens"),
        (["pooling_mode_cls_token"], _) => (Pool::Cls, "pooling_mode_cls_token"),
        ([], Some("mean")) => (Pool::Mean, "pooling_mode"),
        ([], Some("cls")) => (Pool::Cls, "pooling_mode"),
        ([], None) => return Ok(Draft::default()),
        ([], Some(other)) => return Err(format!("pooling_mode = {other:?}: only mean and cls are known")),
        (others, _) => return Err(format!("{}: only mean_tokens or cls_token are known", others.join(", "))),
    };
    Ok(Draft { pool: Some(Told::new(pool, format!("1_Pooling/config.json: {key}"))), ..Draft::default() })
}

#[derive(Debug, Deserialize)]
struct SentenceBert {
    max_seq_length: Option<usize>,
    do_lower_case: Option<bool>,
}

/// What `sentence_bert_config.json` says. Its `do_lower_case = false` means that nothing is done beside the tokenizer.
///
/// # Errors
/// What cannot be understood.
pub(crate) fn sentence_bert(text: &str) -> Result<Draft, String> {
    let SentenceBert { max_seq_length, do_lower_case } =
        serde_json::from_str(text).map_err(|error| error.to_string())?;
    let from = |key: &str| format!("sentence_bert_config.json: {key}");
    Ok(Draft {
        max_tokens: max_seq_length.map(|most| Told::new(most, from("max_seq_length"))),
        lower_case: do_lower_case.filter(|lower| *lower).map(|lower| Told::new(lower, from("do_lower_case"))),
        ..Draft::default()
    })
}

#[derive(Debug, Deserialize)]
struct TokenizerConfig {
    do_lower_case: Option<bool>,
    model_max_length: Option<f64>,
    truncation_side: Option<String>,
}

/// What `tokenizer_config.json` says: of its limit, of the side where longer texts are cut, and of capitals in a vocabulary without `tokenizer.json`.
///
/// # Errors
/// What cannot be understood.
pub(crate) fn tokenizer_config(text: &str, has_json: bool) -> Result<Draft, String> {
    let TokenizerConfig { do_lower_case, model_max_length, truncation_side } =
        serde_json::from_str(text).map_err(|error| error.to_string())?;
    let from = |key: &str| format!("tokenizer_config.json: {key}");
    let side = truncation_side.map(|name| {
        TextSide::of_name(&name).ok_or(format!("truncation_side = {name:?}: only left and right are known"))
    });
    let most = model_max_length.filter(|most| (1.0..NO_LIMIT).contains(most));
    Ok(Draft {
        max_tokens: most.map(|most| Told::new(most as usize, from("model_max_length"))),
        truncation_side: side.transpose()?.map(|side| Told::new(side, from("truncation_side"))),
        lower_case: do_lower_case.filter(|_| !has_json).map(|lower| Told::new(lower, from("do_lower_case"))),
        ..Draft::default()
    })
}

#[derive(Debug, Deserialize)]
struct Kind {
    model_type: Option<String>,
}

/// Refuses what `config.json` says of texts that must be padded: those of SigLIP.
///
/// # Errors
/// A kind of models for which padding counts.
pub(crate) fn kind(text: &str) -> Result<Draft, String> {
    let Kind { model_type } = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match model_type.filter(|kind| kind.starts_with("siglip")) {
        Some(kind) => Err(format!(
            "model_type = {kind:?}: its rows of texts depend on padding, and texts are never padded here: compute the rows \
             elsewhere and name their file"
        )),
        None => Ok(Draft::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_say_whether_rows_have_unit_length() {
        let transformer = r#"{"idx": 0, "type": "sentence_transformers.models.Transformer"}"#;
        let of = |more: &str| modules(&format!("[{transformer}{more}]"));
        let normalize = r#", {"type": "sentence_transformers.models.Normalize"}"#;
        assert!(of(normalize).unwrap().normalize.unwrap().value);
        assert!(!of("").unwrap().normalize.unwrap().value);
        assert!(of(r#", {"type": "sentence_transformers.models.Dense"}"#).unwrap_err().contains("Dense"));
    }

    #[test]
    fn the_way_to_pool_is_read_or_refused() {
        let pool = |text: &str| pooling(text).map(|draft| draft.pool.map(|told| told.value));
        assert_eq!(
            pool(r#"{"pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true}"#),
            Ok(Some(Pool::Mean))
        );
        assert_eq!(pool(r#"{"pooling_mode_cls_token": true}"#), Ok(Some(Pool::Cls)));
        assert_eq!(pool(r#"{"pooling_mode": "mean"}"#), Ok(Some(Pool::Mean)));
        assert!(pool(r#"{"pooling_mode_max_tokens": true}"#).is_err());
        assert!(pool(r#"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}"#).is_err());
        assert_eq!(pool("{}"), Ok(None));
    }

    #[test]
    fn models_whose_texts_are_padded_are_refused() {
        assert_eq!(kind(r#"{"model_type": "clip"}"#), Ok(Draft::default()));
        assert!(kind(r#"{"model_type": "siglip2"}"#).unwrap_err().contains("\"siglip2\""));
    }

    #[test]
    fn limits_and_capitals_are_read() {
        let found = sentence_bert(r#"{"max_seq_length": 256, "do_lower_case": false}"#).unwrap();
        assert_eq!((found.max_tokens.unwrap().value, found.lower_case), (256, None));
        let config = r#"{"do_lower_case": true, "model_max_length": 512}"#;
        let (alone, beside) = (tokenizer_config(config, false).unwrap(), tokenizer_config(config, true).unwrap());
        assert_eq!((alone.max_tokens.unwrap().value, alone.lower_case.unwrap().value), (512, true));
        assert_eq!(beside.lower_case, None);
        let left = tokenizer_config(r#"{"truncation_side": "left"}"#, true).unwrap();
        assert_eq!(left.truncation_side.unwrap().value, TextSide::Left);
        assert!(tokenizer_config(r#"{"truncation_side": "top"}"#, true).unwrap_err().contains("\"top\""));
        assert_eq!(tokenizer_config(r#"{"model_max_length": 1e30}"#, true).unwrap().max_tokens, None);
    }
}
