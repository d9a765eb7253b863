//! Samples without a label on the page: shown as such, suggested a label, given one, and written into the file.

use std::fmt::Write as _;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::process::{Served, serve};

const ROWS: usize = 60;

/// Rows without a label: 3 and 9 look like dogs, 20 and 40 like cats.
const WITHOUT: [usize; 4] = [3, 9, 20, 40];

/// The row whose label is wrong.
const WRONG: usize = 12;

/// Cats in even rows and dogs in odd ones, in two heaps.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (mut labels, mut embeddings) = (String::from("n,label\n"), String::from("x,y\n"));
    for row in 0..ROWS {
        let label = ["cat", "dog"][(row + usize::from(row == WRONG)) % 2];
        let label = if WITHOUT.contains(&row) { "" } else { label };
        let small = |step: usize| (row * step % 17) as f64 / 40.0;
        let (x, y) = if row % 2 == 0 { (1.0, 0.0) } else { (0.0, 1.0) };
        writeln!(labels, "{row},{label}").unwrap();
        writeln!(embeddings, "{},{}", x + small(7), y + small(5)).unwrap();
    }
    std::fs::write(folder.path().join("labels.csv"), labels).unwrap();
    std::fs::write(folder.path().join("x.csv"), embeddings).unwrap();
    folder
}

const LABELS: [&str; 4] = ["--labels", "labels.csv", "--labels-key", "label"];

fn served(folder: &tempfile::TempDir) -> Served {
    let more = ["--embeddings", "x.csv", "--journal", "review.jsonl", "--reviewer", "ann"];
    serve(folder.path(), &[&["app"], &LABELS[..], &more].concat()).unwrap()
}

fn mislabel(folder: &tempfile::TempDir, more: &[&str]) -> Output {
    let arguments = [&more[..1], &LABELS[..], &more[1..]].concat();
    Command::new(env!("CARGO_BIN_EXE_mislabel")).args(arguments).current_dir(folder.path()).output().unwrap()
}

