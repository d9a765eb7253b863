//! Rows without a label take no part in noise, comparisons, and evaluations, and the command says how many they are.

use std::fs;

use tempfile::TempDir;

use crate::end_to_end::{json, succeed};
use crate::process::{integers, mislabel};

/// Rows of two classes around two points, of which row 3 has no given label and row 8 no true one.
const ROWS: usize = 24;

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let class = |row: usize| ["cat", "dog"][row % 2];
    let row = |row: usize| {
        let (x, y) = if row.is_multiple_of(2) { (1.0, 0.0) } else { (0.0, 1.0) };
        let small = (row * 7 % 11) as f64 / 100.0;
        let given = if row == 3 { "" } else { class(if row == 5 { 4 } else { row }) };
        let truth = if row == 8 { "" } else { class(row) };
        let [cat, dog] = if row.is_multiple_of(2) { [0.9, 0.1] } else { [0.2, 0.8] };
        [format!("{},{}\n", x + small, y - small), format!("{given},{truth}\n"), format!("{cat},{dog}\n")]
    };
    for (column, (name, header)) in
        [("x.csv", "f0,f1"), ("y.csv", "given,truth"), ("p.csv", "cat,dog")].iter().enumerate()
    {
        let rows: String = (0..ROWS).map(|number| row(number)[column].clone()).collect();
        fs::write(folder.path().join(name), format!("{header}\n{rows}")).unwrap();
    }
    folder
}

#[test]
fn noise_leaves_rows_without_a_label_as_they_are() {
    let folder = folder();
    let noise = "noise --true-labels y.csv --true-labels-key truth --out o.txt --seed 1 --kind";
    for kind in [
        "symmetric --rate 0.5",
        "asymmetric --rate 0.5",
        "confidence --rate 0.5 --pred-probs p.csv",
        "instance --rate 0.5 --embeddings x.csv",
    ] {
        let text = succeed(&folder, &format!("{noise} {kind}"));
        assert!(
            text.contains("23 labels, 11 of them wrong") && text.contains("1 rows without a label"),
            "{kind}: {text}"
        );
        let written = fs::read_to_string(folder.path().join("o.txt")).unwrap();
        let labels: Vec<&str> = written.lines().collect();
        assert_eq!((labels.len(), labels[8]), (ROWS, "NA"), "{kind}");
        assert_eq!(labels.iter().filter(|label| **label == "NA").count(), 1, "{kind}");
    }
    let text = succeed(&folder, &format!("{noise} recorded --recorded y.csv --recorded-key given"));
    assert!(text.contains("22 labels, 1 of them wrong") && text.contains("2 rows without a label"), "{text}");
}

#[test]
fn integers_keep_the_code_of_no_label_and_are_refused_where_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    integers(folder.path().join("y.npy"), &[0, 1, 2, -1, 0, 1, 2, 0]);
    succeed(&folder, "noise --labels y.npy --unlabelled -1 --kind symmetric --rate 0.5 --out o.npy");
    let bytes = fs::read(folder.path().join("o.npy")).unwrap();
    assert_eq!(bytes[bytes.len() - 5 * 8..][..8], (-1_i64).to_le_bytes());

    fs::write(folder.path().join("y.txt"), "0\n1\nNA\n0\n").unwrap();
    let arguments = ["noise", "--labels", "y.txt", "--kind", "symmetric", "--rate", "0.5", "--out", "p.npy"];
    let output = mislabel(&folder, &arguments);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("1 rows have no label, which integers cannot say: write the labels as .txt"), "{message}");
}

#[test]
fn comparisons_and_evaluations_are_of_the_rows_with_both_labels() {
    let folder = folder();
    let known = "--given y.csv --given-key given --true-labels y.csv --true-labels-key truth";
    let compare = format!("compare --embeddings x.csv {known} --methods knn,mistakenness --pred-probs p.csv");
    assert!(succeed(&folder, &compare).contains("left out       2 without a given or a true label"));
    let table = json(&succeed(&folder, &format!("{compare} --json")));
    assert_eq!((&table["n"], &table["errors"], &table["read"]["left_out"]), (&22.into(), &1.into(), &2.into()));

    succeed(&folder, "detect --method knn --embeddings x.csv --labels y.csv --labels-key given --out o.csv");
    let evaluate = format!("evaluate --issues o.csv {known}");
    assert!(succeed(&folder, &evaluate).contains("2 samples without a given or a true label are left out"));
    let measures = json(&succeed(&folder, &format!("{evaluate} --json")));
    assert_eq!((&measures["samples"], &measures["errors"]), (&22.into(), &1.into()));
    assert_eq!(measures["left_out"], 2);
}

#[test]
fn classes_that_differ_in_case_alone_are_named_wherever_labels_are_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("y.txt"), "True\nFalse\nTRUE\nTrue\nFalse\nTrue\n").unwrap();
    let text = succeed(&folder, "noise --labels y.txt --kind symmetric --rate 0.5 --out o.txt");
    assert!(text.contains("the classes \"TRUE\" (1) and \"True\" (3) look alike and are kept apart"), "{text}");
}
