//! A folder of input files, most of them wrong in one way each.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::process::{floats, integers, npy, npy_bytes};

/// A folder with some good files and many bad ones.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    arrays(&path);
    labels(&path);
    tables(&path);
    issues(&path);
    folder
}

const ROWS: [f32; 12] = [3.0, 0.0, 4.0, 0.1, 5.0, 0.2, 0.0, 3.0, 0.1, 4.0, 0.2, 5.0];

fn arrays(path: &dyn Fn(&str) -> PathBuf) {
    let payload: Vec<u8> = ROWS.iter().flat_map(|value| value.to_le_bytes()).collect();
    let good = npy_bytes("<f4", "(6, 2)", &payload);
    fs::write(path("x.npy"), &good).unwrap();
    fs::write(path("x.bin"), &good).unwrap();
    fs::write(path("x"), &good).unwrap();
    fs::create_dir(path("folder.npy")).unwrap();
    fs::write(path("empty.npy"), []).unwrap();
    fs::write(path("text.npy"), "1,2\n3,4\n").unwrap();
    fs::write(path("half_header.npy"), &good[..40]).unwrap();
    fs::write(path("half_data.npy"), &good[..good.len() - 28]).unwrap();
    fs::write(path("more_data.npy"), [&good[..], &[0; 4]].concat()).unwrap();
    npy(path("huge.npy"), "<f4", "(1000000000000, 1000)", &payload);
    npy(path("overflow.npy"), "<f4", "(9223372036854775807, 9223372036854775807)", &payload);
    npy(path("object.npy"), "|O", "(6, 2)", &payload);
    npy(path("complex.npy"), "<c8", "(3, 2)", &payload);
    floats(path("vector.npy"), "(12,)", &ROWS);
    floats(path("cube.npy"), "(6, 1, 2)", &ROWS);
    floats(path("no_rows.npy"), "(0, 2)", &[]);
    floats(path("no_columns.npy"), "(6, 0)", &[]);
    let with = |place: usize, value: f32| {
        let mut rows = ROWS;
        rows[place] = value;
        rows
    };
    floats(path("nan.npy"), "(6, 2)", &with(5, f32::NAN));
    floats(path("infinite.npy"), "(6, 2)", &with(10, f32::INFINITY));
    floats(path("p.npy"), "(6, 2)", &[0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.2, 0.8, 0.1, 0.9, 0.6, 0.4]);
    fs::write(path("p.csv"), "0.9,0.1\n0.8,0.2\n0.7,0.3\n0.2,0.8\n0.1,0.9\n0.6,0.4\n").unwrap();
    floats(path("off.npy"), "(6, 2)", &[0.9, 0.1, 0.8, 0.2, 0.7, 0.7, 0.2, 0.8, 0.1, 0.9, 0.6, 0.4]);
    floats(path("t.npy"), "(2, 2)", &[0.75, 0.25, 0.5, 0.5]);
    floats(path("t3.npy"), "(3, 3)", &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    for name in ["garbage.npz", "garbage.parquet", "garbage.safetensors"] {
        fs::write(path(name), [0x50; 100]).unwrap();
    }
    let header = r#"{"a":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[3,2],"data_offsets":[24,48]}}"#;
    let length = (header.len() as u64).to_le_bytes();
    fs::write(path("two.safetensors"), [&length[..], header.as_bytes(), &payload].concat()).unwrap();
}

fn labels(path: &dyn Fn(&str) -> PathBuf) {
    integers(path("y.npy"), &[0, 0, 0, 1, 1, 1]);
    fs::copy(path("y.npy"), path("y.bin")).unwrap();
    integers(path("flipped.npy"), &[0, 0, 1, 1, 1, 1]);
    fs::write(path("four.txt"), "cat\ndog\nemu\nfox\n").unwrap();
    integers(path("three.npy"), &[0, 2, 0, 1, 1, 1]);
    integers(path("short.npy"), &[0, 0, 0, 1, 1]);
    integers(path("one_class.npy"), &[0; 6]);
    integers(path("negative.npy"), &[0, 0, -1, 1, 1, 1]);
    integers(path("large.npy"), &[0, 0, 0, 1_000_000_000_000, 1, 1]);
    floats(path("fraction.npy"), "(6,)", &[0.0, 0.0, 0.5, 1.0, 1.0, 1.0]);
    floats(path("nan_labels.npy"), "(6,)", &[0.0, 0.0, f32::NAN, 1.0, 1.0, 1.0]);
    fs::write(path("words.txt"), "cat\ncat\ncat\ndog\ndog\nemu\n").unwrap();
    fs::write(path("names.txt"), "cat\ndog\n").unwrap();
    fs::write(path("one.txt"), "cat\n").unwrap();
    fs::write(path("twice.txt"), "cat\ncat\n").unwrap();
    fs::write(path("latin1.txt"), b"caf\xe9\nbar\n").unwrap();
    fs::write(path("empty.txt"), "").unwrap();
    fs::write(path("measured.txt"), "0.25\n0.5\n1.5\n2.5\n3.5\n4.5\n").unwrap();
    fs::write(path("none.txt"), "NA\nNA\n\nNaN\nNA\nNA\n").unwrap();
    fs::write(path("labels.csv"), "label\n0\n0\n0\n1\n1\n1\n").unwrap();
}

fn tables(path: &dyn Fn(&str) -> PathBuf) {
    fs::write(path("empty.csv"), "").unwrap();
    fs::write(path("x.csv"), "u,v\n3,0\n4,0\n5,0\n0,3\n0,4\n0,5\n").unwrap();
    fs::write(path("ragged.csv"), "u,v\n1,2\n1,2,3\n").unwrap();
    fs::write(path("word.csv"), "u,v\n1,2\n1,two\n").unwrap();
    fs::write(path("header_only.csv"), "u,v\n").unwrap();
    fs::write(path("labeled.csv"), "u,label\n3,0\n4,0\n5,0\n0,1\n1,1\n2,1\n").unwrap();
    fs::create_dir(path("folder.csv")).unwrap();
}

fn issues(path: &dyn Fn(&str) -> PathBuf) {
    let header = "index,given_label,suggested_label,quality,score,is_issue\n";
    let row = |index: usize| format!("{index},{},0,0.5,1.0,false\n", index / 3);
    let good: Vec<String> = (0..6).map(row).collect();
    let write = |name: &str, rows: &[String]| fs::write(path(name), format!("{header}{}", rows.concat())).unwrap();
    let with_second = |name: &str, second: &str| {
        let mut rows = good.clone();
        rows[1] = format!("{second}\n");
        write(name, &rows);
    };
    write("good.csv", &good);
    write("five.csv", &good[..5]);
    with_second("quality_2.csv", "1,0,0,2,1.0,false");
    with_second("quality_nan.csv", "1,0,0,nan,1.0,false");
    with_second("quality_word.csv", "1,0,0,good,1.0,false");
    with_second("flag.csv", "1,0,0,0.5,1.0,perhaps");
    with_second("index_twice.csv", "0,0,0,0.5,1.0,false");
    with_second("index_9.csv", "9,0,0,0.5,1.0,false");
    fs::write(path("no_quality.csv"), "index,given_label,suggested_label,score,is_issue\n0,0,0,1.0,false\n").unwrap();
    fs::write(path("broken.jsonl"), "{\"index\": 0,\n").unwrap();
}
