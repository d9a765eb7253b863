//! A review in a browser.

use std::time::Instant;

use serde_json::Value;

use crate::browser::{Browser, ENTER, RIGHT, SHIFT};
use crate::fixture::Fixture;

/// The row of the sample that is current.
fn current(browser: &Browser) -> u64 {
    browser.value("mislabel.state.cards.get(mislabel.state.current).row").as_u64().unwrap()
}

#[test]
fn fifty_samples_are_decided_by_keys_alone_and_the_journal_holds_them_in_order() {
    let Some(browser) = Browser::start() else { return };
    let fixture = Fixture::new(180, 20);
    let served = fixture.served();
    browser.open(&served.link);
    let mut expected = Vec::new();
    // Twenty classes: 1 to 9 are the likeliest of the sample, and 1 is the suggested one.
    let keys = ["k", "s", "1", "u", "x"];
    for at in 0..45 {
        let row = current(&browser);
        let given = row % 20;
        let (decision, class) = match at % 5 {
            0 => ("keep", None),
            1 | 2 => ("relabel", Some((given + 1) % 20)),
            3 => ("unsure", None),
            _ => ("exclude", None),
        };
        browser.press(keys[at % 5]);
        expected.push((row, decision, class));
        browser.wait_until(&format!("mislabel.state.cards.get(mislabel.state.current).row !== {row}"));
        let focused = browser.value("document.activeElement.id").as_str().unwrap().to_owned();
        assert_eq!(focused, "samples", "the focus stays with the samples");
        let marked = browser.value("getComputedStyle(document.querySelector('.card.current')).boxShadow");
        assert_ne!(marked, "none", "the current sample is marked");
    }
    for at in 0..5 {
        let row = current(&browser);
        browser.press("/");
        browser.wait_until("document.getElementById('class-dialog').open");
        browser.press(&format!("class 1{at}{ENTER}"));
        browser.wait_until("!document.getElementById('class-dialog').open");
        let class = 10 + at;
        let kept = class == row % 20;
        expected.push((row, if kept { "keep" } else { "relabel" }, (!kept).then_some(class)));
        browser.wait_until(&format!("mislabel.state.cards.get(mislabel.state.current).row !== {row}"));
    }
    browser.press("z");
    browser.wait_until_saved();
    browser.wait_until("document.getElementById('progress-line').textContent.startsWith('49 of 60')");
    let journal = fixture.journal();
    assert_eq!(journal.len(), 51);
    for (line, (row, decision, class)) in journal.iter().zip(expected) {
        assert_eq!((line["index"].as_u64(), line["decision"].as_str()), (Some(row), Some(decision)), "{line}");
        assert_eq!(line["class"].as_u64(), class, "{line}");
        assert_eq!((line["reviewer"].as_str(), line["shown"].as_str()), (Some("ann"), Some("suggestion")));
        assert!(line["ms"].is_u64(), "{line}");
    }
    assert_eq!(journal[50]["undo"], 50);
}

#[test]
fn every_action_has_a_button_that_does_what_its_key_does() {
    let Some(browser) = Browser::start() else { return };
    let fixture = Fixture::new(60, 20);
    let served = fixture.served();
    browser.open(&served.link);
    for name in ["Keep", "Suggestion", "Unsure", "Exclude"] {
        let row = current(&browser);
        browser.click(&format!("#actions [data-name='{name}']"));
        browser.wait_until(&format!("mislabel.state.cards.get(mislabel.state.current).row !== {row}"));
    }
    browser.click("#actions [data-name='Note']");
    browser.value("document.getElementById('note-text').value = 'odd'");
    browser.click("#note-form [type='submit']");
    browser.click("#actions [data-name='Tag']");
    browser.value("document.getElementById('tag-name').value = 'look again'");
    browser.click("#tag-form [type='submit']");
    browser.click("#actions [data-name='Undo']");
    browser.click("#view");
    browser.wait_until("!document.getElementById('single').hidden");
    browser.click(".candidates button");
    browser.wait_until_saved();
    let journal = fixture.journal();
    let kinds: Vec<_> = journal.iter().map(|line| line["decision"].as_str().unwrap_or("")).collect();
    assert_eq!(kinds, ["keep", "relabel", "unsure", "exclude", "", "", "", "relabel"]);
    assert_eq!((journal[4]["note"].as_str(), journal[5]["tag"].as_str()), (Some("odd"), Some("look again")));
    assert_eq!(journal[6]["undo"], 6, "the tag is taken back");
    let shown =
        browser.value("[...document.querySelectorAll('button')].filter((one) => !one.textContent.trim()).length");
    assert_eq!(shown, 0, "every button has a name");
}

