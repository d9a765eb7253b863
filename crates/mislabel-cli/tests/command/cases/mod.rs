//! Inputs as people have them: every case with the rows that are flagged, what the command says, or why it refuses.
//!
//! Most are variants of one table, S: ten samples of two classes, of which row 3 is mislabelled.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::process::mislabel;

mod columns;
mod forms;
mod identity;
mod labels;
mod predictions;
mod strangers;
mod texts;

/// The features of S.
pub(crate) const E: &str = "f0,f1\n.9,.1\n.1,.9\n.8,.2\n.15,.95\n.2,.85\n.95,.05\n.1,1.\n.85,.12\n.05,.9\n1.,.1\n";
/// The labels of S.
pub(crate) const Y: &str = "label\ncat\ndog\ncat\ncat\ndog\ncat\ndog\ncat\ndog\ncat\n";

/// What a case must come to.
enum Right {
    /// These rows are flagged, and the output says all of this.
    Flagged(&'static [usize], &'static [&'static str]),
    /// The command refuses, and its message says all of this.
    Refused(&'static [&'static str]),
}

struct Case {
    name: &'static str,
    /// Name and content of every file beside S's e.csv and y.csv.
    files: Vec<(&'static str, Vec<u8>)>,
    arguments: &'static str,
    right: Right,
}

fn case(name: &'static str, files: &[(&'static str, String)], arguments: &'static str, right: Right) -> Case {
    let files = files.iter().map(|(name, text)| (*name, text.clone().into_bytes())).collect();
    Case { name, files, arguments, right }
}

/// A case with a file that is not text.
fn binary(name: &'static str, file: (&'static str, Vec<u8>), arguments: &'static str, right: Right) -> Case {
    Case { name, files: vec![file], arguments, right }
}

/// The rows of S with `row(number, f0, f1, label)` for each, below `header`.
fn table(header: &str, row: impl Fn(usize, &str, &str, &str) -> String) -> String {
    let labels = Y.lines().skip(1);
    let rows = E.lines().skip(1).zip(labels).enumerate().map(|(number, (features, label))| {
        let (f0, f1) = features.split_once(',').unwrap();
        row(number, f0, f1, label) + "\n"
    });
    let header = if header.is_empty() { String::new() } else { format!("{header}\n") };
    header + &rows.collect::<String>()
}

/// The labels of S, spelled by `spell`, below `header`.
fn labels(header: &str, spell: impl Fn(usize, &str) -> String) -> String {
    table(header, |number, _, _, label| spell(number, label))
}

/// `first` for cats and `second` for dogs.
fn coded(first: &str, second: &str) -> impl Fn(usize, &str) -> String {
    let (first, second) = (first.to_owned(), second.to_owned());
    move |_, label| if label == "cat" { first.clone() } else { second.clone() }
}

const ONE_TABLE: &str = "--embeddings t.csv --labels t.csv";
const LABELS_CSV: &str = "--embeddings e.csv --labels l.csv";
const LABELS_TXT: &str = "--embeddings e.csv --labels l.txt";
const PREDICTED: &str = "--method confident --pred-probs p.csv --labels l.csv";
const PREDICTED_TXT: &str = "--method confident --pred-probs p.csv --labels l.txt";

fn write(folder: &Path, case: &Case) {
    fs::write(folder.join("e.csv"), E).unwrap();
    fs::write(folder.join("y.csv"), Y).unwrap();
    for (name, content) in &case.files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// The rows that the table of issues flags.
fn flagged(folder: &TempDir) -> Vec<usize> {
    let Ok(mut table) = csv::Reader::from_path(folder.path().join("o.csv")) else { return Vec::new() };
    let names = table.headers().unwrap().clone();
    let place = |name: &str| names.iter().position(|column| column == name).unwrap();
    let (index, flag) = (place("index"), place("is_issue"));
    let rows = table.records().map(Result::unwrap).filter(|row| &row[flag] == "true");
    rows.map(|row| row[index].parse().unwrap()).collect()
}

/// What is not right with `case`, if anything.
fn fault(case: &Case) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), case);
    let mut arguments: Vec<&str> = case.arguments.split(' ').collect();
    if arguments[0].starts_with("--") {
        arguments.insert(0, "detect");
        arguments.extend(["--out", "o.csv"]);
        // The cases are of what is read; the ratio is the method whose flags a reader can check by hand.
        if !arguments.contains(&"--method") {
            arguments.extend(["--method", "rer"]);
        }
    }
    let output = mislabel(&folder, &arguments);
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let (right, said) = match &case.right {
        Right::Flagged(rows, said) => (output.status.success() && flagged(&folder) == *rows, *said),
        Right::Refused(said) => (output.status.code() == Some(2) && error.lines().count() == 1, *said),
    };
    let text = format!("{out}{error}");
    let unsaid = said.iter().find(|words| !text.contains(**words));
    (!right || unsaid.is_some())
        .then(|| format!("{}\n  flagged {:?}; not said: {unsaid:?}\n{text}", case.name, flagged(&folder)))
}

/// All faults at once: cases are independent.
fn check(cases: Vec<Case>) {
    let faults: Vec<String> = cases.iter().filter_map(fault).collect();
    assert!(faults.is_empty(), "{} of {} cases:\n\n{}", faults.len(), cases.len(), faults.join("\n"));
}
