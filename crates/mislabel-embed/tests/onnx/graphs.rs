//! Tiny graphs.

use crate::proto::Axis::{self, Fixed, Varies};
use crate::proto::{F32, I64, Message, U8, model, node, numbers, numbers_beside, port, whole, whole_numbers, wholes};

/// Batch, channels, height, width of any length.
pub(crate) const ANY: [Axis; 4] = [Varies("batch"), Fixed(3), Varies("height"), Varies("width")];

/// A graph whose embedding is the mean of each channel.
pub(crate) fn channel_means(axes: &[Axis; 4]) -> Vec<u8> {
    let nodes = [node("GlobalAveragePool", &["pixels"], "means", &[]), node("Flatten", &["means"], "embedding", &[])];
    model(&nodes, &[], &[port("pixels", F32, axes)], &[embedding(3)])
}

/// The same, of bytes with the channels last, before which it adds a half to each.
pub(crate) fn means_of_bytes() -> Vec<u8> {
    let nodes = [
        node("Cast", &["pixels"], "numbers", &[whole("to", F32)]),
        node("Transpose", &["numbers"], "planes", &[wholes("perm", &[0, 3, 1, 2])]),
        node("Add", &["planes", "half"], "more", &[]),
        node("GlobalAveragePool", &["more"], "means", &[]),
        node("Flatten", &["means"], "embedding", &[]),
    ];
    let axes = [Varies("batch"), Fixed(4), Fixed(4), Fixed(3)];
    model(&nodes, &[numbers("half", &[1], &[0.5])], &[port("pixels", U8, &axes)], &[embedding(3)])
}

/// A graph with two outputs: places of channels, `(batch, 3, height, width)`, under these names.
pub(crate) fn two_outputs(names: [&str; 2]) -> Vec<u8> {
    let nodes = [node("Identity", &["pixels"], names[0], &[]), node("Neg", &["pixels"], names[1], &[])];
    model(&nodes, &[], &[port("pixels", F32, &ANY)], &names.map(|name| port(name, F32, &ANY)))
}

/// A graph whose weights are in the file `weights.data`: three numbers that are added.
pub(crate) fn weights_beside() -> Vec<u8> {
    let nodes = [
        node("GlobalAveragePool", &["pixels"], "means", &[]),
        node("Flatten", &["means"], "flat", &[]),
        node("Add", &["flat", "shift"], "embedding", &[]),
    ];
    model(&nodes, &[numbers_beside("shift", &[3], "weights.data")], &[port("pixels", F32, &ANY)], &[embedding(3)])
}

/// A graph that gives token i the numbers i and i², with the three usual inputs, all of which count: tokens that are masked, or of
/// another type, are far away.
pub(crate) fn token_numbers(tokens: i64) -> Vec<u8> {
    token_graph(tokens, [Varies("batch"), Varies("length")])
}

pub(crate) fn token_graph(tokens: i64, axes: [Axis; 2]) -> Vec<u8> {
    let table: Vec<f32> = (0..tokens).flat_map(|token| [token as f32, (token * token) as f32]).collect();
    let nodes = [
        node("Gather", &["table", "input_ids"], "found", &[whole("axis", 0)]),
        node("Sub", &["attention_mask", "token_type_ids"], "ones", &[]),
        node("Cast", &["ones"], "number", &[whole("to", F32)]),
        node("Unsqueeze", &["number", "last"], "factor", &[]),
        node("Mul", &["found", "factor"], "last_hidden_state", &[]),
    ];
    let weights = [numbers("table", &[tokens, 2], &table), whole_numbers("last", &[2])];
    let inputs = ["input_ids", "attention_mask", "token_type_ids"].map(|name| port(name, I64, &axes));
    model(&nodes, &weights, &inputs, &[port("last_hidden_state", F32, &[axes[0], axes[1], Fixed(2)])])
}

fn embedding(length: i64) -> Message {
    port("embedding", F32, &[Varies("batch"), Fixed(length)])
}
