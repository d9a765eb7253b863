//! `mislabel report`: the page is that of the library, and wrong input is refused.

use std::fs;
use std::process::Command;

use crate::end_to_end::{detect, digits_folder, json, succeed};
use crate::process::mislabel;
use tempfile::TempDir;

/// A gray PNG of 1 × 1 pixel.
const DOT: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01H\xaf\xa4q\0\0\0\0IEND\xaeB`\x82";

const REPORT: &str = "report --embeddings x.npy --labels given.npy --pixels 8x8 --ink 16";

fn page(folder: &TempDir, rest: &str) -> String {
    succeed(folder, &format!("{REPORT} {rest} --out page.html"));
    fs::read_to_string(folder.path().join("page.html")).unwrap()
}

#[test]
fn a_report_says_what_detect_says() {
    let folder = digits_folder();
    let summary = json(&detect(&folder, "--method rer --out issues.csv --json"));
    let html = page(&folder, "--method rer --figures figures --top 7");
    assert!(html.contains(&format!("The method flags {} labels for review", summary["flagged"])));
    assert_eq!(html.matches("<li class=\"card\"").count(), 7);
    let values = json(&fs::read_to_string(folder.path().join("figures/report.json")).unwrap());
    assert_eq!(values["summary"]["noise_rate"], summary["noise_rate"]);
    assert_eq!(values["provenance"]["method"], "rer");
    assert!(values["provenance"]["reading"].as_str().unwrap().starts_with("Read:"));
    assert!(folder.path().join("figures/confusion.svg").is_file());
}

#[test]
fn the_page_is_the_same_on_any_number_of_threads() {
    let folder = digits_folder();
    let page = |threads: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mislabel"));
        let words = REPORT.split(' ').chain(["--out", "page.html", "--threads", threads]);
        let run = command.current_dir(folder.path()).env("SOURCE_DATE_EPOCH", "0").args(words).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        fs::read(folder.path().join("page.html")).unwrap()
    };
    let one = page("1");
    assert!(String::from_utf8_lossy(&one).contains("1970-01-01 00:00 UTC"));
    assert_eq!(one, page("3"));
}

#[test]
fn samples_without_a_label_keep_the_numbers_of_others() {
    let folder = digits_folder();
    let rows: String = (0..60).map(|row| format!("{},{}\n", row % 3 * 5 + row % 2, row % 7)).collect();
    let labels: String = (0..60).map(|row| if row < 10 { "\n".into() } else { format!("c{}\n", row % 3) }).collect();
    fs::write(folder.path().join("x.csv"), format!("a,b\n{rows}")).unwrap();
    fs::write(
        folder.path().join("y.csv"),
        format!("label\n{labels}").replace("\n\n", "\n\"\"\n").replace("\n\n", "\n\"\"\n"),
    )
    .unwrap();
    succeed(&folder, "report --embeddings x.csv --labels y.csv --method knn --top 50 --figures f --out page.html");
    let values = json(&fs::read_to_string(folder.path().join("f/report.json")).unwrap());
    let samples: Vec<u64> =
        values["suspects"].as_array().unwrap().iter().map(|suspect| suspect["sample"].as_u64().unwrap()).collect();
    assert_eq!(samples.len(), 50);
    assert!(samples.iter().all(|sample| (10..60).contains(sample)), "{samples:?}");
}

#[test]
fn the_demo_writes_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let text = succeed(&folder, "demo --report digits.html");
    assert!(text.contains("Written to digits.html"));
    let html = fs::read_to_string(folder.path().join("digits.html")).unwrap();
    assert!(html.starts_with("<!DOCTYPE html>") && html.matches("data:image/png").count() > 100);
}

#[test]
fn pictures_that_cannot_be_shown_are_said_at_once() {
    let folder = digits_folder();
    let table = |first: &str| (1..1797).fold(format!("path\n{first}\n"), |table, row| format!("{table}no/{row}.png\n"));
    let said = |first: &str, more: &str| {
        fs::write(folder.path().join("paths.csv"), table(first)).unwrap();
        let line = format!(
            "report --embeddings x.npy --labels given.npy --method knn --images paths.csv --out page.html{more}"
        );
        let run = mislabel(&folder, &line.split(' ').collect::<Vec<_>>());
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stderr).unwrap()
    };
    let none = said("no/0.png", "");
    assert!(none.contains("note: not one of ") && none.contains(" pictures can be shown; that of sample "), "{none}");
    assert!(none.contains("png: No such file"), "{none}");
    assert_eq!(said("no/0.png", " --quiet"), "");
    fs::write(folder.path().join("dot.png"), DOT).unwrap();
    // All samples are on the page.
    let some = said("dot.png", " --top 1797");
    assert!(some.contains("note: 1796 of 1797 pictures cannot be shown; that of sample 1: "), "{some}");
}

#[test]
fn what_cannot_be_a_report_is_refused() {
    let folder = digits_folder();
    fs::create_dir(folder.path().join("photos")).unwrap();
    fs::write(folder.path().join("photos/a.png"), "").unwrap();
    let cases = [
        ("--pixels 8x8 --out page.txt", "the extension must be one of html"),
        ("--pixels 8x9 --out page.html", "pixels of a sample: 72 entries, expected 64"),
        ("--pixels 64 --out page.html", "two numbers with an x between them"),
        ("--images photos --out page.html", "photos: has 1 pictures for 1797 samples, expected one for each"),
        ("--images none.csv --out page.html", "none.csv: "),
        ("--texts-key text --out page.html", "--texts"),
    ];
    for (rest, message) in cases {
        let line = format!("report --embeddings x.npy --labels given.npy --method centroid {rest}");
        let run = mislabel(&folder, &line.split(' ').collect::<Vec<_>>());
        let error = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(2), "{line}");
        assert!(error.contains(message) && error.lines().count() == 1, "{line}\n{error}");
        assert!(!folder.path().join("page.html").exists(), "{line}");
    }
}
