//! Enough of the encoding of ONNX files to write tiny graphs.

/// A message under construction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message(pub(crate) Vec<u8>);

impl Message {
    fn varint(mut self, mut value: u64) -> Self {
        while value >= 128 {
            self.0.push(value as u8 | 128);
            value >>= 7;
        }
        self.0.push(value as u8);
        self
    }

    pub(crate) fn number(self, field: u64, value: i64) -> Self {
        self.varint(field << 3).varint(value as u64)
    }

    pub(crate) fn bytes(self, field: u64, content: impl AsRef<[u8]>) -> Self {
        let content = content.as_ref();
        let mut message = self.varint(field << 3 | 2).varint(content.len() as u64);
        message.0.extend(content);
        message
    }

    pub(crate) fn message(self, field: u64, content: &Self) -> Self {
        self.bytes(field, &content.0)
    }
}

/// Types of elements.
pub(crate) const F32: i64 = 1;
pub(crate) const U8: i64 = 2;
pub(crate) const I64: i64 = 7;

/// An axis: of this length, or one that varies.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Axis {
    Fixed(i64),
    Varies(&'static str),
}

/// What a graph takes or gives.
pub(crate) fn port(name: &str, kind: i64, axes: &[Axis]) -> Message {
    let axis = |shape: Message, axis: &Axis| {
        let axis = match axis {
            Axis::Fixed(length) => Message::default().number(1, *length),
            Axis::Varies(name) => Message::default().bytes(2, name),
        };
        shape.message(1, &axis)
    };
    let shape = axes.iter().fold(Message::default(), axis);
    let tensor = Message::default().number(1, kind).message(2, &shape);
    Message::default().bytes(1, name).message(2, &Message::default().message(1, &tensor))
}

/// A node of this kind.
pub(crate) fn node(kind: &str, inputs: &[&str], output: &str, attributes: &[Message]) -> Message {
    let node = inputs.iter().fold(Message::default(), |node, input| node.bytes(1, input));
    let node = node.bytes(2, output).bytes(4, kind);
    attributes.iter().fold(node, |node, attribute| node.message(5, attribute))
}

pub(crate) fn whole(name: &str, value: i64) -> Message {
    Message::default().bytes(1, name).number(3, value).number(20, 2)
}

pub(crate) fn wholes(name: &str, values: &[i64]) -> Message {
    let attribute = Message::default().bytes(1, name);
    values.iter().fold(attribute, |attribute, value| attribute.number(8, *value)).number(20, 7)
}

fn tensor(name: &str, kind: i64, shape: &[i64]) -> Message {
    let tensor = shape.iter().fold(Message::default(), |tensor, length| tensor.number(1, *length));
    tensor.number(2, kind).bytes(8, name)
}

pub(crate) fn numbers(name: &str, shape: &[i64], values: &[f32]) -> Message {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    tensor(name, F32, shape).bytes(9, bytes)
}

pub(crate) fn whole_numbers(name: &str, values: &[i64]) -> Message {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    tensor(name, I64, &[values.len() as i64]).bytes(9, bytes)
}

/// Numbers that lie in `file` beside the model.
pub(crate) fn numbers_beside(name: &str, shape: &[i64], file: &str) -> Message {
    let length = (4 * shape.iter().product::<i64>()).to_string();
    let entries = [("location", file), ("offset", "0"), ("length", &length)];
    let entry = |tensor: Message, (key, value): (&str, &str)| {
        tensor.message(13, &Message::default().bytes(1, key).bytes(2, value))
    };
    entries.into_iter().fold(tensor(name, F32, shape), entry).number(14, 1)
}

/// The file of a graph.
pub(crate) fn model(nodes: &[Message], weights: &[Message], inputs: &[Message], outputs: &[Message]) -> Vec<u8> {
    let graph = [(1, nodes), (5, weights), (11, inputs), (12, outputs)];
    let graph = graph.iter().fold(Message::default().bytes(2, "graph"), |graph, (field, parts)| {
        parts.iter().fold(graph, |graph, part| graph.message(*field, part))
    });
    let opset = Message::default().bytes(1, "").number(2, 17);
    Message::default().number(1, 8).message(7, &graph).message(8, &opset).0
}
