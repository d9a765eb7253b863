//! The `mislabel` command as its users see it.
#![expect(clippy::unwrap_used, reason = "a failing helper is a failing test")]

mod bad_files;
mod cases;
#[cfg(feature = "embed")]
mod embedded;
#[cfg(feature = "embed")]
mod embedding;
mod end_to_end;
mod generated;
#[cfg(feature = "onnx")]
#[path = "../../../mislabel-embed/tests/onnx/graphs.rs"]
#[expect(dead_code, reason = "some of these graphs are for the tests of mislabel-embed")]
mod graphs;
mod interchange;
mod interruptions;
mod kills;
mod library;
mod many_classes;
mod methods;
#[cfg(feature = "embed")]
mod models;
mod process;
#[cfg(feature = "onnx")]
#[path = "../../../mislabel-embed/tests/onnx/proto.rs"]
mod proto;
mod refusals;
mod report;
mod review;
mod slices;
mod streams;
mod tables;
mod unlabelled;
mod written;
