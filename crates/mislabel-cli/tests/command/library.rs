//! The command and the library give the same bytes.

use std::fs;

use mislabel::datasets::digits;
use mislabel::io::{Classes, EmbeddingFile, IssueTable, LabelFile, ReadOptions, write_npy};
use mislabel::methods::{Dataset, METHODS, detect};
use mislabel::{NoiseModel as _, Run};
use tempfile::TempDir;

use crate::process::mislabel;

/// 300 of the digits with errors, as files.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let digits = digits();
    let noisy = mislabel::noise::Symmetric { rate: 0.1, ..Default::default() }.corrupt(&digits.labels, 3).unwrap();
    let rows = digits.embeddings.slice(ndarray::s![..300, ..]);
    write_npy(folder.path().join("x.npy"), rows).unwrap();
    let labels: Vec<i64> = noisy.given.values()[..300].iter().map(|label| i64::from(*label)).collect();
    write_npy(folder.path().join("y.npy"), ndarray::ArrayView1::from(&labels)).unwrap();
    folder
}

#[test]
fn every_method_gives_the_same_bytes_in_rust_by_options_and_by_parameters() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let embeddings = EmbeddingFile::open(path("x.npy"), &ReadOptions::default()).unwrap();
    let given = LabelFile::read(path("y.npy"), &ReadOptions::default()).unwrap().column(&Classes::Observed).unwrap();
    let data = Dataset::new(&given.labels).with_embeddings(&embeddings).unwrap();
    for method in METHODS.iter().filter(|method| method.name != "zero-shot") {
        let name = method.name;
        let report = detect(name, &data, &Run::quiet()).unwrap();
        IssueTable::from_issues(&report.issues, &given).unwrap().write(path("rust.csv")).unwrap();

        let files = ["detect", "--embeddings", "x.npy", "--labels", "y.npy", "--method", name];
        let output = mislabel(&folder, &[&files[..], &["--out", "command.csv"]].concat());
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(fs::read(path("rust.csv")).unwrap() == fs::read(path("command.csv")).unwrap(), "{name}");

        let parameters = mislabel(&folder, &["methods", name]);
        assert!(parameters.status.success(), "{name}");
        fs::write(path("parameters.toml"), &parameters.stdout).unwrap();
        let output = mislabel(&folder, &[&files[..], &["--params", "parameters.toml", "--output", "p.csv"]].concat());
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(fs::read(path("rust.csv")).unwrap() == fs::read(path("p.csv")).unwrap(), "{name} by parameters");
    }
}

#[test]
fn parameters_that_do_not_exist_are_refused_with_their_name() {
    let folder = folder();
    fs::write(folder.path().join("wrong.toml"), "[evidence]\ncomponent = 5\n").unwrap();
    let detect = ["detect", "--embeddings", "x.npy", "--labels", "y.npy", "--out", "o.csv", "--params", "wrong.toml"];
    let output = mislabel(&folder, &detect);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(message.contains("wrong.toml") && message.contains("component"), "{message}");
    fs::write(folder.path().join("wrong.toml"), "[evidence]\nshrinkage = -1.0\n").unwrap();
    let senseless = mislabel(&folder, &[&detect[..], &["--method", "rer"]].concat());
    let message = String::from_utf8_lossy(&senseless.stderr).into_owned();
    assert!(message.starts_with("error: wrong.toml: ") && message.contains("-1"), "{message}");
    let both = mislabel(&folder, &[&detect[..], &["--alpha", "3"]].concat());
    assert!(String::from_utf8_lossy(&both.stderr).contains("--alpha is of no use beside --params"));
    let seeded = mislabel(&folder, &[&detect[..], &["--seed", "3"]].concat());
    assert!(String::from_utf8_lossy(&seeded.stderr).contains("cannot be used with"));
}

#[test]
fn the_list_of_methods_has_a_line_for_each_and_completions_and_manual_are_printed() {
    let folder = tempfile::tempdir().unwrap();
    let printed = |command: &[&str]| {
        let output = mislabel(&folder, command);
        assert!(output.status.success(), "{command:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let list = printed(&["methods"]);
    for method in &METHODS {
        let line = list.lines().find(|line| line.split_whitespace().next() == Some(method.name));
        assert!(line.is_some_and(|line| line.contains(method.about) && line.contains("needs")), "{}", method.name);
    }
    assert_eq!(list.lines().count(), METHODS.len());
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(printed(&["completions", shell]).contains("mislabel"), "{shell}");
    }
    let page = printed(&["man"]);
    assert!(page.starts_with(".ie") || page.starts_with(".TH"), "{}", &page[..100]);
    assert!(page.contains("mislabel detect") && page.contains("\\-\\-embeddings"));
}

#[test]
fn a_command_without_arguments_prints_help() {
    let folder = tempfile::tempdir().unwrap();
    let output = mislabel(&folder, &[]);
    assert!(output.status.success() && output.stderr.is_empty());
    assert!(String::from_utf8_lossy(&output.stdout).contains("Usage: mislabel"));
}

#[test]
fn quiet_prints_nothing() {
    let folder = folder();
    let detect = ["detect", "--embeddings", "x.npy", "--labels", "y.npy", "--out", "o.csv", "--quiet"];
    let output = mislabel(&folder, &detect);
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty());
}
