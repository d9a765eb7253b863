//! Work that does not fit into memory.

use std::fs;

use crate::end_to_end::{average_precision, detect, digits_folder, json};
use crate::process::mislabel;

/// What two neighbors in a hundred that are missed may change of the ranking: a bound that was chosen, not derived.
const RECALLED: f64 = 0.01;

#[test]
fn probabilities_too_many_for_memory_lie_in_a_file_that_is_gone_in_the_end() {
    let folder = digits_folder();
    let files = || fs::read_dir(folder.path()).unwrap().count();
    let table = |more: &str| {
        detect(&folder, &format!("--method confident --out i.csv {more}"));
        fs::read(folder.path().join("i.csv")).unwrap()
    };
    let (roomy, before) = (table(""), files());
    let least = least_memory(&folder);
    assert!(table(&format!("--memory {least}")) == roomy);
    assert_eq!(files(), before);
}

/// The least budget, as the refusal of a smaller one names it.
fn least_memory(folder: &tempfile::TempDir) -> String {
    let line = "detect --embeddings x.npy --labels given.npy --method confident --out i.csv --memory 100kB";
    let refused = mislabel(folder, &line.split(' ').collect::<Vec<_>>());
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    let words: Vec<&str> = message.split_whitespace().collect();
    let place = words.iter().position(|word| *word == "needs").unwrap();
    words[place + 1].into()
}

#[test]
fn an_approximate_search_tells_its_recall_and_an_exact_one_none() {
    let folder = digits_folder();
    for method in ["knn", "simifeat", "selfclean", "wann", "relation", "shapley"] {
        let run = |search: &str| {
            let line = format!("--method {method} --neighbors-search {search} --out {search}.csv --json");
            (json(&detect(&folder, &line)), average_precision(&folder, &format!("{search}.csv")))
        };
        let ((exact, exact_precision), (approximate, precision)) = (run("exact"), run("approximate"));
        assert!(exact.get("neighbor_recall").is_none());
        let [recall, error] =
            ["neighbor_recall", "neighbor_recall_standard_error"].map(|name| approximate[name].as_f64().unwrap());
        assert!(recall > 0.98 && error < 0.01, "{method}: {recall} +- {error}");
        assert!((precision - exact_precision).abs() < RECALLED, "{method}: {precision} and {exact_precision}");
    }
}

#[test]
fn the_text_names_the_recall() {
    let folder = digits_folder();
    let text = detect(&folder, "--method knn --neighbors-search approximate --searched-cells 3 --out i.csv");
    assert!(text.contains("neighbors    found approximately, recall 0."), "{text}");
}
