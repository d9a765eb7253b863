//! Every method, from files to a table, and all of them side by side.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use mislabel::confident::{ConfidentLearning, Filter, Score};
use mislabel::core::{Judge as _, Labels, ProbabilityMatrix, Run};
use mislabel::datasets::digits;
use ndarray::{Array2, Axis};
use tempfile::TempDir;

use crate::end_to_end::{NOISE_RATE, average_precision, detect, digits_folder, json, succeed};
use crate::process::{floats, integers, mislabel};

/// Rounding of a sum of three weights, written in decimals and read back.
const ROUNDING: f64 = 1e-9;

/// Logits went through f32, of which a step at 5 is 4.8e-7.
const SINGLE: f64 = 1e-5;

/// Methods that need embeddings and labels only.
const METHODS: [&str; 16] = [
    "rer",
    "centroid",
    "autoencoder",
    "gaussian",
    "posterior",
    "consensus",
    "confident",
    "mistakenness",
    "simifeat",
    "simifeat-vote",
    "knn",
    "selfclean",
    "wann",
    "relation",
    "shapley",
    "coreset",
];

#[test]
fn every_method_finds_the_errors_put_into_digits_and_threads_change_nothing() {
    let folder = digits_folder();
    for method in METHODS {
        let table = |threads: usize| {
            let out = format!("{method}_{threads}.csv");
            let line = format!("--method {method} --threads {threads} --seed 3 --out {out} --json");
            let summary = json(&detect(&folder, &line));
            assert_eq!(summary["method"], method);
            (fs::read(folder.path().join(&out)).unwrap(), average_precision(&folder, &out))
        };
        let ((one, precision), (two, _)) = (table(1), table(2));
        assert!(precision > if method == "coreset" { 0.6 } else { 0.93 }, "{method} {precision}");
        assert!(one == two, "{method}");
    }
}

#[test]
fn a_consensus_of_any_methods_names_its_members_and_explains_itself() {
    let folder = digits_folder();
    let line = "--method consensus --members rer,knn,gaussian --neighbors 20 --explain 5,3 --out c.csv --json";
    let summary = json(&detect(&folder, line));
    let members = summary["members"].as_array().unwrap();
    assert_eq!(members.iter().map(|member| &member["name"]).collect::<Vec<_>>(), ["rer", "knn", "gaussian"]);
    let total: f64 = members.iter().map(|member| member["weight"].as_f64().unwrap()).sum();
    assert!((total - 1.0).abs() < ROUNDING && average_precision(&folder, "c.csv") > 0.97);
    let why = summary["explanations"].as_array().unwrap();
    assert_eq!((&why[0]["index"], &why[1]["index"]), (&5.into(), &3.into()));
    assert_eq!(why[0]["members"].as_array().unwrap().len(), 3);
    assert_eq!(why[0]["nearest_of_the_same_label"].as_array().unwrap().len(), 3);
    assert!(why[0]["own_error"].as_f64().unwrap() > 0.0);
}

#[test]
fn any_method_explains_its_issues_in_words() {
    let folder = digits_folder();
    let text = detect(&folder, "--out i.csv --method knn --explain 0");
    assert!(text.contains("sample 0: ") && text.contains("nearest with other labels: "), "{text}");
    assert!(!text.contains("reconstruction error"));
}

/// Probabilities and given labels of 60 samples over 3 classes, some labels wrong.
fn predicted() -> (Array2<f32>, Vec<i64>) {
    let raw = Array2::from_shape_fn((60, 3), |(i, j)| {
        1.0 + ((i * 7 + j * 5) % 11) as f32 + if i % 3 == j { 9.0 } else { 0.0 }
    });
    let probabilities = &raw / &raw.sum_axis(Axis(1)).insert_axis(Axis(1));
    (probabilities, (0..60).map(|i| if i % 9 == 4 { (i + 1) % 3 } else { i % 3 }).collect())
}

fn predictions_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (probabilities, labels) = predicted();
    let path = |name: &str| folder.path().join(name);
    floats(path("p.npy"), "(60, 3)", probabilities.as_slice().unwrap());
    floats(path("l.npy"), "(60, 3)", probabilities.mapv(|p| p.ln() + 5.0).as_slice().unwrap());
    integers(path("y.npy"), &labels);
    folder
}

/// Quality and flags in a table.
fn columns(folder: &TempDir, name: &str) -> (Vec<f64>, Vec<bool>) {
    let table = fs::read_to_string(folder.path().join(name)).unwrap();
    let rows = table.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    rows.map(|row| (row[3].parse::<f64>().unwrap(), row[5] == "true")).unzip()
}

