//! Label issues to files and back.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

mod written;

use mislabel_core::{LabelIssues, LabelQuality, Labels};
use mislabel_io::{Error, IssueColumns, IssueTable, LabelColumn, LabelForm, LabelValues};
use ndarray::array;
use proptest::prelude::*;
use written::{file, names};

const EXTENSIONS: &[&str] = if cfg!(feature = "parquet") {
    &["csv", "tsv", "jsonl", "ndjson", "parquet", "CSV"]
} else {
    &["csv", "tsv", "jsonl", "ndjson", "CSV"]
};

/// Issues of `n` samples over classes whose names try the quoting of every format.
fn issues(n: usize, form: LabelForm, seed: u64) -> (LabelIssues, LabelColumn) {
    const NAMES: [&str; 5] = ["plain", "with, comma", "with \"quotes\"", "ümläut", "a\tb"];
    let draw = |i: usize, salt: u64| mislabel_core::split_seed(seed, &[i as u64, salt]);
    let labels = |salt| (0..n).map(|i| (draw(i, salt) % 5) as u32).collect::<Vec<_>>();
    let mut given = Labels::new(labels(0), 5).unwrap();
    if form == LabelForm::Strings {
        given = given.with_class_names(NAMES).unwrap();
    }
    let quality = (0..n).map(|i| draw(i, 2) as f64 / u64::MAX as f64).collect();
    let score = (0..n).map(|i| f64::from_bits(draw(i, 3)).clamp(-1e300, 1e300));
    let score = score.map(|score| if score.is_nan() { 1e-300 } else { score }).collect();
    let flags = (0..n).map(|i| draw(i, 4) % 3 == 0).collect();
    let suggested = given.with_values(labels(1)).unwrap();
    let issues = LabelIssues::new(LabelQuality::new(quality).unwrap(), flags, suggested, score).unwrap();
    (issues, LabelColumn::new(given, form))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn every_format_reads_back_bit_for_bit(n in 1..120_usize, strings in any::<bool>(), seed in any::<u64>()) {
        let form = if strings { LabelForm::Strings } else { LabelForm::Integers };
        let (issues, given) = issues(n, form, seed);
        let table = IssueTable::from_issues(&issues, &given).unwrap();
        let folder = tempfile::tempdir().unwrap();
        for extension in EXTENSIONS {
            let path = folder.path().join("issues").with_extension(extension);
            for table in [table.clone(), table.ranked(), table.flagged()] {
                table.write(&path).unwrap();
                let read = IssueTable::read(&path).unwrap();
                // A table without rows does not show the form of its labels.
                prop_assert!(read == table || table.is_empty() && read.is_empty(), "{extension}");
            }
            table.ranked().write(&path).unwrap();
            prop_assert_eq!(&IssueTable::read(&path).unwrap().label_issues(&given).unwrap(), &issues);
        }
    }
}

#[test]
fn the_text_formats_are_what_other_tools_read() {
    let (issues, given) = {
        let labels = Labels::new(vec![1, 0], 2).unwrap();
        let suggested = labels.with_values(vec![0, 0]).unwrap();
        let quality = LabelQuality::new(vec![1e-7, 1.0]).unwrap();
        let issues = LabelIssues::new(quality, vec![true, false], suggested, vec![2.5, -3.0]).unwrap();
        (issues, LabelColumn::new(labels, LabelForm::Integers))
    };
    let table = IssueTable::from_issues(&issues, &given).unwrap();
    let mut csv = Vec::new();
    table.write_csv(&mut csv).unwrap();
    let text = "index,given_label,suggested_label,quality,score,is_issue\n0,1,0,1e-7,2.5,true\n1,0,0,1.0,-3.0,false\n";
    assert_eq!(String::from_utf8(csv).unwrap(), text);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("issues.jsonl");
    table.write(&path).unwrap();
    let line =
        "{\"index\":1,\"given_label\":0,\"suggested_label\":0,\"quality\":1.0,\"score\":-3.0,\"is_issue\":false}";
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().nth(1), Some(line));
}

#[test]
fn a_write_replaces_the_file_whole_and_leaves_nothing_beside_it() {
    let (issues, given) = issues(20, LabelForm::Integers, 1);
    let table = IssueTable::from_issues(&issues, &given).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("issues.csv");
    std::fs::write(&path, "old").unwrap();
    table.write(&path).unwrap();
    assert_eq!(IssueTable::read(&path).unwrap(), table);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);

    assert!(matches!(table.write(folder.path().join("issues.xls")), Err(Error::Extension { .. })));
    assert!(matches!(table.write(folder.path().join("none/issues.csv")), Err(Error::Io { .. })));
    std::fs::create_dir(folder.path().join("folder.csv")).unwrap();
    assert!(matches!(table.write(folder.path().join("folder.csv")), Err(Error::NotAFile { .. })));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[cfg(unix)]
