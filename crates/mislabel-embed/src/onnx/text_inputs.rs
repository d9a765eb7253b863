//! What a graph takes of texts.

use rten::{DataType, NodeId, Value};
use rten_tensor::Tensor;

use crate::onnx::graph::{Port, described};

/// What an input is of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Tokens,
    /// Ones: no token is padding.
    Mask,
    /// Zeros: there is one text, not a pair.
    Types,
    /// 0, 1, 2 …
    Positions,
}

/// The inputs of a graph that takes texts.
#[derive(Clone, Debug)]
pub(crate) struct TextInputs {
    inputs: Vec<(NodeId, Role)>,
    /// Whether it takes one text at a time.
    pub(crate) takes_one: bool,
}

impl TextInputs {
    /// Those among `inputs`, by their names; `tokens` is that of the tokens, where it is not a usual one. Inputs of pictures stay
    /// empty: a graph of both does not need them for texts.
    ///
    /// # Errors
    /// An input that is not understood; axes that do not vary.
    pub(crate) fn new(inputs: &[Port], tokens: Option<&str>) -> Result<Self, String> {
        let mut found = Vec::new();
        let mut takes_one = false;
        let is_of_texts = |port: &&Port| port.axes.as_ref().is_none_or(|axes| axes.len() == 2);
        for port in inputs.iter().filter(is_of_texts) {
            let role = if tokens == Some(&port.name) { Some(Role::Tokens) } else { role(&port.name) };
            let role = match (role, inputs) {
                (Some(role), _) => role,
                (None, [_]) => Role::Tokens,
                _ => return Err(format!("the input {} is not understood: {}", port.name, described(inputs))),
            };
            if port.kind.is_some_and(|kind| kind != DataType::Int32) {
                return Err(format!("the input {} does not take whole numbers", port.described()));
            }
            takes_one |= takes_one_text(port)?;
            found.push((port.id, role));
        }
        match found.iter().filter(|(_, role)| *role == Role::Tokens).count() {
            1 => Ok(Self { inputs: found, takes_one }),
            _ => Err(format!("no input is one of tokens, of two axes: the inputs are {}", described(inputs))),
        }
    }

    /// Whether the graph is told the positions of tokens.
    pub(crate) fn has_positions(&self) -> bool {
        self.inputs.iter().any(|(_, role)| *role == Role::Positions)
    }

    /// The inputs for `texts`, all of `length` tokens.
    ///
    /// # Errors
    /// A token that is too large a number.
    pub(crate) fn values(&self, texts: &[&[u32]], length: usize) -> Result<Vec<(NodeId, Value)>, String> {
        let tokens = || texts.iter().flat_map(|text| text.iter().map(|token| i32::try_from(*token)));
        let count = texts.len() * length;
        let value = |role: Role| {
            let numbers = match role {
                Role::Tokens => tokens().collect::<Result<Vec<i32>, _>>().map_err(|error| error.to_string())?,
                Role::Mask => vec![1; count],
                Role::Types => vec![0; count],
                Role::Positions => (0..count).map(|place| (place % length) as i32).collect(),
            };
            let tensor =
                Tensor::try_from_data(&[texts.len(), length][..], numbers).map_err(|error| error.to_string())?;
            Ok::<_, String>(Value::from(tensor))
        };
        self.inputs.iter().map(|(id, role)| Ok((*id, value(*role)?))).collect()
    }
}

fn role(name: &str) -> Option<Role> {
    let name = name.to_lowercase();
    let has = |part: &str| name.contains(part);
    match () {
        () if has("mask") => Some(Role::Mask),
        () if has("type") || has("segment") => Some(Role::Types),
        () if has("position") => Some(Role::Positions),
        () if has("input_ids") || has("token") || name == "ids" => Some(Role::Tokens),
        () => None,
    }
}

/// Whether the input takes one text only.
fn takes_one_text(port: &Port) -> Result<bool, String> {
    let wrong = |what: &str| Err(format!("the input {} takes {what}: export it with dynamic axes", port.described()));
    match port.axes.as_deref() {
        Some([_, Some(length)]) => wrong(&format!("texts of exactly {length} tokens")),
        Some([Some(1), None]) => Ok(true),
        Some([Some(count), None]) => wrong(&format!("exactly {count} texts at once")),
        _ => Ok(false),
    }
}
