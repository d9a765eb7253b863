//! Datasets of many classes: what samples of the rows measured is said, and memory is kept to.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::kills;
use crate::process::mislabel;

/// The sample leaves out 416 of 16,800 rows: a share of ½ has a standard error of √(½·½/16,384 · 416/16,800) = 0.0006,
/// and a rate made of several such means a few times that.
const SAMPLED: f64 = 0.01;

/// More samples and classes than are searched in full.
fn dataset() -> TempDir {
    kills::dataset("16800", "36", "40")
}

fn json(folder: &TempDir, arguments: &[&str]) -> Value {
    let run = mislabel(folder, arguments);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).unwrap()
}

const INPUTS: [&str; 4] = ["--embeddings", "e.npy", "--labels", "given.npy"];

#[test]
fn what_a_sample_of_the_rows_measured_is_said_with_its_standard_error() {
    let folder = dataset();
    let detect = |search: &'static str| {
        [&["detect", "--method", "rer", "--out", "i.csv", "--search", search, "--json"][..], &INPUTS].concat()
    };
    let summary = json(&folder, &detect("2"));
    let sampling = &summary["sampling"];
    assert_eq!((sampling["rows"].as_u64(), sampling["nearest_means"].as_u64()), (Some(16_384), Some(2)));
    assert!((0.0..=1.0).contains(&sampling["disagreement"].as_f64().unwrap()), "{sampling}");
    for name in ["chi_0", "chi_rand", "noise_rate", "disagreement"] {
        let error = sampling[format!("{name}_standard_error")].as_f64();
        assert!(error.is_some_and(|error| error > 0.0 && error < 0.1), "{name}: {sampling}");
    }
    assert_eq!(summary["noise_rate_standard_error"], sampling["noise_rate_standard_error"]);

    // An exact search has nothing to disagree with; a search of all classes takes no sample.
    let pruned = json(&folder, &detect("pruned"));
    assert!(pruned["sampling"]["disagreement"].is_null() && pruned["sampling"]["chi_0"].is_number());
    let all = json(&folder, &detect("all"));
    assert!(all["sampling"].is_null() && all["noise_rate_standard_error"].is_null());
    let (all, pruned) = (all["noise_rate"].as_f64().unwrap(), pruned["noise_rate"].as_f64().unwrap());
    assert!((all - pruned).abs() < SAMPLED, "{all} {pruned}");

    let text =
        mislabel(&folder, &[&["detect", "--method", "rer", "--out", "i.csv", "--search", "2"][..], &INPUTS].concat());
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    for part in ["  search       2 nearest means: another best class in ", " ± ", "of 16384 sampled rows", "χ_rand"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let difficulty = mislabel(&folder, &[&["difficulty", "--search", "2"][..], &INPUTS].concat());
    let difficulty = String::from_utf8_lossy(&difficulty.stdout).into_owned();
    assert!(difficulty.contains("2 nearest means: another best class in "), "{difficulty}");
}

#[test]
fn a_table_beyond_the_budget_lies_in_a_temporary_file_and_gives_the_same_bytes() {
    let folder = dataset();
    let sizes = ["generate", "--samples", "16800", "--features", "36", "--classes", "40"];
    let files = ["--out", "e.parquet", "--labels", "again.npy", "--true-labels", "true_again.npy"];
    assert!(mislabel(&folder, &[&sizes[..], &files].concat()).status.success());
    let files = ["--labels", "given.npy", "--method", "centroid"];
    assert!(
        mislabel(&folder, &[&["detect", "--embeddings", "e.npy", "--out", "a.csv"][..], &files].concat())
            .status
            .success()
    );
    let parquet = ["detect", "--embeddings", "e.parquet", "--out", "b.csv"];
    let unlimited = mislabel(&folder, &[&parquet[..], &files].concat());
    assert!(unlimited.status.success() && unlimited.stderr.is_empty());
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(read("a.csv") == read("b.csv"));
    let within = mislabel(&folder, &[&parquet[..], &files, &["--memory", "16MiB"]].concat());
    let note = String::from_utf8_lossy(&within.stderr).into_owned();
    assert!(within.status.success() && note.starts_with("note: e.parquet cannot be mapped"), "{note}");
    assert!(read("a.csv") == read("b.csv"));
}

#[test]
fn the_help_of_review_has_the_options_of_its_method_alone() {
    let folder = tempfile::tempdir().unwrap();
    let help =
        |command: &[&str]| String::from_utf8(mislabel(&folder, &[command, &["--help"]].concat()).stdout).unwrap();
    let review = help(&["review"]);
    let options = [
        ("autoencoder", "--epochs"),
        ("confident", "--pred-probs"),
        ("confident", "--filter-by"),
        ("coreset", "--importance"),
        ("simifeat", "--draws"),
        ("mistakenness", "--folds"),
    ];
    for (method, foreign) in options {
        let of_method = help(&["detect", "--method", method]);
        assert!(of_method.contains(foreign) && !review.contains(foreign), "{method} {foreign}");
        let listed = format!("      {foreign} <");
        assert!(of_method.contains(&listed) && !help(&["detect"]).contains(&listed), "{foreign}");
        assert!(!help(&["detect", "--method=rer"]).contains(&listed), "{foreign}");
    }
    for own in ["--alpha", "--boundary", "--precision", "--neighbors", "--memory"] {
        assert!(review.contains(own), "{own}");
    }
    let consensus = help(&["detect", "--method", "consensus"]);
    for of_member in ["--members", "--alpha", "--budget", "--denominator", "--weighting"] {
        assert!(consensus.contains(&format!("      {of_member} <")), "{of_member}");
    }
    let (chosen, filter) =
        (help(&["detect", "--method", "consensus", "--members", "knn,confident"]), "      --filter-by <");
    assert!(chosen.contains(filter) && !consensus.contains(filter) && !chosen.contains("      --budget <"));
    let refused =
        mislabel(&folder, &["review", "--embeddings", "e", "--labels", "l", "--out", "o.csv", "--epochs", "3"]);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(message.contains("--epochs is no option of the method posterior"), "{message}");
}