#[test]
fn a_new_file_may_be_read_by_whom_the_mask_allows() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (plain, ours) = (folder.path().join("plain"), folder.path().join("ours.npy"));
    std::fs::write(&plain, "").unwrap();
    mislabel_io::write_npy(&ours, array![1_i64].view()).unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&ours), mode(&plain));
}

fn columns() -> IssueColumns {
    IssueColumns {
        index: vec![0, 1],
        given_label: LabelValues::Integers(vec![0, 1]),
        suggested_label: LabelValues::Integers(vec![0, 0]),
        quality: vec![0.5, 0.5],
        score: vec![1.0, 1.0],
        is_issue: vec![false, true],
    }
}

#[test]
fn a_table_that_contradicts_itself_is_refused() {
    let cases = [
        (IssueColumns { index: vec![1, 1], ..columns() }, "row 1 has the index 1: the index appears twice"),
        (IssueColumns { quality: vec![0.5, 1.5], ..columns() }, "row 1 has the quality 1.5"),
        (IssueColumns { quality: vec![f64::NAN, 0.5], ..columns() }, "row 0 has the quality NaN"),
        (IssueColumns { score: vec![1.0, f64::INFINITY], ..columns() }, "row 1 has the score inf"),
        (IssueColumns { is_issue: vec![true], ..columns() }, "row 1 has the is_issue length 1"),
        (IssueColumns { given_label: LabelValues::Strings(vec![]), ..columns() }, "row 0 has the given_label length 0"),
    ];
    for (columns, problem) in cases {
        assert!(names(&IssueTable::new(columns).unwrap_err(), problem));
    }
}

#[test]
fn a_table_is_compared_with_the_labels_it_speaks_of() {
    let given = |values: Vec<u32>| LabelColumn::new(Labels::new(values, 2).unwrap(), LabelForm::Integers);
    let issues = |columns, given: &LabelColumn| IssueTable::new(columns).unwrap().label_issues(given).map(|_| ());
    assert!(issues(columns(), &given(vec![0, 1])).is_ok());
    let cases = [
        (columns(), vec![0, 0], "row 1 has the given_label 1: the sample has another given label"),
        (columns(), vec![0, 1, 1], "the issue table: 2 entries, expected 3"),
        (IssueColumns { index: vec![0, 2], ..columns() }, vec![0, 1], "row 1 has the index 2"),
        (
            IssueColumns { index: vec![0, u64::MAX], ..columns() },
            vec![0, 1],
            "row 1 has the index 18446744073709551615",
        ),
        (
            IssueColumns { suggested_label: LabelValues::Integers(vec![0, 2]), ..columns() },
            vec![0, 1],
            "row 1 has the suggested_label 2: the label is not one of the classes",
        ),
    ];
    for (columns, labels, problem) in cases {
        assert!(names(&issues(columns, &given(labels)).unwrap_err(), problem));
    }
}

#[test]
fn damaged_tables_are_refused_with_row_and_value() {
    let header = "index,given_label,suggested_label,quality,score,is_issue";
    let csv = |row: &str| format!("{header}\n0,1,0,0.5,1.0,true\n{row}\n");
    let json = |line: &str| {
        let good = r#"{"index":0,"given_label":1,"suggested_label":0,"quality":0.5,"score":1.0,"is_issue":true}"#;
        format!("{good}\n{line}\n")
    };
    let cases = [
        ("i.csv", csv("1,1,0,0.5,1.0"), "row 1 has 5 values where 6 are expected"),
        ("i.csv", csv("-1,1,0,0.5,1.0,true"), "row 1 has the index -1"),
        ("i.csv", csv("1,1,0,x,1.0,true"), "row 1 has the quality x"),
        ("i.csv", csv("1,1,0,nan,1.0,true"), "row 1 has the quality NaN"),
        ("i.csv", csv("1,1,0,0.5,inf,true"), "row 1 has the score inf"),
        ("i.csv", csv("1,1,0,0.5,1.0,yes"), "row 1 has the is_issue yes"),
        ("i.csv", csv("0,1,0,0.5,1.0,true"), "i.csv: row 1 has the index 0: the index appears twice"),
        ("i.csv", "index,quality\n0,0.5\n".into(), "has no \"given_label\"; it has \"index\", \"quality\""),
        ("i.jsonl", json("{"), "line 2 is not JSON"),
        ("i.jsonl", json("{}"), "row 1 has the index : the value has another type"),
        ("i.jsonl", json(&"[".repeat(100_000)), "line 2 is not JSON"),
        (
            "i.jsonl",
            json(r#"{"index":1,"given_label":1,"suggested_label":0,"quality":null,"score":1.0,"is_issue":true}"#),
            "row 1 has the quality : the value has another type",
        ),
    ];
    for (name, content, problem) in cases {
        let error = IssueTable::read(&file(name, content).path).expect_err(problem);
        assert!(names(&error, problem) && names(&error, name));
    }
}
