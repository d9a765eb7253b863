//! Arbitrary and damaged bytes under every extension give a result or an error, never a panic.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

mod written;

use std::path::Path;

use mislabel_core::{EmbeddingSource, ProbabilitySource};
use mislabel_io::{ClassNames, Classes, EmbeddingFile, IssueTable, LabelFile, ProbabilityFile, ReadOptions};
use ndarray::Array2;
use proptest::prelude::*;
use zip::CompressionMethod;

/// Little memory, so that a bomb that slips through would be an error and not a slow test.
fn choices() -> Vec<ReadOptions> {
    let small = ReadOptions { memory_limit: 1 << 20, ..ReadOptions::default() };
    let named = |name: &str| ReadOptions { array: Some(name.into()), ..small.clone() };
    let features = ReadOptions { exclude: vec!["label".into()], ..small.clone() };
    vec![named("features"), named("label"), features, small]
}

/// Reads the file in all the ways there are.
fn read_in_all_ways(path: &Path) {
    for choice in choices() {
        if let Ok(file) = EmbeddingFile::open(path, &choice) {
            let (n, d) = file.shape();
            let mut row = Array2::zeros((1, d));
            let _ = file.read_rows(n - 1, row.view_mut());
            let _ = file.gather(&[(n - 1) as u32], row.view_mut());
            let _ = file.to_array();
        }
        if let Ok(file) = ProbabilityFile::open(path, &choice) {
            let mut row = Array2::zeros((1, file.shape().1));
            let _ = file.read_rows(0, row.view_mut());
        }
        if let Ok(file) = LabelFile::read(path, &choice) {
            let _ = file.column(&Classes::Observed);
            let _ = file.column(&Classes::Count(3));
            let _ = file.error_mask();
        }
    }
    let _ = ClassNames::read(path);
    let _ = IssueTable::read(path);
}

const EXTENSIONS: [&str; 12] =
    ["npy", "npz", "safetensors", "csv", "tsv", "txt", "jsonl", "json", "arrow", "csv.gz", "parquet", "other"];

/// One good file per format, to be damaged.
fn good_files() -> Vec<(&'static str, Vec<u8>)> {
    let floats: Vec<u8> = (0..12_u8).flat_map(|value| f32::from(value).to_le_bytes()).collect();
    let npy = written::npy("<f4", false, "(4, 3)", &floats);
    let entries: [(&str, &[u8]); 2] = [("features.npy", &npy), ("label.npy", &npy)];
    let tensors = r#"{"features":{"dtype":"F32","shape":[4,3],"data_offsets":[0,48]}}"#;
    let files = vec![
        ("npz", written::zip(CompressionMethod::Stored, &entries)),
        ("npz", written::zip(CompressionMethod::Deflated, &entries)),
        ("safetensors", written::safetensors(tensors, &floats)),
        ("csv", b"a,b,label\n1,2,x\n3,4,y\n5,\"6\",x\n".to_vec()),
        ("tsv", b"1\t2\t3\n3\t4\t5\n".to_vec()),
        ("txt", b"cat\ndog\n\xC3\xA4\n".to_vec()),
        ("txt", b"# f0 f1\n0.5 1\n2 3.5\n".to_vec()),
        ("csv", b"sep=;\nf0;label;list\n1,5;cat;\"[1 2]\"\n2,5;dog;\"[3 4]\"\n".to_vec()),
        ("csv", b"\xFF\xFEa\0,\0b\0\n\x001\0,\x002\0\n\0".to_vec()),
        ("json", br#"[{"features":[1,2.5],"label":"cat"},{"features":[3,4],"label":null}]"#.to_vec()),
        (
            "jsonl",
            br#"{"index":0,"given_label":1,"suggested_label":0,"quality":0.5,"score":1.5,"is_issue":true}"#.to_vec(),
        ),
        ("npy", npy),
        ("npy", written::npy("<U2", false, "(2,)", &[b'a', 0, 0, 0, 0, 0, 0, 0, b'b', 0, 0, 0, 0xE4, 0, 0, 0])),
    ];
    #[cfg(feature = "parquet")]
    let files = files.into_iter().chain(good_parquet_files().into_iter().map(|bytes| ("parquet", bytes))).collect();
    files
}

#[cfg(feature = "parquet")]
fn good_parquet_files() -> Vec<Vec<u8>> {
    use parquet::basic::{Compression, ZstdLevel};
    use written::parquet_bytes::{Cells, list_schema, lists, parquet, plain};
    let schema = format!("{} required binary label (STRING); required binary note (STRING);", list_schema("float", ""));
    let group = || {
        let cells = Cells::F32((0..12_u8).map(f32::from).collect());
        let labels = ["a", "b", "a", "c"].map(|label| label.as_bytes().to_vec());
        vec![lists(cells, 12, 3), plain(Cells::Text(labels.to_vec())), plain(Cells::Text(labels.to_vec()))]
    };
    let columns = "required double x; required int32 y (INTEGER(8, false)); required int64 label; required boolean z;";
    let scalars = || {
        let label = plain(Cells::I64(vec![0, 1, 0]));
        let z = plain(Cells::Bool(vec![true, false, true]));
        vec![plain(Cells::F64(vec![0.5, 1.5, 2.5])), plain(Cells::I32(vec![1, 2, 3])), label, z]
    };
    vec![
        parquet(&schema, Compression::UNCOMPRESSED, &[group(), group()]),
        parquet(&schema, Compression::SNAPPY, &[group()]),
        parquet(columns, Compression::ZSTD(ZstdLevel::default()), &[scalars()]),
    ]
}

#[test]
fn the_files_to_be_damaged_are_good() {
    for (extension, bytes) in good_files() {
        let written = written::file(&format!("good.{extension}"), bytes);
        let read = |choice: &ReadOptions| {
            EmbeddingFile::open(&written.path, choice).is_ok() || LabelFile::read(&written.path, choice).is_ok()
        };
        assert!(choices().iter().any(read) || IssueTable::read(&written.path).is_ok(), "{extension}");
    }
}

#[test]
fn every_prefix_of_every_format_is_survived() {
    for (extension, bytes) in good_files() {
        for end in 0..bytes.len() {
            let written = written::file(&format!("short.{extension}"), &bytes[..end]);
            read_in_all_ways(&written.path);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for extension in EXTENSIONS {
            read_in_all_ways(&written::file(&format!("noise.{extension}"), &bytes).path);
        }
    }

    #[test]
    fn damaged_files_are_survived(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        for (extension, mut bytes) in good_files() {
            for (place, value) in &edits {
                let place = place.index(bytes.len());
                bytes[place] = *value;
            }
            read_in_all_ways(&written::file(&format!("damaged.{extension}"), &bytes).path);
        }
    }
}

/// 64 cases, or as many as the environment asks for.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64)
}
