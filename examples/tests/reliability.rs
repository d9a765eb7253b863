//! Every test that docs/reliability.md names exists in the file that it names.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use std::fs;
use std::path::Path;

/// The tests that tables in `page` name in their second column, and the files in the third.
fn named_tests(page: &str) -> Vec<(&str, &str)> {
    page.lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| ")?.trim_end_matches(" |").split(" | ").skip(1);
            let (test, file) = (unquoted(cells.next()?)?, unquoted(cells.next()?)?);
            file.ends_with(".rs").then_some((test, file))
        })
        .collect()
}

fn unquoted(cell: &str) -> Option<&str> {
    cell.strip_prefix('`')?.strip_suffix('`')
}

#[test]
fn every_promise_is_held_by_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("docs/reliability.md")).unwrap();
    let tests = named_tests(&page);
    assert!(tests.len() > 20, "{}", tests.len());
    for (test, file) in tests {
        let source = fs::read_to_string(root.join(file)).unwrap_or_else(|error| format!("{error}"));
        assert!(source.contains(&format!("fn {test}(")), "{file} has no test {test}");
    }
}

#[test]
fn a_row_names_a_test_and_its_file() {
    let page = "| a promise | `a_test` | `tests/a.rs` |\n|---|---|---|\n| target | 7 | none |\n";
    assert_eq!(named_tests(page), [("a_test", "tests/a.rs")]);
}
