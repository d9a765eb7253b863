//! From files of verified labels to samples and classes.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

mod written;

use mislabel_core::VerifiedLabels;
use mislabel_io::{ClassNames, Classes, Error, Header, LabelColumn, LabelFile, ReadOptions, VerifiedFile};
use written::{file, names};
use zip::CompressionMethod;

/// Given labels as the lines of a file have them.
fn given(lines: &str, classes: &Classes) -> LabelColumn {
    LabelFile::read(&file("given.txt", lines).path, &ReadOptions::default()).unwrap().column(classes).unwrap()
}

fn animals() -> LabelColumn {
    given("dog\ncat\ndog\nemu\n", &Classes::Observed)
}

fn read(name: &str, content: impl AsRef<[u8]>, given: &LabelColumn) -> Result<VerifiedLabels, Error> {
    VerifiedFile::read(&file(name, content).path, &ReadOptions::default())?.labels(given)
}

fn refusal(name: &str, content: &str, given: &LabelColumn) -> String {
    read(name, content, given).unwrap_err().to_string()
}

#[test]
fn every_format_says_the_same() {
    let indices = written::npy("<i8", false, "(2,)", &[[3_u8, 0, 0, 0, 0, 0, 0, 0], [0; 8]].concat());
    let labels = written::npy("|S3", false, "(2,)", b"dogcat");
    let archive = written::zip(CompressionMethod::Stored, &[("index.npy", &indices), ("true_label.npy", &labels)]);
    let cases: [(&str, &[u8]); 7] = [
        ("v.csv", b"index,true_label\n3,dog\n0,cat\n"),
        ("v.csv", b"3,dog\n0,cat\n"),
        ("v.tsv", b"true_label\tindex\ndog\t3\ncat\t0\n"),
        ("issues.csv", b"index,given_label,quality,true_label\r\n3,emu,0.1,dog\r\n0,dog,0.2,cat\r\n"),
        (
            "v.jsonl",
            b"{\"index\": 3, \"true_label\": \"dog\"}\n{\"quality\": 1, \"true_label\": \"cat\", \"index\": 0}\n",
        ),
        ("v.ndjson", b"{\"index\": 0, \"true_label\": \"cat\"}\n{\"index\": 3, \"true_label\": \"dog\"}"),
        ("v.npz", &archive),
    ];
    for (name, content) in cases {
        let verified = read(name, content, &animals()).unwrap();
        assert_eq!((verified.samples(), verified.labels()), (&[0, 3][..], &[0, 1][..]), "{name}");
    }
}

#[test]
fn labels_are_written_as_the_given_ones_are_or_as_class_names() {
    let numbers = given("1\n0\n2\n", &Classes::Observed);
    assert_eq!(read("v.csv", "0,2\n2,0\n", &numbers).unwrap().labels(), [2, 0]);
    let named = given("1\n0\n2\n", &Classes::Names(ClassNames::new(["cat", "dog", "emu"]).unwrap()));
    assert_eq!(read("v.csv", "0,emu\n2,0\n", &named).unwrap().labels(), [2, 0]);
    let digits = given("7\nseven\n", &Classes::Observed);
    assert_eq!(read("v.jsonl", "{\"index\": 1, \"true_label\": 7}\n", &digits).unwrap().labels(), [0]);
}

#[test]
fn rows_that_say_nothing_sound_are_named() {
    let cases = [
        ("0,dog\n-1,cat\n", "row 1, column index has the value \"-1\": it must be the number of a sample, from 0 on"),
        ("0,dog\nx,cat\n", "row 1, column index has the value \"x\""),
        ("0,dog\n1.5,cat\n", "row 1, column index has the value \"1.5\""),
        ("0,dog\n4,cat\n", "sample 4 at row 1 is not one of the 4 samples"),
        ("2,dog\n0,dog\n2,cat\n", "sample 2 is verified twice, at row 0 and at row 2"),
        ("0,dog\n1,cow\n", "row 1, column true_label has the value \"cow\": it must be one of the classes"),
        ("0,dog\n1,cat,emu\n", "row 1 has 3 values where 2 are expected"),
        ("index,label\n0,dog\n", "has no \"true_label\"; it has \"index\", \"label\""),
        ("0,dog,cat\n", "has no \"index\"; it has \"0\", \"1\", \"2\""),
        ("index,true_label\n", "is empty"),
    ];
    for (content, wanted) in cases {
        let found = refusal("v.csv", content, &animals());
        assert!(found.contains(wanted) && found.contains("v.csv"), "{content:?}: {found}");
    }
    let numbers = given("1\n0\n2\n", &Classes::Observed);
    assert!(refusal("v.csv", "0,1\n1,3\n", &numbers).contains("row 1, column true_label has the value \"3\""));
}

#[test]
fn lines_of_json_that_are_no_verified_labels_are_named() {
    let cases = [
        ("{\"index\": 0.5, \"true_label\": \"dog\"}\n", "row 0, column index has the value \"0.5\""),
        ("{\"index\": -2, \"true_label\": \"dog\"}\n", "row 0, column index has the value \"-2\""),
        ("{\"index\": 0, \"true_label\": \"dog\"}\nnonsense\n", "line 2 is not JSON"),
        ("{\"index\": 0, \"true_label\": \"dog\"}\n{\"index\": 1, \"true_label\": 1}\n", "row 1"),
        ("", "is empty"),
    ];
    for (content, wanted) in cases {
        let found = refusal("v.jsonl", content, &animals());
        assert!(found.contains(wanted), "{content:?}: {found}");
    }
}

#[test]
fn other_files_are_refused_with_the_formats_that_would_do() {
    let error = read("v.txt", "0 dog\n", &animals()).unwrap_err();
    assert!(names(&error, "csv, tsv, jsonl"));
    let two = written::npy("|u1", false, "(2,)", &[0, 1]);
    let one = written::npy("|u1", false, "(1,)", &[1]);
    let archive = written::zip(CompressionMethod::Stored, &[("index.npy", &two), ("true_label.npy", &one)]);
    assert!(names(&read("v.npz", archive, &animals()).unwrap_err(), "true_label: 1 entries, expected 2"));
}

#[test]
fn a_header_that_the_user_denies_is_a_row() {
    let choice = ReadOptions { header: Header::Absent, ..ReadOptions::default() };
    let written = file("v.csv", "index,true_label\n0,dog\n");
    let error = VerifiedFile::read(&written.path, &choice).unwrap_err();
    assert!(names(&error, "row 0, column index has the value \"index\""));
}

#[test]
fn rows_that_are_not_filled_in_yet_are_left_out() {
    let animals = animals();
    let verified = read("v.csv", "index,mistake,true_label\n2,.5,cat\n0,.4,\n1,.3,dog\n", &animals).unwrap();
    assert_eq!(verified.samples(), [1, 2]);
    assert!(read("v.tsv", "index\ttrue_label\n0\t\n", &animals).unwrap().is_empty());
}
