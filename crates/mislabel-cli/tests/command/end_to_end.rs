//! From files to a table of issues to its evaluation, on the digits.

use std::fs;
use std::process::{Command, Output, Stdio};

use crate::process::{floats, integers, mislabel};
use mislabel::datasets::digits;
use tempfile::TempDir;

/// Nearly three standard errors of a share of 0.1 of 1,797 samples: √(0.1·0.9/1797) = 0.0071.
pub(crate) const NOISE_RATE: f64 = 0.02;

/// Rounding of a difference of doubles of order 1, written in decimals and read back.
const ROUNDING: f64 = 1e-12;

/// The digits in files, and given labels with 10% symmetric noise made by the command itself.
pub(crate) fn digits_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let digits = digits();
    let classes: Vec<i64> = digits.labels.values().iter().map(|&class| class.into()).collect();
    let pixels: Vec<f32> = digits.embeddings.iter().copied().collect();
    floats(folder.path().join("x.npy"), "(1797, 64)", &pixels);
    integers(folder.path().join("true.npy"), &classes);
    succeed(&folder, "noise --labels true.npy --kind symmetric --rate 0.1 --seed 51 --out given.npy");
    folder
}

pub(crate) fn succeed(folder: &TempDir, line: &str) -> String {
    let output = mislabel(folder, &line.split_whitespace().collect::<Vec<_>>());
    assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

pub(crate) fn detect(folder: &TempDir, rest: &str) -> String {
    succeed(folder, &format!("detect --embeddings x.npy --labels given.npy {rest}"))
}

pub(crate) fn average_precision(folder: &TempDir, issues: &str) -> f64 {
    let line = format!("evaluate --issues {issues} --given given.npy --true-labels true.npy --json");
    json(&succeed(folder, &line))["average_precision"].as_f64().unwrap()
}

#[test]
fn the_errors_put_into_digits_are_found() {
    let folder = digits_folder();
    let summary = json(&detect(&folder, "--out issues.csv --json"));
    assert!(average_precision(&folder, "issues.csv") > 0.98);
    assert_eq!((&summary["n"], &summary["k"]), (&1797.into(), &10.into()));
    assert!((summary["noise_rate"].as_f64().unwrap() - 0.1).abs() < NOISE_RATE);
    assert_eq!(summary["class_difficulties"].as_object().unwrap().len(), 10);
    assert_eq!(summary["method"], "posterior");
    assert!(summary["precision"].as_f64().is_some_and(|precision| precision > 0.9));
}

#[test]
fn likelihood_ratios_find_the_errors_too_and_claim_no_noise_rate() {
    let folder = digits_folder();
    let summary = json(&detect(&folder, "--method gaussian --out issues.csv --json"));
    assert!(average_precision(&folder, "issues.csv") > 0.97);
    assert!(summary["noise_rate"].is_null() && summary["dataset_difficulty"].is_null());
    assert_eq!((&summary["method"], &summary["threshold"]), (&"gaussian".into(), &0.0.into()));
}

#[test]
fn the_table_has_a_row_per_sample_in_the_order_of_the_input() {
    let folder = digits_folder();
    let summary = json(&detect(&folder, "--out issues.csv --json"));
    let table = fs::read_to_string(folder.path().join("issues.csv")).unwrap();
    let mut lines = table.lines();
    assert_eq!(lines.next(), Some("index,given_label,suggested_label,quality,score,is_issue"));
    let indices: Vec<usize> = lines.clone().map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
    assert_eq!(indices, (0..1797).collect::<Vec<_>>());
    assert_eq!(lines.filter(|line| line.ends_with(",true")).count() as u64, summary["flagged"].as_u64().unwrap());
}

#[test]
fn threads_do_not_change_a_byte() {
    let folder = digits_folder();
    let table = |threads: usize, method: &str| {
        detect(&folder, &format!("--out issues.csv --seed 7 --method {method} --threads {threads}"));
        fs::read(folder.path().join("issues.csv")).unwrap()
    };
    for method in ["rer", "centroid", "gaussian"] {
        assert_eq!(table(1, method), table(2, method), "{method}");
    }
}

#[test]
fn every_format_of_output_says_the_same() {
    let folder = digits_folder();
    let of = |extension: &str| {
        detect(&folder, &format!("--out issues.{extension}"));
        average_precision(&folder, &format!("issues.{extension}"))
    };
    let csv = of("csv");
    for extension in ["tsv", "jsonl", "parquet"] {
        assert_eq!(of(extension), csv, "{extension}");
    }
}

#[test]
fn one_table_may_hold_embeddings_and_named_labels() {
    let folder = tempfile::tempdir().unwrap();
    let digits = digits();
    let cells = |row: usize| digits.embeddings.row(row).iter().map(|v| format!("{v},")).collect::<String>();
    let rows: String = (0..400).map(|row| format!("{}n{}\n", cells(row), digits.labels.class(row))).collect();
    let header: String = (0..64).map(|pixel| format!("p{pixel},")).collect();
    fs::write(folder.path().join("digits.csv"), format!("{header}digit\n{rows}")).unwrap();
    let line = "detect --embeddings digits.csv --labels digits.csv --labels-key digit --out issues.jsonl --json";
    let summary = json(&succeed(&folder, line));
    assert_eq!(summary["d"], 64);
    assert!(summary["class_difficulties"]["n3"].is_number());
    let first = fs::read_to_string(folder.path().join("issues.jsonl")).unwrap();
    assert!(first.lines().next().unwrap().contains("\"given_label\":\"n0\""), "{first}");
}

#[test]
fn a_class_without_samples_has_no_difficulty() {
    let folder = tempfile::tempdir().unwrap();
    floats(folder.path().join("x.npy"), "(4, 2)", &[3.0, 0.0, 4.0, 0.1, 0.0, 3.0, 0.1, 4.0]);
    integers(folder.path().join("y.npy"), &[0, 0, 2, 2]);
    fs::write(folder.path().join("names.txt"), "yak\ndog\nemu\nfox\n").unwrap();
    let line = "detect --embeddings x.npy --labels y.npy --class-names names.txt --out o.csv --json";
    let text = succeed(&folder, line);
    let difficulty = &json(&text)["class_difficulties"];
    assert!(difficulty["dog"].is_null() && difficulty["fox"].is_null());
    assert!(difficulty["yak"].is_number() && difficulty["emu"].is_number());
    let places: Vec<_> = ["yak", "dog", "emu", "fox"].map(|name| text.find(name)).into();
    assert!(places.is_sorted(), "in the order of the classes");
}

#[test]
fn measures_without_a_value_are_null_with_a_reason_on_standard_error() {
    let folder = digits_folder();
    detect(&folder, "--out issues.csv");
    let line = ["evaluate", "--issues", "issues.csv", "--given", "given.npy", "--true-labels", "given.npy", "--json"];
    let output = mislabel(&folder, &line);
    assert!(output.status.success());
    let measures = json(&String::from_utf8(output.stdout).unwrap());
    assert!(measures["auroc"].is_null() && measures["average_precision"].is_null());
    assert_eq!(measures["errors"], 0);
    assert!(String::from_utf8_lossy(&output.stderr).contains("auroc: "));
}

#[test]
fn every_kind_of_noise_meets_its_rate() {
    let folder = digits_folder();
    let path = |name: &str| folder.path().join(name);
    let share = |given: usize, truth: usize| if given == truth { 0.8_f32 } else { 0.2 / 9.0 };
    let matrix: Vec<f32> = (0..100).map(|cell| share(cell / 10, cell % 10)).collect();
    floats(path("t.npy"), "(10, 10)", &matrix);
    floats(path("p.npy"), "(1797, 10)", &[0.1; 17_970]);
    let kinds = [
        ("symmetric --rate 0.2", 359),
        ("asymmetric --rate 0.2", 359),
        ("confidence --rate 0.2 --pred-probs p.npy", 359),
        ("recorded --rate 0.05 --recorded given.npy", 89),
        ("recorded --recorded given.npy", 179),
        ("instance --rate 0.2 --embeddings x.npy", 359),
    ];
    for (kind, wrong) in kinds {
        let text = succeed(&folder, &format!("noise --labels true.npy --kind {kind} --out noisy.npy"));
        assert!(text.starts_with(&format!("1797 labels, {wrong} of them wrong")), "{kind}: {text}");
    }
    let text = succeed(&folder, "noise --labels true.npy --kind transition --transition t.npy --out noisy.npy");
    let wrong: usize = text.split_whitespace().nth(2).unwrap().parse().unwrap();
    // Each of the 10 classes rounds its ten counts up or down.
    assert!((350..=370).contains(&wrong), "{text}");
}

#[test]
fn the_same_seed_makes_the_same_noise_and_another_does_not() {
    let folder = digits_folder();
    let labels = |seed: u64| {
        let line = format!("noise --labels true.npy --kind symmetric --rate 0.3 --seed {seed} --out noisy.txt");
        succeed(&folder, &line);
        fs::read_to_string(folder.path().join("noisy.txt")).unwrap()
    };
    assert_eq!(labels(1), labels(1));
    assert_ne!(labels(1), labels(2));
    assert_eq!(labels(1).lines().count(), 1797);
}

#[test]
fn noise_makes_a_dataset_more_difficult() {
    let folder = digits_folder();
    let difficulty = |labels: &str| {
        let line = format!("difficulty --embeddings x.npy --labels {labels} --json --calibration 0.5:1.5");
        let summary = json(&succeed(&folder, &line));
        let (raw, scaled) =
            (summary["dataset_difficulty"].as_f64().unwrap(), summary["scaled_difficulty"].as_f64().unwrap());
        assert!((scaled - (raw - 0.5)).abs() < ROUNDING);
        raw
    };
    assert!(difficulty("given.npy") > difficulty("true.npy") + 0.05);
}

#[test]
fn difficulty_comes_as_a_curve_and_without_labels() {
    let folder = digits_folder();
    let curve = json(&succeed(&folder, "difficulty --embeddings x.npy --labels true.npy --curve --json"));
    assert!(curve["curve"]["points"].as_array().unwrap().len() >= 3);
    assert!(curve["curve"]["limit"].is_number());
    let clusters = json(&succeed(&folder, "difficulty --embeddings x.npy --label-free --clusters 5 --json"));
    assert_eq!((&clusters["k"], &clusters["label_free"]), (&5.into(), &true.into()));
    assert!(clusters["curve"].is_null());
}

#[test]
fn the_demo_shows_its_figures_and_draws_what_the_locale_allows() {
    let demo = |locale: &str| {
        let command = &mut Command::new(env!("CARGO_BIN_EXE_mislabel"));
        let output: Output = command.args(["demo", "--seed", "3"]).env("LC_ALL", locale).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty());
        String::from_utf8(output.stdout).unwrap()
    };
    let plain = demo("C");
    assert!(plain.is_ascii());
    for name in ["AUROC", "average precision", "F1 of the flags", "best possible F1", "noise rate"] {
        assert!(plain.contains(name), "{name}");
    }
    assert!(demo("C.UTF-8").contains('█'));
    assert!(plain.lines().all(|line| line.len() <= 80));
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mislabel"));
    let mut child = command.arg("demo").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(output.stderr.is_empty());
}

#[test]
fn help_and_version_are_on_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["demo", "detect", "noise", "evaluate", "difficulty"] {
        assert!(succeed(&folder, &format!("{command} --help")).contains("Examples:"), "{command}");
    }
    assert_eq!(succeed(&folder, "--version"), format!("mislabel {}\n", env!("CARGO_PKG_VERSION")));
}
