//! How a graph takes texts.

use std::path::Path;

use twox_hash::XxHash3_128;

use crate::error::{Error, Result};
use crate::onnx::graph::Graph;
use crate::onnx::output::output;
use crate::onnx::plan::{Plan, Work};
use crate::onnx::text_inputs::TextInputs;
use crate::preset::draft::Draft;
use crate::preset::setting::{Setting, Told};
use crate::preset::values::{Layout, TextSide};
use crate::tokens::tokenizer::{LIBRARY, Tokenizer};

/// Whether `path` is a `tokenizer.json` by its name, not a vocabulary.
fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

/// The tokenizer that `draft` names, and XXH3 of its file, 128 bits.
///
/// # Errors
/// [`Error::Model`] where none is named or it is not understood; [`Error::Io`].
pub(crate) fn tokenizer(model: &Path, draft: &Draft) -> Result<(Tokenizer, u128)> {
    let Some(Told { value: path, .. }) = &draft.tokenizer else {
        let problem =
            "there is no tokenizer.json and no vocab.txt beside it: text.tokenizer in a preset file names one".into();
        return Err(Error::Model { path: model.into(), problem });
    };
    let text = std::fs::read_to_string(path).map_err(Error::io(path))?;
    let hash = XxHash3_128::oneshot(text.as_bytes());
    if is_json(path) {
        return Ok((Tokenizer::of_json(path, &text)?, hash));
    }
    let lower_case = draft.lower_case.as_ref().map(|told| told.value);
    let unknown = || {
        Error::Model {
        path: path.clone(),
        problem: "whether it is a vocabulary of small letters is not known: text.lower_case in a preset file, true for models \
                  called uncased, false for those called cased"
            .into(),
    }
    };
    Ok((Tokenizer::of_lines(path, &text, lower_case.ok_or_else(unknown)?)?, hash))
}

/// How `graph` takes texts, by what `draft` and the graph say.
///
/// # Errors
/// What nothing tells, and what contradicts the graph.
pub(crate) fn texts(graph: &Graph, draft: &Draft, (tokenizer, hash): (Tokenizer, u128)) -> Result<Plan, String> {
    let inputs = TextInputs::new(&graph.inputs(), draft.input.as_ref().map(|told| told.value.as_str()))?;
    let Some(max_tokens) = draft.max_tokens.clone() else {
        return Err("how many tokens a text may have is not known: --max-tokens, usual are 128, 256, 512".into());
    };
    let side = draft.truncation_side.clone().unwrap_or_else(|| Told::new(TextSide::Right, "default"));
    let kind = tokenizer.kind();
    let limited = tokenizer.limited(max_tokens.value, side.value);
    let tokenizer = limited
        .map_err(|problem| format!("text.max_tokens = {} ({}): {problem}", max_tokens.value, max_tokens.from))?;
    let lower_case = draft.lower_case.clone().unwrap_or_else(|| Told::new(false, "as the tokenizer has it"));
    let is_json = draft.tokenizer.as_ref().is_some_and(|told| is_json(&told.value));
    let prefix = draft.prefix.clone().unwrap_or_else(|| Told::new(String::new(), "default"));
    let tokenizer_name = draft.tokenizer.as_ref().map_or_else(String::new, |told| told.value.display().to_string());
    let mut settings = vec![
        Setting { name: "text.tokenizer", value: tokenizer_name, from: kind.into() },
        max_tokens.setting("text.max_tokens"),
        side.setting("text.truncation_side"),
        lower_case.setting("text.lower_case"),
    ];
    if inputs.has_positions() {
        settings.push(Setting { name: "text.positions", value: "from 0".into(), from: "the graph takes them".into() });
    }
    if !prefix.value.is_empty() {
        settings.push(Setting { name: "text.prefix", value: format!("{:?}", prefix.value), from: prefix.from });
    }
    let output = output(graph, draft.output.as_ref(), true)?;
    let libraries = format!("{LIBRARY} {hash:032x}");
    let work = Work::Texts {
        inputs,
        tokenizer: Box::new(tokenizer),
        // A vocabulary of lines has it in its tokenizer, which leaves special tokens as they are.
        lower_case: lower_case.value && is_json,
        prefix: prefix.value,
    };
    let (pool, normalize) = (draft.pool.clone(), draft.normalize.clone());
    Ok(Plan { work, output, pool, normalize, layout: Layout::Nchw, settings, libraries })
}