fn done(folder: &tempfile::TempDir, more: &[&str]) -> String {
    let output = mislabel(folder, more);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The cards of the samples that a query takes.
fn cards(served: &Served, query: &str, order: &str) -> Vec<Value> {
    let slice = served.change("slice", &json!({ "query": query, "order": order, "undecided_by": null })).json();
    served.ask(&format!("cards?slice={}&from=0&count=300", slice["id"])).json().as_array().unwrap().clone()
}

#[test]
fn samples_without_a_label_are_suggested_one_and_are_no_suspects() {
    let folder = folder();
    let served = served(&folder);
    let note = "note: 4 samples have no label (empty); one is suggested for 4 of them";
    assert!(served.printed.iter().any(|line| line == note), "{:?}", served.printed);
    let about = served.ask("about").json();
    assert_eq!((&about["samples"], &about["unlabelled"]), (&json!(ROWS), &json!(4)));
    let cards_without = cards(&served, "unlabelled", "most-suspect");
    assert_eq!(cards_without.len(), 4);
    for (card, row) in cards_without.iter().zip(WITHOUT) {
        assert_eq!((&card["row"], &card["suggested"]), (&json!(row), &json!(row % 2)));
        for field in ["given", "quality", "score", "rank"] {
            assert_eq!(card[field], Value::Null, "{field}");
        }
        assert!(card["confidence"].as_f64().unwrap() > 0.5 && card["flagged"] == false, "{card}");
        assert_eq!(card["candidates"][0], row % 2);
    }
    let queue = cards(&served, "", "queue");
    assert!(queue.iter().any(|card| card["row"] == WRONG) && queue.iter().all(|card| card["given"] != Value::Null));
    let slice = served.change("slice", &json!({ "query": "", "order": "index", "undecided_by": null })).json();
    let consists = served.ask(&format!("distribution?slice={}", slice["id"])).json();
    assert_eq!((&consists["unlabelled"], &consists["noise"]["flagged"]["of"]), (&json!(4), &json!(ROWS - 4)));
    let teaching = cards(&served, "", "teaching");
    assert!(teaching.len() > 10 && teaching.iter().all(|card| card["given"] != Value::Null));
}

#[test]
fn a_sample_gets_a_label_which_is_counted_learned_from_and_written() {
    let folder = folder();
    let served = served(&folder);
    let refused = served.decide("1", &[0, 3], "keep", None);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("sample 3 has no label to keep: choose a label for it"), "{}", refused.text());
    assert_eq!(served.decide("2", &[3, 9], "suggestion", None).status, 200);
    let state = served.decide("3", &[20], "relabel", Some(1)).json();
    assert_eq!(state["states"][0]["decisions"][0], json!({ "reviewer": "ann", "decision": "relabel", "label": 1 }));
    served.decide("4", &[40], "unsure", None);
    served.decide("5", &[WRONG as u32], "suggestion", None);
    let standing = served.ask("standing").json();
    let progress = &standing["progress"];
    for (field, count) in [("decided", 5), ("relabeled", 1), ("labeled", 3), ("unsure", 1), ("unlabelled", 4)] {
        assert_eq!(progress[field], count, "{field} of {progress}");
    }
    assert_eq!((&progress["precision"]["count"], &progress["precision"]["of"]), (&json!(1), &json!(1)));
    assert!(standing["noise"]["rate"].is_f64(), "{standing}");

    let again = served.change("again", &Value::Null);
    assert_eq!(again.status, 200, "{}", again.text());
    let cards_again = cards(&served, "unlabelled", "index");
    let suggested: Vec<_> = cards_again.iter().map(|card| card["suggested"].as_u64().unwrap()).collect();
    assert_eq!(suggested, [1, 1, 0, 0], "suggestions of decided samples stay, others are made anew");
    assert!(cards_again.iter().all(|card| card["flagged"] == false && card["given"] == Value::Null));
    let table = served.ask("verified.csv").text();
    let wanted = format!("index,given_label,true_label\n3,,dog\n9,,dog\n{WRONG},dog,cat\n20,,dog\n");
    assert_eq!(table, wanted);
    drop(served);

    let journal = std::fs::read_to_string(folder.path().join("review.jsonl")).unwrap();
    let line: Value = serde_json::from_str(journal.lines().nth(1).unwrap()).unwrap();
    assert_eq!((&line["index"], line.get("given"), &line["label"]), (&json!(3), None, &json!("dog")));
    let said =
        done(&folder, &["apply", "--journal", "review.jsonl", "--out", "fixed.csv", "--verified", "verified.csv"]);
    assert!(said.contains("1 labels changed, 3 of 4 samples without a label got one, 0 samples excluded"), "{said}");
    assert_eq!(std::fs::read_to_string(folder.path().join("verified.csv")).unwrap(), wanted);
    let fixed = std::fs::read_to_string(folder.path().join("fixed.csv")).unwrap();
    let before = std::fs::read_to_string(folder.path().join("labels.csv")).unwrap();
    for (row, (line, old)) in fixed.lines().skip(1).zip(before.lines().skip(1)).enumerate() {
        let new = [(3, "3,dog"), (9, "9,dog"), (20, "20,dog"), (WRONG, "12,cat")].iter().find(|(at, _)| *at == row);
        assert_eq!(line, new.map_or(old, |(_, line)| line), "row {row}");
    }
}

#[test]
fn labels_of_samples_without_one_teach_the_others() {
    let folder = folder();
    let served = served(&folder);
    let first = cards(&served, "index = 40", "index")[0]["confidence"].as_f64().unwrap();
    // The sample most like it is said to be of the other class.
    served.decide("1", &[20], "relabel", Some(1));
    served.change("again", &Value::Null);
    let second = cards(&served, "index = 40", "index")[0]["confidence"].as_f64().unwrap();
    assert!(second < first, "{second} < {first}");
}

#[test]
fn a_table_of_issues_brings_its_suggestions_and_a_missing_one_is_said() {
    let folder = folder();
    done(&folder, &["detect", "--method", "knn", "--embeddings", "x.csv", "--out", "issues.csv"]);
    let table = std::fs::read_to_string(folder.path().join("issues.csv")).unwrap();
    let without: String = table
        .lines()
        .map(|line| if line.starts_with("9,") { "9,,,,,,\n".into() } else { format!("{line}\n") })
        .collect();
    std::fs::write(folder.path().join("issues.csv"), without).unwrap();
    let more = ["--issues", "issues.csv", "--journal", "review.jsonl", "--reviewer", "ann"];
    let served = serve(folder.path(), &[&["app"], &LABELS[..], &more].concat()).unwrap();
    let note = "note: 4 samples have no label (empty); one is suggested for 3 of them";
    assert!(served.printed.iter().any(|line| line == note), "{:?}", served.printed);
    let cards = cards(&served, "unlabelled", "index");
    assert_eq!((&cards[0]["suggested"], &cards[1]["suggested"]), (&json!(1), &Value::Null));
    let refused = served.decide("1", &[9], "suggestion", None);
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains("there is no suggestion for sample 9: choose a label for it"),
        "{}",
        refused.text()
    );
}

