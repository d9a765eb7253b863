//! `mislabel review`, and what verified labels change.

use std::fs;

use tempfile::TempDir;

use crate::process::mislabel;

/// A generated dataset with a tenth of its labels wrong.
fn dataset() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let sizes = ["generate", "--samples", "800", "--features", "12", "--classes", "4"];
    let files = ["--out", "e.npy", "--labels", "given.txt", "--true-labels", "true.txt"];
    let made = mislabel(&folder, &[&sizes[..], &files].concat());
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    folder
}

fn review(folder: &TempDir, more: &[&str]) -> String {
    let command = ["review", "--embeddings", "e.npy", "--labels", "given.txt"];
    let output = mislabel(folder, &[&command[..], more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The table of `review`, its last column filled in for every other row.
fn half_filled(folder: &TempDir) -> (String, Vec<usize>) {
    let truth = fs::read_to_string(folder.path().join("true.txt")).unwrap();
    let truth: Vec<&str> = truth.lines().collect();
    let asked = fs::read_to_string(folder.path().join("ask.csv")).unwrap();
    let (mut filled, mut rows) = (String::from("index,given_label,likeliest_label,mistake,true_label\n"), Vec::new());
    for (place, line) in asked.lines().skip(1).enumerate() {
        let row: usize = line.split(',').next().unwrap().parse().unwrap();
        let label = if place % 2 == 0 { truth[row] } else { "" };
        filled += &format!("{line}{label}\n");
        if place % 2 == 0 {
            rows.push(row);
        }
    }
    (filled, rows)
}

#[test]
fn samples_are_asked_for_once_and_answers_count() {
    let folder = dataset();
    let said = review(&folder, &["--count", "40", "--out", "ask.csv"]);
    assert!(said.contains("by no verified label yet") && said.contains("40 samples to look at"), "{said}");
    let (filled, known) = half_filled(&folder);
    fs::write(folder.path().join("known.csv"), filled).unwrap();

    let said = review(&folder, &["--count", "60", "--verified", "known.csv", "--out", "more.csv"]);
    assert!(said.contains("±") && said.contains("by 20 verified labels"), "{said}");
    let more = fs::read_to_string(folder.path().join("more.csv")).unwrap();
    let asked = |row: &usize| more.lines().skip(1).any(|line| line.starts_with(&format!("{row},")));
    assert_eq!(more.lines().count(), 61);
    assert!(!known.iter().any(asked), "a verified sample is asked for again");

    let detect = ["detect", "--method", "posterior", "--embeddings", "e.npy", "--labels", "given.txt"];
    let with = ["--verified", "known.csv", "--out", "issues.csv", "--json"];
    let found = mislabel(&folder, &[&detect[..], &with].concat());
    let summary = String::from_utf8(found.stdout).unwrap();
    assert!(summary.contains("\"noise_rate_standard_error\": 0.0"), "{summary}");
    let issues = fs::read_to_string(folder.path().join("issues.csv")).unwrap();
    let line = issues.lines().nth(known[0] + 1).unwrap();
    let quality = line.split(',').nth(3).unwrap().parse::<f64>().unwrap();
    assert!(quality == 0.0 || quality == 1.0, "{line}");
    let marked = issues.lines().filter(|line| line.split(',').nth(6) == Some("true")).count();
    assert!(issues.lines().next().is_some_and(|names| names.contains("is_issue,verified")), "{issues}");
    assert_eq!(marked, known.len());
    let listed = mislabel(&folder, &[&detect[..], &["--verified", "known.csv", "--out", "again.csv"]].concat());
    let listed = String::from_utf8(listed.stdout).unwrap();
    let suspects = listed.split("The most suspect samples:").nth(1).unwrap_or_default();
    let first_words: Vec<&str> = suspects.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(known.iter().all(|row| !first_words.contains(&row.to_string().as_str())), "{listed}");
    assert!(listed.contains("of which about") && listed.contains("mislabel review"), "{listed}");
}

#[test]
fn the_bootstrap_gives_an_interval() {
    let folder = dataset();
    let detect = ["detect", "--method", "posterior", "--embeddings", "e.npy", "--labels", "given.txt"];
    let found = mislabel(&folder, &[&detect[..], &["--interval", "--out", "issues.csv"]].concat());
    let said = String::from_utf8(found.stdout).unwrap();
    assert!(found.status.success() && said.contains('±'), "{said}");
}

#[test]
fn answers_without_sense_are_refused() {
    let folder = dataset();
    let refused = |content: &str| {
        fs::write(folder.path().join("known.csv"), content).unwrap();
        let command = ["review", "--embeddings", "e.npy", "--labels", "given.txt", "--verified", "known.csv"];
        let output = mislabel(&folder, &[&command[..], &["--out", "ask.csv"]].concat());
        assert_eq!(output.status.code(), Some(2));
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(message.lines().count(), 1, "{message}");
        message
    };
    assert!(refused("index,true_label\n800,1\n").contains("800"));
    assert!(refused("index,true_label\n3,1\n3,2\n").contains("verified twice"));
    assert!(refused("index,true_label\n3,9\n").contains('9'));
    assert!(refused("index,true_label\n-1,1\n").contains("-1"));
    assert!(refused("row,true_label\n1,1\n").contains("index"));
    let overwritten = ["review", "--embeddings", "e.npy", "--labels", "given.txt", "--verified", "known.csv"];
    let output = mislabel(&folder, &[&overwritten[..], &["--out", "known.csv"]].concat());
    assert!(String::from_utf8(output.stderr).unwrap().contains("is an input of the command"));
}

#[test]
fn rules_are_compared_on_one_fit() {
    let folder = dataset();
    let truth = ["compare", "--embeddings", "e.npy", "--given", "given.txt", "--true-labels", "true.txt", "--rules"];
    let compared = mislabel(&folder, &truth);
    let said = String::from_utf8(compared.stdout).unwrap();
    assert!(compared.status.success() && said.contains("80 label errors"), "{said}");
    for rule in ["published", "χ > 1", "relabeling", "expected F1", "advised", "true noise rate"] {
        assert!(said.contains(rule), "{rule}: {said}");
    }
    let refused = mislabel(&folder, &[&truth[..], &["--methods", "rer"]].concat());
    assert_eq!(refused.status.code(), Some(2));
}
