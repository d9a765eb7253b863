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

#[test]
fn slices_take_samples_without_a_label_and_write_them() {
    let folder = folder();
    succeed(&folder, "detect --method knn --embeddings x.csv --labels y.csv --labels-key given --out o.csv");
    let judged = "--labels y.csv --labels-key given --issues o.csv";
    let text = succeed(&folder, &format!("slice {judged} --where unlabelled --out s.csv"));
    assert!(text.contains("note: 1 samples have no label (empty); one is suggested for 1 of them"), "{text}");
    assert!(text.contains("1 of 24 samples where unlabelled\n\n  no label     1\n"), "{text}");
    let row = text.lines().find(|line| line.trim_start().starts_with("3 ")).unwrap();
    assert_eq!(row.split_whitespace().collect::<Vec<_>>(), ["3", "(no", "label)", "dog", "-"]);
    assert!(!text.contains("flagged"), "{text}");
    let written = fs::read_to_string(folder.path().join("s.csv")).unwrap();
    let (header, row) = written.trim_end().split_once('\n').unwrap();
    assert!(header.starts_with("index,given_label,suggested_label,quality,score,is_issue,confidence"), "{written}");
    assert!(row.starts_with("3,,dog,,,,0."), "{written}");

    let all = json(&succeed(&folder, &format!("slice {judged} --json")));
    assert_eq!((&all["samples"], &all["unlabelled"]), (&24.into(), &1.into()));
    assert_eq!(all["noise"]["flagged"]["of"], 23);
    let similar =
        succeed(&folder, "similar --labels y.csv --labels-key given --embeddings x.csv --to 1 --where unlabelled");
    assert!(similar.contains("  3  (no label)"), "{similar}");
}

#[test]
fn decisions_on_samples_without_a_label_go_to_other_tools_and_come_back() {
    let folder = folder();
    succeed(&folder, "detect --method knn --embeddings x.csv --labels y.csv --labels-key given --out o.csv");
    let judged = "--labels y.csv --labels-key given --issues o.csv";
    succeed(&folder, &format!("export --format table {judged} --where unlabelled --out sent.csv"));
    let sent = fs::read_to_string(folder.path().join("sent.csv")).unwrap();
    let header: Vec<&str> = sent.lines().next().unwrap().split(',').collect();
    let row: Vec<&str> = sent.lines().nth(1).unwrap().split(',').collect();
    let cell = |name: &str| header.iter().position(|column| *column == name).map(|place| row[place]);
    assert_eq!((cell("index"), cell("suggested_label")), (Some("3"), Some("dog")), "{sent}");
    assert!(cell("given_label").is_none_or(str::is_empty) && cell("is_issue").is_none_or(str::is_empty), "{sent}");

    fs::write(folder.path().join("back.csv"), "index,decision,true_label\n3,relabel,cat\n5,keep,\n").unwrap();
    let import = format!("import --format table back.csv {judged} --journal r.jsonl --out v.csv");
    let text = succeed(&folder, &import);
    assert!(
        text.contains("1 labels kept, 0 changed, 0 unsure, 0 excluded\n1 samples without a label got one"),
        "{text}"
    );
    let apply = "apply --labels y.csv --labels-key given --journal r.jsonl --out fixed.csv";
    assert!(succeed(&folder, apply).contains("0 labels changed, 1 of 1 samples without a label got one"));
    let [before, after] = ["y.csv", "fixed.csv"].map(|name| fs::read_to_string(folder.path().join(name)).unwrap());
    assert_eq!(after, before.replace("\n,dog\n", "\ncat,dog\n"));

    fs::write(folder.path().join("back.csv"), "index,decision\n3,keep\n").unwrap();
    let arguments = import.replace("r.jsonl", "other.jsonl");
    let output = mislabel(&folder, &arguments.split(' ').collect::<Vec<_>>());
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("sample 3 has no label to keep: choose a label for it"), "{message}");
}

#[test]
fn a_code_for_no_label_in_an_array_is_filled() {
    let folder = tempfile::tempdir().unwrap();
    let given = [0, 1, 2, -1, 0, 1, 2, 0];
    integers(folder.path().join("y.npy"), &given);
    let issues: String = given
        .iter()
        .enumerate()
        .map(|(row, class)| match class {
            -1 => format!("{row},,2,,,,0.9\n"),
            class => format!("{row},{class},{class},0.9,0.1,false,\n"),
        })
        .collect();
    let header = "index,given_label,suggested_label,quality,score,is_issue,confidence\n";
    fs::write(folder.path().join("o.csv"), format!("{header}{issues}")).unwrap();
    fs::write(folder.path().join("back.csv"), "index,decision,true_label\n3,relabel,2\n").unwrap();
    succeed(&folder, "import --format table back.csv --labels y.npy --issues o.csv --journal r.jsonl --out v.csv");
    let said = succeed(&folder, "apply --labels y.npy --journal r.jsonl --out fixed.npy");
    assert!(said.contains("0 labels changed, 1 of 1 samples without a label got one"), "{said}");
    integers(folder.path().join("wanted.npy"), &[0, 1, 2, 2, 0, 1, 2, 0]);
    let [fixed, wanted] = ["fixed.npy", "wanted.npy"].map(|name| fs::read(folder.path().join(name)).unwrap());
    assert_eq!(fixed, wanted);
}

#[test]
fn a_verified_label_of_a_row_without_one_is_its_label() {
    let folder = folder();
    fs::write(folder.path().join("v.csv"), "index,true_label\n3,dog\n0,cat\n").unwrap();
    let data = "--embeddings x.csv --labels y.csv --labels-key given --verified v.csv";
    let text = succeed(&folder, &format!("detect {data} --out o.csv"));
    assert!(text.contains("1 sample has no given label, and is labelled as v.csv verifies"), "{text}");
    assert!(!text.contains("without label"), "{text}");
    let mut table = csv::Reader::from_path(folder.path().join("o.csv")).unwrap();
    let names = table.headers().unwrap().clone();
    let place = |name: &str| names.iter().position(|column| column == name).unwrap();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), ROWS);
    assert_eq!((&rows[3][place("given_label")], &rows[3][place("verified")]), ("dog", "true"));
    assert_eq!((&rows[0][place("verified")], &rows[1][place("verified")]), ("true", "false"));

    let text = succeed(&folder, &format!("review {data} --count 30 --out ask.csv"));
    assert!(text.contains("by 1 verified labels") && text.contains("22 samples to look at"), "{text}");
    let asked = fs::read_to_string(folder.path().join("ask.csv")).unwrap();
    assert!(!asked.lines().any(|line| line.starts_with("3,") || line.starts_with("0,")), "{asked}");
}
