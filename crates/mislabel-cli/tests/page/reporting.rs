//! The page of `mislabel report` in a browser, from disk.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::json;

use crate::browser::Browser;
use crate::looks::{hostile, violations};

fn mislabel(folder: &Path, arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_mislabel")).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn link(folder: &Path, name: &str) -> String {
    format!("file://{}", folder.join(name).display())
}

/// A report on classes of these names: points around a place for each class, every eleventh of another class.
fn report(folder: &Path, names: &[String]) {
    let mut table = csv::Writer::from_path(folder.join("data.csv")).unwrap();
    table.write_record(["id", "label", "text", "x", "z"]).unwrap();
    for row in 0..60 * names.len() {
        let (class, turn) = (row % names.len(), row as f64);
        let label = if row % 11 == 3 { (class + 1) % names.len() } else { class };
        let [x, z] = [turn.sin() * 0.1 + class as f64, turn.cos() * 0.1 - (class * class % 5) as f64];
        let text = format!("<img src=x onerror=alert({row})>");
        table.write_record([&format!("<b>{row}</b>"), &names[label], &text, &x.to_string(), &z.to_string()]).unwrap();
    }
    table.flush().unwrap();
    let arguments = ["report", "--embeddings", "data.csv", "--labels", "data.csv", "--labels-key", "label"];
    mislabel(
        folder,
        &[&arguments[..], &["--columns", "features=x,z", "--top", "60", "--out", "report.html", "--quiet"]].concat(),
    );
}

#[test]
fn the_report_on_digits_opens_from_disk_asks_for_nothing_and_breaks_no_policy() {
    let Some(browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    mislabel(folder.path(), &["demo", "--report", "digits.html"]);
    browser.complaints();
    let start = Instant::now();
    browser.visit(&link(folder.path(), "digits.html"));
    browser.wait_until("document.readyState === 'complete'");
    println!("opened in {:?}; at most 2 s on a machine at rest", start.elapsed());
    assert_eq!(browser.value("performance.getEntriesByType('resource').map((one) => one.name).filter((name) => !name.startsWith('data:'))"), json!([]));
    assert_eq!(browser.complaints(), Vec::<String>::new());
    assert!(browser.value("document.querySelectorAll('img').length").as_u64().unwrap() > 20, "the digits are shown");
}

#[test]
fn names_and_texts_of_strangers_are_text_in_the_report() {
    let Some(browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    report(folder.path(), &hostile());
    browser.visit(&link(folder.path(), "report.html"));
    browser.wait_until("document.readyState === 'complete'");
    let text = browser.value("document.body.textContent").as_str().unwrap().to_owned();
    for name in hostile() {
        assert!(text.contains(&name), "{name}");
    }
    assert!(text.contains("<img src=x onerror=alert("), "texts come from the table of the labels without being named");
    assert_eq!(
        browser.value("document.querySelectorAll('img[src=x], body script:not([type]) ~ img[src=x]').length"),
        0
    );
    assert_eq!(browser.alert(), None);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn axe_finds_nothing_serious_in_the_report_and_nothing_sticks_out_sideways() {
    let Some(browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let many: Vec<String> = (0..40).map(|class| format!("class {class}")).collect();
    for names in [hostile(), vec!["cat".into(), "dog".into()], many] {
        report(folder.path(), &names);
        for (width, height) in [(1280, 800), (640, 400), (400, 800)] {
            browser.screen(width, height);
            for theme in ["light", "dark"] {
                browser.prefer("prefers-color-scheme", theme);
                browser.visit(&link(folder.path(), "report.html"));
                browser.wait_until("document.readyState === 'complete'");
                let wide =
                    browser.value("[document.documentElement.scrollWidth, document.documentElement.clientWidth]");
                assert!(wide[0].as_u64() <= wide[1].as_u64(), "{width}: {wide}");
                let Some(found) = violations(&browser) else { continue };
                assert_eq!(found, json!([]), "{} classes, {width} × {height}, {theme}", names.len());
            }
        }
    }
}

#[test]
fn nothing_moves_in_the_report_where_people_asked_for_less_motion() {
    let Some(browser) = Browser::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    report(folder.path(), &["cat".into(), "dog".into()]);
    browser.prefer("prefers-reduced-motion", "reduce");
    browser.visit(&link(folder.path(), "report.html"));
    browser.wait_until("document.readyState === 'complete'");
    let mut script =
        String::from("[...document.querySelectorAll('*')].filter((one) => { const style = getComputedStyle(one);");
    write!(script, " return style.transitionDuration !== '0s' || style.animationName !== 'none'; }}).length").unwrap();
    assert_eq!(browser.value(&script), 0);
}