#[test]
fn a_bulk_decision_on_forty_cards_is_taken_back_at_once() {
    let Some(browser) = Browser::start() else { return };
    let fixture = Fixture::new(180, 20);
    let served = fixture.served();
    browser.open(&served.link);
    let steps: String = (0..39).map(|_| RIGHT).collect();
    browser.press(&format!("{SHIFT}{steps}{SHIFT}"));
    browser.wait_until("mislabel.state.selected.size === 40");
    browser.press("k");
    browser.wait_until_saved();
    browser.wait_until("document.getElementById('progress-line').textContent.startsWith('40 of 60')");
    browser.press("z");
    browser.wait_until("document.getElementById('progress-line').textContent.startsWith('0 of 60')");
    let journal = fixture.journal();
    assert_eq!(journal.len(), 41);
    assert_eq!((journal[40]["undo"].as_u64(), journal[40]["through"].as_u64()), (Some(1), Some(40)));
    let left =
        browser.value("[...mislabel.state.cards.values()].filter((one) => one.state.decisions.length > 0).length");
    assert_eq!(left, 0);
}

#[test]
fn hidden_suggestions_are_nowhere_on_the_page_and_the_journal_says_so() {
    let Some(browser) = Browser::start() else { return };
    let fixture = Fixture::named(30, ["given one", "secret one", "other"].map(String::from).to_vec());
    let served = fixture.served_with(&["--blind"]);
    browser.open(&served.link);
    browser.wait_until("document.querySelector('.card .labels')");
    let labels =
        browser.value("[...document.querySelectorAll('.card .labels')].some((one) => one.textContent.includes('→'))");
    assert_eq!(labels, false);
    assert!(!browser.text("#slice").contains("suggested"));
    assert_eq!(browser.value("document.querySelector('[data-name=Suggestion]').disabled"), true);
    browser.press("s");
    browser.press("k");
    browser.wait_until_saved();
    let journal = fixture.journal();
    assert_eq!((journal.len(), journal[0]["shown"].as_str()), (1, Some("blind")));
    browser.press("b");
    browser.wait_until("[...document.querySelectorAll('.card .labels')].some((one) => one.textContent.includes('→'))");
}

#[test]
fn a_decision_in_one_tab_appears_in_the_other() {
    let Some(browser) = Browser::start() else { return };
    let fixture = Fixture::new(30, 3);
    let served = fixture.served();
    browser.open(&served.link);
    let first = browser.tab();
    browser.new_tab();
    browser.open(&served.link);
    browser.switch_to(&first);
    let row = current(&browser);
    let start = Instant::now();
    // Decided behind the page's back: by another page of the same reviewer.
    assert_eq!(served.decide("from elsewhere", &[row as u32], "exclude", None).status, 200);
    browser.wait_until(&format!(
        "[...mislabel.state.cards.values()].find((one) => one.row === {row}).state.decisions[0]?.decision === 'exclude'"
    ));
    println!("appeared after {:?}; at most 2 s on a machine at rest", start.elapsed());
}

#[test]
fn similar_samples_are_found_from_examples_and_counter_examples() {
    let Some(browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let served = crate::process::serve(folder.path(), &["demo", "--app", "--journal", "review.jsonl"]).unwrap();
    browser.open(&served.link);
    assert!(browser.text("#standing").is_empty() || browser.text("#standing").contains("suspects"));
    browser.press("d");
    browser.wait_until("document.getElementById('similar-dialog').open");
    browser.click("#similar-like");
    browser.wait_until("document.getElementById('preset').value === 'similar' && mislabel.state.cards.has(1)");
    let example = browser.value("[...mislabel.state.examples.like][0]");
    assert_eq!(browser.value("mislabel.state.cards.get(0).row"), example, "a sample is most like itself");
    let second = browser.value("mislabel.state.cards.get(1).row");
    browser.press(&RIGHT.to_string());
    browser.press("d");
    browser.wait_until("document.getElementById('similar-dialog').open");
    browser.click("#similar-unlike");
    browser.wait_until(&format!("mislabel.state.cards.has(1) && mislabel.state.cards.get(1).row !== {second}"));
}

#[test]
fn the_noise_rate_narrows_and_the_labels_are_judged_again_from_the_page() {
    let Some(browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let served = crate::process::serve(folder.path(), &["demo", "--app", "--journal", "review.jsonl"]).unwrap();
    browser.open(&served.link);
    browser.wait_until("document.getElementById('standing').textContent.includes('of all labels are wrong')");
    let width = |told: Value| told["noise"]["high"].as_f64().unwrap() - told["noise"]["low"].as_f64().unwrap();
    let before = width(served.ask("standing").json());
    browser.value("document.getElementById('preset').value = 'teaching'");
    browser.value("document.getElementById('preset').dispatchEvent(new Event('change'))");
    browser.wait_until("mislabel.state.slice.count === 50");
    for _ in 0..20 {
        let row = current(&browser);
        browser.press("s");
        browser.wait_until(&format!("mislabel.state.cards.get(mislabel.state.current).row !== {row}"));
    }
    browser.wait_until_saved();
    let after = width(served.ask("standing").json());
    assert!(after < before, "{after} < {before}");
    browser.click("#again");
    browser.wait_until("document.getElementById('notice-again')?.textContent.startsWith('Done')");
}
