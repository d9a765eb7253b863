//! The dependency graph in docs/architecture.md is the one that Cargo sees.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// (crate, crate it depends on), by package name.
type Edge = (String, String);

const SOLID: &str = " --> ";

/// Edges of tests alone.
const DOTTED: &str = " -.-> ";

const FACADE: &str = "mislabel";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// What `cargo metadata` says of the workspace's own packages.
fn packages() -> Vec<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let metadata = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let output = Command::new(cargo).args(metadata).current_dir(workspace()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn name(value: &Value) -> String {
    value["name"].as_str().unwrap().to_owned()
}

/// The published crates: benches and examples may use whatever they like.
fn crates() -> Vec<Value> {
    let in_crates = |package: &Value| {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap());
        manifest.ancestors().any(|folder| folder == workspace().join("crates"))
    };
    packages().into_iter().filter(in_crates).collect()
}

/// Edges between our crates of the kinds that `of_kind` accepts: "normal", "build" or "dev". A crate that turns on its
/// own features for its tests is no edge.
fn edges(of_kind: impl Fn(&str) -> bool) -> BTreeSet<Edge> {
    let crates = crates();
    let ours: BTreeSet<String> = crates.iter().map(name).collect();
    let edges_of = |package: &Value| {
        let dependencies = package["dependencies"].as_array().unwrap().clone();
        let wanted = dependencies.into_iter().filter(|d| of_kind(d["kind"].as_str().unwrap_or("normal")));
        wanted.map(|d| (name(package), name(&d))).collect::<Vec<Edge>>()
    };
    crates.iter().flat_map(edges_of).filter(|(from, to)| from != to && ours.contains(to)).collect()
}

/// The lines of the one mermaid block.
fn picture() -> Vec<String> {
    let text = std::fs::read_to_string(workspace().join("docs/architecture.md")).unwrap();
    let mut blocks = text.split("```mermaid\n").skip(1);
    let block = blocks.next().expect("docs/architecture.md has a mermaid block");
    assert!(blocks.next().is_none(), "docs/architecture.md has one mermaid block");
    block.split("```").next().unwrap().lines().map(|line| line.trim().to_owned()).collect()
}

/// The edges `a --> b` (or with another arrow); names are drawn without their prefix, the facade as it is.
fn drawn(arrow: &str) -> BTreeSet<Edge> {
    let full = |short: &str| if short == FACADE { short.to_owned() } else { format!("{FACADE}-{short}") };
    let edge = |line: String| line.split_once(arrow).map(|(from, to)| (full(from), full(to)));
    picture().into_iter().filter_map(edge).collect()
}

#[test]
fn every_dependency_between_crates_is_drawn() {
    let drawn = drawn(SOLID);
    let missing: Vec<Edge> = edges(|kind| kind != "dev").into_iter().filter(|edge| !drawn.contains(edge)).collect();
    assert!(missing.is_empty(), "not drawn in docs/architecture.md: {missing:?}");
}

#[test]
fn every_drawn_dependency_exists() {
    let edges = edges(|kind| kind != "dev");
    let gone: Vec<Edge> = drawn(SOLID).into_iter().filter(|edge| !edges.contains(edge)).collect();
    assert!(gone.is_empty(), "drawn in docs/architecture.md but no longer there: {gone:?}");
}

#[test]
fn every_line_of_the_picture_is_an_edge() {
    let is_known =
        |line: &String| line.is_empty() || line == "graph TD" || [SOLID, DOTTED].iter().any(|a| line.contains(a));
    let others: Vec<String> = picture().into_iter().filter(|line| !is_known(line)).collect();
    assert!(others.is_empty(), "these tests cannot read {others:?}");
}

#[test]
fn every_crate_is_in_the_table() {
    let text = std::fs::read_to_string(workspace().join("docs/architecture.md")).unwrap();
    for package in crates() {
        let name = name(&package);
        assert!(text.contains(&format!("| `{name}` |")), "docs/architecture.md does not say what {name} is for");
    }
}

/// Crates that the tests of any crate may use: laws, data, noise, measures, and files of real data.
const TEST_CRATES: [&str; 5] =
    ["mislabel-testkit", "mislabel-datasets", "mislabel-io", "mislabel-metrics", "mislabel-noise"];

#[test]
fn tests_depend_on_test_crates_or_on_what_is_drawn() {
    let drawn = &drawn(SOLID) | &drawn(DOTTED);
    let allowed = |edge: &Edge| TEST_CRATES.contains(&edge.1.as_str()) || drawn.contains(edge);
    let others: Vec<Edge> = edges(|kind| kind == "dev").into_iter().filter(|edge| !allowed(edge)).collect();
    assert!(others.is_empty(), "docs/architecture.md does not allow the dev-dependencies {others:?}");
}

#[test]
fn every_dotted_dependency_exists_and_needs_drawing() {
    let edges = edges(|kind| kind == "dev");
    let needless = |edge: &Edge| TEST_CRATES.contains(&edge.1.as_str()) || !edges.contains(edge);
    let gone: Vec<Edge> = drawn(DOTTED).into_iter().filter(needless).collect();
    assert!(gone.is_empty(), "dotted in docs/architecture.md for no reason: {gone:?}");
}

#[test]
fn cargo_bench_starts_no_standard_harness_of_a_library() {
    let libraries = |package: &Value| package["targets"].as_array().unwrap().clone();
    for package in packages() {
        let manifest = std::fs::read_to_string(package["manifest_path"].as_str().unwrap()).unwrap();
        let has_library = libraries(&package).iter().any(|t| t["kind"].as_array().unwrap().contains(&"lib".into()));
        let quiet =
            manifest.split("\n[").any(|section| section.starts_with("lib]") && section.contains("bench = false"));
        assert!(!has_library || quiet, "{} needs `[lib] bench = false`", name(&package));
    }
}
