//! What is known of a model before its graph has run.

#[cfg(feature = "images")]
use rten::NodeId;

use crate::onnx::graph::Port;
use crate::onnx::text_inputs::TextInputs;
#[cfg(feature = "images")]
use crate::preset::pictures::Preprocessing;
use crate::preset::setting::{Setting, Told};
use crate::preset::values::{Layout, Pool};
use crate::tokens::tokenizer::Tokenizer;

/// What is wrong with a batch that another embedder prepared.
pub(crate) const FOREIGN: &str = "it was handed what another embedder prepared";

/// What the model takes.
#[derive(Debug)]
pub(crate) enum Work {
    #[cfg(feature = "images")]
    Pictures {
        input: NodeId,
        takes_one: bool,
        preprocessing: Box<Preprocessing>,
    },
    Texts {
        inputs: TextInputs,
        tokenizer: Box<Tokenizer>,
        lower_case: bool,
        prefix: String,
    },
}

/// What is known before the graph has run.
pub(crate) struct Plan {
    pub(crate) work: Work,
    pub(crate) output: Told<Port>,
    pub(crate) pool: Option<Told<Pool>>,
    pub(crate) normalize: Option<Told<bool>>,
    pub(crate) layout: Layout,
    pub(crate) settings: Vec<Setting>,
    /// What rows depend on beside the settings.
    pub(crate) libraries: String,
}
