//! Which of the values of a graph is the embedding.

use crate::onnx::graph::{Graph, Port, described};
use crate::preset::setting::Told;

/// Names that exports give to embeddings, the best first.
const OF_PICTURES: [&str; 6] =
    ["image_embeds", "image_embedding", "embedding", "embeddings", "pooler_output", "last_hidden_state"];
const OF_TEXTS: [&str; 7] = [
    "sentence_embedding",
    "text_embeds",
    "text_embedding",
    "embedding",
    "embeddings",
    "last_hidden_state",
    "token_embeddings",
];

/// The value that is the embedding: the one that is named, the only output, or the first that has a known name.
///
/// # Errors
/// No such value, or several that it might be.
pub(crate) fn output(graph: &Graph, named: Option<&Told<String>>, of_texts: bool) -> Result<Told<Port>, String> {
    let outputs = graph.outputs();
    if let Some(Told { value: name, from }) = named {
        let found = graph.find(name).map(|port| Told::new(port, from));
        let problem = || format!("output.name = {name:?} ({from}), but the outputs are {}", described(&outputs));
        return found.ok_or_else(problem);
    }
    if let [only] = outputs.as_slice() {
        return Ok(Told::new(only.clone(), "the only output"));
    }
    let known: &[&str] = if of_texts { &OF_TEXTS } else { &OF_PICTURES };
    let found = known.iter().find_map(|name| outputs.iter().find(|output| output.name == *name));
    let problem =
        || format!("name the embedding with output.name in a preset file: the outputs are {}", described(&outputs));
    found.map(|port| Told::new(port.clone(), "the first output with a usual name")).ok_or_else(problem)
}
