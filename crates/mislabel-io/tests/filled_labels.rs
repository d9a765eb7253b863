//! Samples without a label get one: their cells are written as those of the others are, and nothing else changes.
#![cfg(feature = "tables")]
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

mod written;

use std::io::Read as _;
use std::path::Path;

use mislabel_io::{
    Classes, Error, IssueColumns, IssueTable, LabelChanges, LabelColumn, LabelFile, LabelForm, LabelValues,
    ReadOptions, Unlabelled, UnlabelledRow,
};
use written::{file, names, npy, rewritten, safetensors, zip};
use zip::CompressionMethod;

fn keeping() -> ReadOptions {
    ReadOptions { unlabelled: Unlabelled::Keep, ..ReadOptions::default() }
}

/// The file with the last class for its first sample without a label, as bytes.
fn filled(name: &str, content: &[u8], choice: &ReadOptions) -> Result<Vec<u8>, Error> {
    rewritten(name, content, |path, out| fill(path, choice, out))
}

fn fill(path: &Path, choice: &ReadOptions, out: &Path) -> Result<(), Error> {
    let labels = LabelFile::read(path, choice)?;
    let given = labels.column(&Classes::Observed)?;
    let last = given.labels.class_count() as u32 - 1;
    let changes = LabelChanges { labels: [(given.unlabelled[0], last)].into(), ..LabelChanges::default() };
    labels.rewrite(&given, &changes, out)
}

#[test]
fn texts_are_filled_in_the_spelling_and_with_the_quotes_of_the_other_labels() {
    let cases = [
        // pandas: an empty cell among floats.
        ("l.csv", "n,label\n1,0.0\n2,\n3,1.0\n4,\n", "n,label\n1,0.0\n2,1.0\n3,1.0\n4,\n"),
        ("l.csv", "label,n\n,1\ncat,2\ndog,3\n", "label,n\ndog,1\ncat,2\ndog,3\n"),
        ("l.csv", "n;label\r\n1;cat\r\n2; \r\n3;dog\r\n", "n;label\r\n1;cat\r\n2; dog\r\n3;dog\r\n"),
        // R: quotes around texts, none around NA.
        ("l.csv", "n,label\n1,\"cat\"\n2,NA\n3,\"dog\"\n", "n,label\n1,\"cat\"\n2,\"dog\"\n3,\"dog\"\n"),
        ("l.csv", "n,label\n1,cat\n2,\"\"\n3,dog\n", "n,label\n1,cat\n2,dog\n3,dog\n"),
        ("l.csv", "label,n\n,1\n\"d, e\",2\ncat,3\n", "label,n\n\"d, e\",1\n\"d, e\",2\ncat,3\n"),
        ("l.txt", "cat\nNaN\ndog\n", "cat\ndog\ndog\n"),
        ("l.txt", "0\n1\n2\n-1\n0\n1\n2\n", "0\n1\n2\n2\n0\n1\n2\n"),
        ("l.txt", "0.0\n1.0\n2.0\n-1.0\n0.0\n1.0\n2.0\n", "0.0\n1.0\n2.0\n2.0\n0.0\n1.0\n2.0\n"),
        (
            "l.jsonl",
            "{\"label\": \"cat\"}\n{\"label\": null, \"n\": 1}\n{\"label\": \"dog\"}\n",
            "{\"label\": \"cat\"}\n{\"label\": \"dog\", \"n\": 1}\n{\"label\": \"dog\"}\n",
        ),
        (
            "l.jsonl",
            "{\"label\":\"\",\"n\":1}\n{\"label\":\"cat\",\"n\":2}\n{\"label\":\"d\",\"n\":3}\n",
            "{\"label\":\"d\",\"n\":1}\n{\"label\":\"cat\",\"n\":2}\n{\"label\":\"d\",\"n\":3}\n",
        ),
        (
            "l.json",
            "[{\"label\": 0}, {\"n\": 3, \"label\": null}, {\"label\": 1}]",
            "[{\"label\": 0}, {\"n\": 3, \"label\": 1}, {\"label\": 1}]",
        ),
        (
            "l.jsonl",
            "{\"n\": 1, \"label\": 0.0}\n{\"n\": 2}\n{\"n\": 3, \"label\": 1.0}\n",
            "{\"n\": 1, \"label\": 0.0}\n{\"n\": 2, \"label\": 1.0}\n{\"n\": 3, \"label\": 1.0}\n",
        ),
        (
            "l.jsonl",
            "{\"label\": \"cat\"}\n{ }\n{\"label\": \"dog\"}\n",
            "{\"label\": \"cat\"}\n{ \"label\": \"dog\"}\n{\"label\": \"dog\"}\n",
        ),
    ];
    for (name, before, after) in cases {
        let found = filled(name, before.as_bytes(), &keeping()).unwrap();
        assert_eq!(String::from_utf8(found).unwrap(), after, "{before:?}");
    }
}

