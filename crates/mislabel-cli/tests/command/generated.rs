//! `mislabel generate`.

use std::fs;

use tempfile::TempDir;

use crate::process::mislabel;

const SIZES: [&str; 7] = ["generate", "--samples", "400", "--features", "12", "--classes", "6"];

fn generate(folder: &TempDir, embeddings: &str, more: &[&str]) -> std::process::Output {
    let files = ["--out", embeddings, "--labels", "given.npy", "--true-labels", "true.txt"];
    mislabel(folder, &[&SIZES[..], &files, more].concat())
}

#[test]
fn the_bytes_do_not_depend_on_the_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    for name in ["e.npy", "e.safetensors", "e.parquet"] {
        assert!(generate(&folder, name, &["--threads", "1", "--pred-probs", "p.npy"]).status.success());
        let one = [read(name), read("given.npy"), read("true.txt"), read("p.npy")];
        assert!(generate(&folder, name, &["--threads", "3", "--pred-probs", "p.npy"]).status.success());
        assert!(one == [read(name), read("given.npy"), read("true.txt"), read("p.npy")], "{name}");
    }
}

#[test]
fn every_format_gives_the_same_issues() {
    let folder = tempfile::tempdir().unwrap();
    let mut tables = Vec::new();
    for name in ["e.npy", "e.safetensors", "e.parquet"] {
        assert!(generate(&folder, name, &["--noise", "instance"]).status.success());
        let detect =
            ["detect", "--method", "centroid", "--embeddings", name, "--labels", "given.npy", "--out", "i.csv"];
        let found = mislabel(&folder, &detect);
        assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
        tables.push(fs::read(folder.path().join("i.csv")).unwrap());
    }
    assert!(tables[0] == tables[1] && tables[0] == tables[2]);
}

#[test]
fn two_outputs_in_one_file_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = generate(&folder, "given.npy", &[]);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(2) && message.contains("is named for two outputs"), "{message}");
}

#[test]
fn sizes_that_make_no_sense_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (more, expected) in [
        (["--imbalance", "0.5"], "imbalance"),
        (["--spread-directions", "13"], "components"),
        (["--separation", "1e300"], "separation"),
        (["--group", "0"], "--group"),
    ] {
        let refused = generate(&folder, "e.npy", &more);
        let message = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(2) && message.contains(expected), "{message}");
        assert!(!folder.path().join("e.npy").exists());
    }
}