#[test]
fn every_filter_and_score_of_confident_learning_is_the_librarys() {
    let folder = predictions_folder();
    let (probabilities, labels) = predicted();
    let probabilities = ProbabilityMatrix::new(probabilities.mapv(f64::from)).unwrap();
    let given = Labels::new(labels.iter().map(|&label| label as u32).collect(), 3).unwrap();
    for (number, filter) in Filter::ALL.into_iter().enumerate() {
        let score = Score::ALL[number % Score::ALL.len()];
        let adjust = number % 2 == 1 && score != Score::ConfidenceWeightedEntropy;
        let expected = ConfidentLearning { filter, score, adjust, ..ConfidentLearning::default() };
        let expected = expected.judge(&probabilities, &given, &Run::quiet()).unwrap();
        let flag = if adjust { "--adjust-pred-probs" } else { "" };
        let (filter, score) = (filter.name(), score.name());
        let options = format!("--filter-by {filter} --score {score} {flag}");
        let line = format!("detect --method confident --pred-probs p.npy --labels y.npy --out o.csv --json {options}");
        let summary = json(&succeed(&folder, &line));
        let (quality, flags) = columns(&folder, "o.csv");
        assert_eq!(flags, expected.is_issue().to_vec(), "{options}");
        assert_eq!(quality, expected.quality().as_slice().to_vec(), "{options}");
        assert_eq!(summary["flagged"], expected.flagged(), "{options}");
        assert!(summary["d"].is_null() && summary["noise_rate"].is_number());
    }
}

#[test]
fn counts_to_remove_and_the_share_of_noise_reach_confident_learning() {
    let folder = predictions_folder();
    let flagged = |options: &str| {
        let line = format!("detect --method confident --pred-probs p.npy --labels y.npy --out o.csv --json {options}");
        json(&succeed(&folder, &line))["flagged"].as_u64().unwrap()
    };
    let all = flagged("--filter-by prune_by_class");
    assert_eq!(flagged("--filter-by prune_by_class --num-to-remove-per-class 1,0,1"), 2);
    assert_eq!(flagged("--filter-by prune_by_class --min-examples-per-class 1000"), 0);
    assert!(all > 2 && flagged("--filter-by prune_by_class --frac-noise 0.5") < all);
}

#[test]
fn logits_and_their_softmax_say_the_same() {
    let folder = predictions_folder();
    for method in ["confident", "mistakenness", "coreset"] {
        for (source, out) in [("--pred-probs p.npy", "p.csv"), ("--logits l.npy", "l.csv")] {
            succeed(&folder, &format!("detect --method {method} {source} --labels y.npy --out {out}"));
        }
        let ((of_probabilities, flags), (of_logits, others)) = (columns(&folder, "p.csv"), columns(&folder, "l.csv"));
        assert_eq!(flags, others, "{method}");
        assert!(of_probabilities.iter().zip(&of_logits).all(|(a, b)| (a - b).abs() < SINGLE), "{method}");
    }
}

#[test]
fn predictions_may_know_more_classes_than_the_labels_show() {
    let folder = predictions_folder();
    integers(folder.path().join("two.npy"), &(0..60).map(|i| i % 2).collect::<Vec<_>>());
    for method in ["confident", "mistakenness"] {
        let line = format!("detect --method {method} --pred-probs p.npy --labels two.npy --out o.csv --json");
        assert_eq!(json(&succeed(&folder, &line))["k"], 3, "{method}");
    }
}

#[test]
fn zero_shot_needs_no_given_label_to_predict_and_its_temperature_matters() {
    let folder = digits_folder();
    let digits = digits();
    let mean = |class: usize| {
        let rows: Vec<usize> = (0..1797).filter(|&row| digits.labels.class(row) == class).collect();
        digits.embeddings.select(Axis(0), &rows).mean_axis(Axis(0)).unwrap().to_vec()
    };
    let texts: Vec<f32> = (0..10).flat_map(mean).collect();
    floats(folder.path().join("texts.npy"), "(10, 64)", &texts);
    let precision = |temperature: &str| {
        detect(&folder, &format!("--method zero-shot --class-texts texts.npy {temperature} --out z.csv"));
        average_precision(&folder, "z.csv")
    };
    let (default, hot) = (precision(""), precision("--temperature 1000000"));
    assert!(default > 0.7 && hot < default, "{default} {hot}");
}

#[test]
fn a_probe_that_does_not_learn_flagged_labels_finds_more_errors_of_one_direction() {
    let folder = digits_folder();
    succeed(&folder, "noise --labels true.npy --kind asymmetric --rate 0.2 --seed 51 --out given.npy");
    let precision = |options: &str| {
        detect(&folder, &format!("--method confident {options} --out c.csv"));
        average_precision(&folder, "c.csv")
    };
    let (pruned, plain) = (precision(""), precision("--no-prune"));
    assert!(pruned > 0.97 && plain < 0.9, "{pruned} {plain}");
}

#[test]
fn what_is_known_decides_how_many_are_flagged() {
    let folder = digits_folder();
    let summary = |options: &str| json(&detect(&folder, &format!("--method posterior {options} --out p.csv --json")));
    let flagged = |options: &str| summary(options)["flagged"].as_u64().unwrap();
    assert_eq!((flagged("--budget 30"), flagged("--budget 0"), flagged("--budget 9999")), (30, 0, 1797));
    assert_eq!(flagged("--noise-rate 0.1"), 180);
    let all = flagged("");
    assert!(flagged("--precision 0.999") <= all && all < flagged("--precision 0.3"));
    assert!((summary("")["noise_rate"].as_f64().unwrap() - 0.1).abs() < NOISE_RATE);
    assert!(flagged("--boundary 3") >= all);
}

