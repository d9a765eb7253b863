//! Slices on the page, and their count by another hand.

use crate::browser::Browser;
use crate::fixture::Fixture;

#[test]
fn the_count_of_a_slice_is_that_of_a_plain_loop_and_its_classes_add_up() {
    let Some(browser) = Browser::start() else { return };
    let fixture = Fixture::new(3000, 7);
    let served = fixture.served();
    browser.open(&served.link);
    let query = "(given = \"class 3\" or given = \"class 5\") and suggested = \"class 4\" and quality < 0.2";
    browser.value("document.getElementById('preset').value = 'all'");
    browser.value(&format!("document.getElementById('query').value = {}", serde_json::json!(query)));
    browser.value("document.getElementById('query').dispatchEvent(new Event('change'))");
    browser.wait_until("document.getElementById('count').textContent.includes('where')");
    let text = std::fs::read_to_string(fixture.path("issues.csv")).unwrap();
    let wanted = text.lines().skip(1).filter(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        ["3", "5"].contains(&cells[1]) && cells[2] == "4" && cells[3].parse::<f64>().unwrap() < 0.2
    });
    let expected = wanted.count();
    assert!(expected > 50);
    assert_eq!(browser.value("mislabel.state.slice.count"), expected);
    let mut arguments: Vec<&str> =
        Fixture::arguments(&[]).into_iter().map(|word| if word == "app" { "slice" } else { word }).collect();
    arguments.truncate(arguments.iter().position(|word| *word == "--reviewer").unwrap());
    let told = std::process::Command::new(env!("CARGO_BIN_EXE_mislabel"))
        .args([&arguments[..], &["--where", query, "--json"]].concat())
        .current_dir(fixture.folder())
        .output()
        .unwrap();
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(
        (told["samples"].as_u64(), told["given"]["class 3"].as_u64()),
        (Some(expected as u64), Some(expected as u64))
    );
    browser.wait_until("document.querySelectorAll('#slice .number').length > 0");
    let sum = browser.value(
        "[...document.querySelectorAll('#slice .number')].reduce((sum, one) => sum + Number(one.textContent), 0)",
    );
    assert_eq!(sum, expected);
}

#[test]
fn a_wrong_query_says_where_and_the_samples_stay() {
    let Some(browser) = Browser::start() else { return };
    let fixture = Fixture::new(30, 3);
    let served = fixture.served();
    browser.open(&served.link);
    let before = browser.value("mislabel.state.slice.count");
    browser.value("document.getElementById('query').value = 'qualty < 0.2'");
    browser.value("document.getElementById('query').dispatchEvent(new Event('change'))");
    browser.wait_until("document.getElementById('query-error').textContent !== ''");
    assert_eq!(browser.text("#query-error"), "character 1: there is no field \"qualty\": did you mean quality?");
    assert_eq!(browser.value("mislabel.state.slice.count"), before);
}
