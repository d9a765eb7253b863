//! From noisy labels over a review in the browser to corrected labels, and no further.

use std::path::Path;
use std::process::{Command, Output};

use crate::browser::Browser;
use crate::process::serve;

fn mislabel(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mislabel")).args(arguments).current_dir(folder).output().unwrap()
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = mislabel(folder, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn lines(path: &Path) -> Vec<String> {
    std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn fifty_decisions_in_the_browser_correct_the_labels_and_teach_the_noise_rate() {
    let Some(browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let digits = mislabel::datasets::digits();
    mislabel::io::write_npy(path("digits.npy"), digits.embeddings.view()).unwrap();
    let truth: String = digits.labels.values().iter().map(|label| format!("{label}\n")).collect();
    std::fs::write(path("true.txt"), truth).unwrap();
    done(
        folder.path(),
        &["noise", "--labels", "true.txt", "--kind", "symmetric", "--rate", "0.1", "--seed", "7", "--out", "given.txt"],
    );
    let (truth, given) = (lines(&path("true.txt")), lines(&path("given.txt")));

    let arguments = ["app", "--labels", "given.txt", "--embeddings", "digits.npy", "--journal", "review.jsonl"];
    let served = serve(folder.path(), &arguments).unwrap();
    browser.open(&served.link);
    browser.value("document.getElementById('preset').value = 'teaching'");
    browser.value("document.getElementById('preset').dispatchEvent(new Event('change'))");
    browser.wait_until("mislabel.state.slice.count === 50 && mislabel.state.cards.has(0)");
    for at in 0..50 {
        browser.wait_until(&format!("mislabel.state.current === {at}"));
        let row = browser.value(&format!("mislabel.state.cards.get({at}).row")).as_u64().unwrap() as usize;
        browser.press(&truth[row]);
        browser.wait_until(&format!("mislabel.state.cards.get({at}).state.decisions.length === 1"));
    }
    browser.wait_until_saved();
    drop(served);

    let apply = [
        "apply",
        "--labels",
        "given.txt",
        "--journal",
        "review.jsonl",
        "--out",
        "fixed.txt",
        "--verified",
        "verified.csv",
    ];
    done(folder.path(), &apply);
    let fixed = lines(&path("fixed.txt"));
    let reviewed: Vec<usize> =
        lines(&path("verified.csv"))[1..].iter().map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
    assert_eq!(reviewed.len(), 50);
    for row in 0..given.len() {
        let expected = if reviewed.contains(&row) { &truth[row] } else { &given[row] };
        assert_eq!(&fixed[row], expected, "row {row}");
    }

    let detect = [
        "detect",
        "--method",
        "posterior",
        "--verified",
        "verified.csv",
        "--embeddings",
        "digits.npy",
        "--labels",
        "given.txt",
    ];
    let summary = done(folder.path(), &[&detect[..], &["--out", "issues.csv", "--json"]].concat());
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let (rate, error) =
        (summary["noise_rate"].as_f64().unwrap(), summary["noise_rate_standard_error"].as_f64().unwrap());
    let wrong = truth.iter().zip(&given).filter(|(one, other)| one != other).count() as f64 / truth.len() as f64;
    assert!((rate - wrong).abs() < 2.0 * error, "{rate} ± {error}, true {wrong}");

    let again =
        mislabel(folder.path(), &["apply", "--labels", "fixed.txt", "--journal", "review.jsonl", "--out", "twice.txt"]);
    let refused = String::from_utf8_lossy(&again.stderr);
    assert_eq!(again.status.code(), Some(2));
    assert!(refused.contains("was written for other labels") && !path("twice.txt").exists(), "{refused}");
}