#[test]
fn flags_reach_the_autoencoder() {
    let folder = digits_folder();
    let table = |options: &str| {
        detect(&folder, &format!("--method autoencoder {options} --out a.csv"));
        fs::read(folder.path().join("a.csv")).unwrap()
    };
    let default = table("");
    let changed = [
        "--preset paper --epochs 2",
        "--latent 8",
        "--hidden 32 --steps 5",
        "--tied false --steps 5",
        "--folds 2",
        "--in-sample",
        "--alpha 1",
        "--no-trim",
        "--input-scaling standardize",
        "--output-activation sigmoid --input-scaling min-max --steps 5",
        "--batch 32",
        "--learning-rate 0.001",
        "--dropout 0.2 --hidden 16 --steps 5",
        "--input-noise 0.1",
        "--l2 0.1",
        "--patience 2 --epochs 3",
        "--preset paper --epochs 2 --activation tanh",
    ];
    for options in changed {
        assert!(table(options) != default, "{options}");
    }
    assert_eq!(table("--preset default --folds 4 --trim 1.06 --trim 1.03 --alpha 4"), default);
}

#[test]
fn a_comparison_says_what_detect_and_evaluate_say() {
    let folder = digits_folder();
    let line =
        "compare --embeddings x.npy --given given.npy --true-labels true.npy --methods rer,knn --neighbors 7 --json";
    let table = json(&succeed(&folder, line));
    assert_eq!(table["n"], 1797);
    let rows = table["methods"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    for (row, options) in rows.iter().zip(["--method rer", "--method knn --neighbors 7"]) {
        let summary = json(&detect(&folder, &format!("{options} --out o.csv --json")));
        assert_eq!(row["flagged"], summary["flagged"]);
        assert_eq!(row["average_precision"].as_f64().unwrap(), average_precision(&folder, "o.csv"));
        let memory = row["peak_memory_bytes"].as_u64();
        assert!(memory.is_none_or(|bytes| bytes > 1 << 20) && row["seconds"].as_f64().unwrap() > 0.0);
    }
}

#[test]
fn a_comparison_prints_a_row_once_it_is_there() {
    let folder = digits_folder();
    let line = "compare --embeddings x.npy --given given.npy --true-labels true.npy --methods centroid,posterior";
    let mut command = Command::new(env!("CARGO_BIN_EXE_mislabel"));
    command.current_dir(folder.path()).args(line.split(' ')).stdout(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut rows = lines.skip_while(|line| !line.trim_start().starts_with("method"));
    assert!(rows.nth(1).unwrap().trim_start().starts_with("centroid "));
    assert!(process.try_wait().unwrap().is_none(), "the posterior takes longer than a line");
    assert!(rows.next().unwrap().trim_start().starts_with("posterior "));
    assert!(process.wait().unwrap().success());
}

#[test]
fn a_comparison_takes_every_method_that_the_files_suffice_for() {
    let folder = predictions_folder();
    let rows: Vec<f32> = (0..60).flat_map(|i| [(i % 3) as f32, (i % 5) as f32 * 0.1, 1.0]).collect();
    floats(folder.path().join("x.npy"), "(60, 3)", &rows);
    integers(folder.path().join("true.npy"), &(0..60).map(|i| i % 3).collect::<Vec<_>>());
    let line = "compare --embeddings x.npy --given y.npy --true-labels true.npy --pred-probs p.npy";
    let text = succeed(&folder, line);
    for method in METHODS {
        assert!(text.lines().any(|line| line.trim_start().starts_with(&format!("{method} "))), "{method}\n{text}");
    }
    assert!(!text.contains("zero-shot"), "{text}");
}

#[test]
fn a_comparison_without_label_errors_has_no_measures_and_no_failure() {
    let folder = digits_folder();
    let line = "compare --embeddings x.npy --given true.npy --true-labels true.npy --methods knn --json";
    let table = json(&succeed(&folder, line));
    assert!(table["methods"][0]["average_precision"].is_null() && table["methods"][0]["error"].is_null());
}

#[test]
fn a_method_that_fails_leaves_the_others_in_the_table() {
    let folder = digits_folder();
    let line = "compare --embeddings x.npy --given given.npy --true-labels true.npy --methods rer,gaussian --threshold mixture";
    let output = mislabel(&folder, &line.split_whitespace().collect::<Vec<_>>());
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout.contains("rer ") && stdout.contains("must be a number"), "{stdout}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.contains("no result by gaussian: --threshold must be a number"), "{stderr}");
}

#[test]
fn the_search_of_classes_reaches_the_reconstructors() {
    let folder = digits_folder();
    let table = |options: &str| {
        detect(&folder, &format!("--method rer {options} --out s.csv"));
        fs::read(folder.path().join("s.csv")).unwrap()
    };
    assert!(table("--search all") == table("--search pruned"));
    assert!(detect(&folder, "--method posterior --search pruned --out s.csv").contains("flagged"));
}