#[test]
fn arrays_are_filled_where_they_have_a_mark_for_no_label() {
    type Bytes = fn(i64) -> Vec<u8>;
    let kinds: [(&str, Bytes); 4] = [
        ("<i8", |v| v.to_le_bytes().into()),
        (">i2", |v| (v as i16).to_be_bytes().into()),
        ("<f4", |v| if v < 0 { f32::NAN } else { v as f32 }.to_le_bytes().into()),
        ("<U3", |v| {
            let text = ["nan", "cat", "dog", "emu"][(v + 1) as usize];
            text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect()
        }),
    ];
    for (descriptor, bytes) in kinds {
        let array =
            |labels: [i64; 7]| npy(descriptor, false, "(7,)", &labels.into_iter().flat_map(bytes).collect::<Vec<u8>>());
        let found = filled("l.npy", &array([0, 1, 2, -1, 0, 1, 2]), &keeping()).unwrap();
        assert_eq!(found, array([0, 1, 2, 2, 0, 1, 2]), "{descriptor}");
    }
}

/// Labels of seven samples, the fourth of which has none at first, as the elements of an array.
type Elements = fn(i64) -> Vec<u8>;

const UNLABELLED: [i64; 7] = [0, 1, 2, -1, 0, 1, 2];
const FILLED: [i64; 7] = [0, 1, 2, 2, 0, 1, 2];

fn elements(labels: [i64; 7], of: Elements) -> Vec<u8> {
    labels.into_iter().flat_map(of).collect()
}

#[test]
fn a_safetensors_file_is_filled_where_its_labels_have_a_mark_for_none_and_keeps_its_other_arrays() {
    let kinds: [(&str, usize, Elements); 4] = [
        ("I64", 8, |v| v.to_le_bytes().into()),
        ("I8", 1, |v| (v as i8).to_le_bytes().into()),
        ("F32", 4, |v| if v < 0 { f32::NAN } else { v as f32 }.to_le_bytes().into()),
        ("F64", 8, |v| if v < 0 { f64::NAN } else { v as f64 }.to_le_bytes().into()),
    ];
    for (kind, size, of) in kinds {
        let header = format!(
            r#"{{"__metadata__":{{"made by":"x"}},"embeddings":{{"dtype":"F32","shape":[7,1],"data_offsets":[0,28]}},"labels":{{"dtype":"{kind}","shape":[7],"data_offsets":[28,{}]}}}}"#,
            28 + 7 * size
        );
        let rows: Vec<u8> = (0..7).flat_map(|row| (row as f32).to_le_bytes()).collect();
        let tensors = |labels| safetensors(&header, &[&rows[..], &elements(labels, of)].concat());
        assert_eq!(filled("l.safetensors", &tensors(UNLABELLED), &keeping()).unwrap(), tensors(FILLED), "{kind}");
    }
}

#[test]
fn an_archive_is_filled_where_its_labels_have_a_mark_for_none_and_keeps_its_other_arrays() {
    let kinds: [(&str, Elements); 4] = [
        ("<i8", |v| v.to_le_bytes().into()),
        (">i2", |v| (v as i16).to_be_bytes().into()),
        ("<f8", |v| if v < 0 { f64::NAN } else { v as f64 }.to_le_bytes().into()),
        ("|S3", |v| [&b"NA\0"[..], b"cat", b"dog", b"emu"][(v + 1) as usize].into()),
    ];
    let rows = npy("<f4", false, "(7, 1)", &[7; 28]);
    for (descriptor, of) in kinds {
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let labels = |labels| npy(descriptor, false, "(7,)", &elements(labels, of));
            let archive = zip(method, &[("y.npy", &labels(UNLABELLED)), ("x.npy", &rows)]);
            let found = filled("l.npz", &archive, &keeping()).unwrap();
            let mut found = ::zip::ZipArchive::new(std::io::Cursor::new(found)).unwrap();
            assert_eq!(found.len(), 2);
            for (name, wanted) in [("y.npy", &labels(FILLED)), ("x.npy", &rows)] {
                let mut entry = found.by_name(name).unwrap();
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).unwrap();
                assert_eq!((&bytes, entry.compression()), (wanted, method), "{descriptor} {name}");
            }
        }
    }
}

#[test]
fn all_labels_of_an_archive_may_be_filled_and_others_changed_at_once() {
    let content = |labels| {
        zip(
            CompressionMethod::Deflated,
            &[("labels.npy", &npy("<i8", false, "(7,)", &elements(labels, |v| v.to_le_bytes().into())))],
        )
    };
    let found = rewritten("l.npz", content(UNLABELLED), |path, out| {
        let labels = LabelFile::read(path, &keeping())?;
        let changes = LabelChanges { labels: [(3, 1), (0, 2)].into(), ..LabelChanges::default() };
        labels.rewrite(&labels.column(&Classes::Observed)?, &changes, out)
    });
    let written = file("m.npz", found.unwrap());
    let labels = LabelFile::read(&written.path, &keeping()).unwrap();
    assert!(labels.unlabelled().is_empty());
    assert_eq!(*labels.values(), LabelValues::Integers(vec![2, 1, 2, 1, 0, 1, 2]));
}

