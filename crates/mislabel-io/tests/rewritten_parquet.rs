//! Corrected labels in Parquet files: schema, metadata, row groups, and the other columns stay.
#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

mod written;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use mislabel_io::{Classes, EmbeddingFile, LabelChanges, LabelFile, LabelValues, ReadOptions};
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use written::file;

const NAMES: [&str; 3] = ["cat", "dog", "emu"];

/// Two row groups of five rows: a list, a label (`kind`), a number that may be missing; and metadata of two programs.
fn table(kind: &str) -> Vec<u8> {
    let label = if kind == "text" { "optional binary label (STRING)" } else { "required int64 label" };
    let schema = format!(
        "message rows {{ optional group x (LIST) {{ repeated group list {{ optional double element; }} }} {label}; optional int64 n; }}"
    );
    let features = r#"{"info":{"features":{"label":{"names":["cat","dog","emu"],"_type":"ClassLabel"}}}}"#;
    let mut pairs = vec![KeyValue::new("mine".into(), "kept".to_owned())];
    if kind == "codes" {
        pairs.push(KeyValue::new("huggingface".into(), features.to_owned()));
    }
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_key_value_metadata(Some(pairs))
        .build();
    let schema = Arc::new(parse_message_type(&schema).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    for first in [0, 5] {
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let values: Vec<f64> = (2 * first..2 * first + 10).map(f64::from).collect();
        column
            .typed::<DoubleType>()
            .write_batch(&values, Some(&[3; 10]), Some(&[0, 1, 0, 1, 0, 1, 0, 1, 0, 1]))
            .unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let labels: Vec<i64> = (first..first + 5).map(|row| i64::from(row % 3)).collect();
        match kind {
            "text" => {
                let texts: Vec<ByteArray> = labels.iter().map(|label| NAMES[*label as usize].into()).collect();
                column.typed::<ByteArrayType>().write_batch(&texts, Some(&[1; 5]), None).unwrap();
            }
            _ => drop(column.typed::<Int64Type>().write_batch(&labels, None, None).unwrap()),
        }
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&[7, 8, 9], Some(&[1, 0, 1, 0, 1]), None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

fn changed(content: &[u8], left_out: &[usize], check: impl Fn(&Path, &Path)) {
    let written = file("l.parquet", content);
    let out = written.folder.path().join("out.parquet");
    let labels = LabelFile::read(&written.path, &ReadOptions::default()).unwrap();
    let given = labels.column(&Classes::Observed).unwrap();
    let changes = LabelChanges { labels: BTreeMap::from([(1, 2), (9, 2)]), left_out: left_out.to_vec() };
    labels.rewrite(&given, &changes, &out).unwrap();
    check(&written.path, &out);
}

fn labels(path: &Path) -> LabelValues {
    LabelFile::read(path, &ReadOptions::default()).unwrap().values().clone()
}

#[test]
fn labels_change_and_all_else_stays_byte_for_byte() {
    for kind in ["text", "codes", "numbers"] {
        changed(&table(kind), &[], |before, after| {
            let wanted = [0, 2, 2, 0, 1, 2, 0, 1, 2, 2];
            match kind {
                "text" => {
                    let names = wanted.map(|class: usize| NAMES[class].to_owned()).to_vec();
                    assert_eq!(labels(after), LabelValues::Strings(names));
                }
                _ => assert_eq!(labels(after), LabelValues::Integers(wanted.map(|class| class as i64).to_vec())),
            }
            let [one, other] =
                [before, after].map(|path| SerializedFileReader::new(File::open(path).unwrap()).unwrap());
            let [of_one, of_other] = [one.metadata().file_metadata(), other.metadata().file_metadata()];
            assert_eq!(of_one.schema(), of_other.schema());
            assert_eq!(of_one.key_value_metadata(), of_other.key_value_metadata());
            let [bytes, copied] = [before, after].map(|path| std::fs::read(path).unwrap());
            for (one, other) in one.metadata().row_groups().iter().zip(other.metadata().row_groups()) {
                assert_eq!(one.num_rows(), other.num_rows());
                for column in [0, 2] {
                    let [(start, length), (copy, copy_length)] =
                        [one, other].map(|group| group.column(column).byte_range());
                    assert_eq!(
                        bytes[start as usize..][..length as usize],
                        copied[copy as usize..][..copy_length as usize]
                    );
                }
                assert_eq!(one.column(1).compression(), other.column(1).compression());
            }
        });
    }
}

#[test]
fn rows_are_left_out_of_every_column_with_lists_and_missing_values() {
    changed(&table("text"), &[0, 4, 7], |before, after| {
        let names = ["emu", "emu", "cat", "emu", "cat", "emu", "emu"].map(String::from).to_vec();
        assert_eq!(labels(after), LabelValues::Strings(names));
        let rows = |path: &Path| EmbeddingFile::open(path, &ReadOptions::named("x")).unwrap().to_array().unwrap();
        let (all, kept) = (rows(before), rows(after));
        let expected = all.select(ndarray::Axis(0), &[1, 2, 3, 5, 6, 8, 9]);
        assert_eq!(kept, expected);
        let n = |path: &Path| {
            mislabel_io::SampleFile::read(path, &ReadOptions::default()).unwrap().named("n").unwrap().cells.clone()
        };
        let wanted: Vec<Option<String>> = [1, 2, 3, 5, 6, 8, 9].map(|row: usize| n(before)[row].clone()).to_vec();
        assert_eq!(n(after), wanted);
    });
}

/// A row group with a column of labels, `None` where a row has none.
fn nullable(kind: &str, labels: &[Option<i64>]) -> Vec<u8> {
    let label = if kind == "text" { "binary label (STRING)" } else { "int64 label" };
    let schema = Arc::new(parse_message_type(&format!("message rows {{ optional {label}; }}")).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let levels: Vec<i16> = labels.iter().map(|label| i16::from(label.is_some())).collect();
    let values: Vec<i64> = labels.iter().flatten().copied().collect();
    match kind {
        "text" => {
            let texts: Vec<ByteArray> = values.iter().map(|label| NAMES[*label as usize].into()).collect();
            column.typed::<ByteArrayType>().write_batch(&texts, Some(&levels), None).unwrap();
        }
        _ => drop(column.typed::<Int64Type>().write_batch(&values, Some(&levels), None).unwrap()),
    }
    column.close().unwrap();
    group.close().unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn a_null_takes_a_label() {
    let choice = ReadOptions { unlabelled: mislabel_io::Unlabelled::Keep, ..ReadOptions::default() };
    for (kind, labels) in [
        ("text", [Some(0), None, Some(1), None, Some(2)]),
        ("numbers", [Some(0), None, Some(1), None, Some(2)]),
        // A code for no label among numbers.
        ("numbers", [Some(0), Some(-1), Some(1), None, Some(2)]),
    ] {
        let written = file("l.parquet", nullable(kind, &labels));
        let out = written.folder.path().join("out.parquet");
        let found = LabelFile::read(&written.path, &choice).unwrap();
        let given = found.column(&Classes::Observed).unwrap();
        assert_eq!(given.unlabelled, [1, 3], "{kind}");
        let changes = LabelChanges { labels: [(1, 2)].into(), left_out: vec![0] };
        found.rewrite(&given, &changes, &out).unwrap();
        let filled = LabelFile::read(&out, &choice).unwrap();
        assert_eq!(filled.unlabelled(), [2], "{kind}");
        match kind {
            "text" => assert_eq!(filled.values(), &LabelValues::Strings(["emu", "dog", "emu"].map(Into::into).into())),
            _ => assert_eq!(filled.values(), &LabelValues::Integers(vec![2, 1, 2]), "{labels:?}"),
        }
    }
}