#[cfg(feature = "embed")]
#[test]
fn texts_of_which_some_have_no_label_are_opened() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = "text,label\n".to_owned();
    for number in 0..30 {
        let label = if number == 4 { "" } else { "card" };
        table += &format!("\"My card, number {number}, is lost\",{label}\nHow much is {number} in euros?,money\n");
    }
    std::fs::write(folder.path().join("q.csv"), table).unwrap();
    let line = "app --texts q.csv --labels-key label --journal review.jsonl --reviewer ann --cache none";
    let served = serve(folder.path(), &line.split(' ').collect::<Vec<_>>()).unwrap();
    let found = cards(&served, "unlabelled", "index");
    assert_eq!((found.len(), &found[0]["row"], &found[0]["given"]), (1, &json!(8), &Value::Null));
    assert_eq!(served.ask("about").json()["classes"][found[0]["suggested"].as_u64().unwrap() as usize], "card");
    assert!(served.printed.iter().any(|line| line.contains("1 samples have no label")), "{:?}", served.printed);
}

/// The names of the bright buttons.
fn bright(browser: &Browser) -> Value {
    browser.value("[...document.querySelectorAll('#actions .primary')].map((one) => one.dataset.name)")
}

#[test]
fn a_sample_without_a_label_is_shown_as_such_and_labeled_by_key_and_by_button() {
    let Some(browser) = Browser::start() else { return };
    let folder = folder();
    let served = served(&folder);
    browser.open(&served.link);
    browser.wait_until("document.querySelector('.card.current .labels')");
    assert_eq!(bright(&browser), json!(["Keep"]));
    assert_eq!(browser.value("document.querySelector('#preset [value=unlabelled]').hidden"), false);
    browser.value("document.getElementById('preset').value = 'unlabelled'");
    browser.value("document.getElementById('preset').dispatchEvent(new Event('change'))");
    browser.wait_until("mislabel.state.slice.count === 4 && document.querySelector('.card .nothing')");
    assert_eq!(browser.text(".card.current .labels .nothing"), "no label");
    browser.wait_until("document.querySelector('.card.current .suggested')?.textContent === 'dog'");
    assert_eq!(bright(&browser), json!(["Suggestion"]), "there is no label to keep");
    browser.press("b");
    assert_eq!(bright(&browser), json!([]), "nor a suggestion to take while it is hidden");
    browser.press("b");
    assert!(browser.text("#slice").contains("4 without a label."));

    browser.press("k");
    browser.wait_until("document.getElementById('notice-refused')");
    let told = browser.text("#notice-refused");
    assert!(told.starts_with("This sample has no label to keep"), "{told}");
    assert_eq!(browser.value("mislabel.state.current"), 0, "nothing is decided");
    browser.press("s");
    browser.wait_until("mislabel.state.current === 1");
    browser.click("#view");
    browser.wait_until("document.querySelector('#single .verdict')");
    assert_eq!(browser.text("#single .verdict"), "No label, suggested dog");
    // Two classes: a button for each.
    browser.click(".candidates button:nth-child(1)");
    browser.wait_until("mislabel.state.current === 2");
    browser.press("2");
    browser.wait_until_saved();
    browser.wait_until(
        "document.getElementById('standing').textContent.includes('3 of 4 samples without a label got one.')",
    );
    let journal = std::fs::read_to_string(folder.path().join("review.jsonl")).unwrap();
    let lines: Vec<Value> = journal.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    let decided: Vec<_> =
        lines.iter().map(|line| (line["index"].as_u64().unwrap(), line["label"].as_str().unwrap())).collect();
    assert_eq!(decided, [(3, "dog"), (9, "cat"), (20, "dog")]);
}