#[test]
fn a_code_that_is_a_class_without_the_others_is_refused_with_the_option_that_helps() {
    // Most samples are -1, beside 0 and 1: no label. With one of them filled, -1, 0, and 1 may all be classes.
    let content = b"0\n1\n-1\n-1\n-1\n";
    let error = filled("l.txt", content, &keeping()).unwrap_err();
    assert!(names(&error, "its row 3 is read as \"-1\", where no label is meant") && names(&error, "--unlabelled"));
    let said = ReadOptions { unlabelled: Unlabelled::Written(vec!["-1".into()]), ..ReadOptions::default() };
    assert_eq!(filled("l.txt", content, &said).unwrap(), b"0\n1\n1\n-1\n-1\n");
}

#[test]
fn a_file_that_was_changed_meanwhile_is_not_filled() {
    let written = file("l.csv", "n,label\n1,cat\n2,\n3,dog\n");
    let labels = LabelFile::read(&written.path, &keeping()).unwrap();
    let given = labels.column(&Classes::Observed).unwrap();
    std::fs::write(&written.path, "n,label\n1,cat\n2,cat\n3,dog\n").unwrap();
    let changes = LabelChanges { labels: [(1, 1)].into(), ..LabelChanges::default() };
    let error = labels.rewrite(&given, &changes, written.folder.path().join("out.csv")).unwrap_err();
    assert!(names(&error, "row 1 has the label \"cat\", and no label was read: was the file changed meanwhile?"));
}

/// cat, -, dog, -.
fn given() -> LabelColumn {
    let written = file("l.csv", "n,label\n1,cat\n2,NA\n3,dog\n4,NA\n");
    LabelFile::read(&written.path, &keeping()).unwrap().column(&Classes::Observed).unwrap()
}

fn issues() -> IssueTable {
    let columns = IssueColumns {
        index: vec![0, 2],
        given_label: LabelValues::Strings(vec!["cat".into(), "dog".into()]),
        suggested_label: LabelValues::Strings(vec!["cat".into(), "cat".into()]),
        quality: vec![0.9, 0.2],
        score: vec![1.0, 2.0],
        is_issue: vec![false, true],
    };
    let row = |index, label: Option<&str>, confidence| UnlabelledRow {
        index,
        suggested_label: label.map(Into::into),
        confidence,
    };
    IssueTable::new(columns).unwrap().with_unlabelled(vec![row(1, Some("dog"), Some(0.75)), row(3, None, None)])
}

#[test]
fn tables_of_issues_keep_what_is_suggested_for_samples_without_a_label() {
    let (given, table) = (given(), issues());
    let folder = tempfile::tempdir().unwrap();
    for name in ["i.csv", "i.tsv", "i.jsonl", "i.parquet"] {
        if cfg!(not(feature = "parquet")) && name == "i.parquet" {
            continue;
        }
        let path = folder.path().join(name);
        table.write(&path).unwrap();
        let read = IssueTable::read(&path).unwrap();
        assert_eq!(read, table, "{name}");
        assert_eq!(read.label_issues(&given).unwrap().flagged(), 1);
        assert_eq!(read.suggestions(&given).unwrap(), [Some((1, Some(0.75))), None], "{name}");
    }
}

#[test]
fn issues_of_other_labels_are_refused() {
    let whole = LabelColumn::new(
        mislabel_core::Labels::new(vec![0, 1, 1, 0], 2).unwrap().with_class_names(["cat", "dog"]).unwrap(),
        LabelForm::Strings,
    );
    let error = issues().label_issues(&whole).unwrap_err();
    assert!(names(&error, "1: the table has no given label for it, and the sample has one"), "{error}");
    let table = issues().with_unlabelled(vec![UnlabelledRow {
        index: 1,
        suggested_label: Some("emu".into()),
        confidence: None,
    }]);
    assert!(names(&table.suggestions(&given()).unwrap_err(), "row 1 has the suggested_label emu"));
    let header = "index,given_label,suggested_label,quality,score,is_issue,confidence";
    for (confidence, problem) in [("1.5", "confidence lies in [0, 1]"), ("x", "the value has another type")] {
        let written = file("i.csv", format!("{header}\n0,cat,cat,0.9,1.0,false,\n1,,dog,,,,{confidence}\n"));
        let error = IssueTable::read(&written.path).unwrap_err();
        assert!(names(&error, "row 1 has the confidence") && names(&error, problem));
    }
}
