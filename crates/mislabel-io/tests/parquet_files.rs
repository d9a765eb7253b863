//! Parquet: what the writers of the field produce reads back; what lies is refused.
#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

mod written;

use std::sync::Arc;

use half::f16;
use mislabel_io::{Classes, EmbeddingFile, LabelFile, LabelValues, ProbabilityFile, ReadOptions};
use ndarray::{Array2, array};
use parquet::basic::{Compression, Encoding, GzipLevel, ZstdLevel};
use parquet::data_type::ByteArrayType;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;
use written::parquet_bytes::{Cells, Chunk, list_schema, lists, parquet, plain};
use written::{file, names};

fn compressions() -> [Compression; 4] {
    let gzip = Compression::GZIP(GzipLevel::default());
    [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::ZSTD(ZstdLevel::default()), gzip]
}

fn text(labels: &[&str]) -> Chunk {
    plain(Cells::Text(labels.iter().map(|label| label.as_bytes().to_vec()).collect()))
}

fn embeddings(bytes: &[u8], choice: &ReadOptions) -> Result<Array2<f32>, String> {
    let written = file("data.parquet", bytes);
    let file = EmbeddingFile::open(&written.path, choice).map_err(|error| error.to_string())?;
    file.to_array().map_err(|error| error.to_string())
}

fn labels(bytes: &[u8], choice: &ReadOptions) -> Result<LabelValues, String> {
    let written = file("data.parquet", bytes);
    LabelFile::read(&written.path, choice).map(|file| file.values().clone()).map_err(|error| error.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn lists_beside_labels_read_back(
        rows in 1..3_000_usize, width in 1..6_usize, seed in any::<u32>(), which in 0..4_usize, halves in any::<bool>(),
    ) {
        let value = |index: usize| f32::from((seed.wrapping_mul(index as u32 + 1) >> 20) as u16) / 8.0;
        let half = |index: usize| f16::from_f32(value(index));
        let cells = |from: usize, to: usize| match halves {
            true => Cells::Half((from * width..to * width).map(half).collect()),
            false => Cells::F32((from * width..to * width).map(value).collect()),
        };
        let kind = if halves { ("fixed_len_byte_array(2)", " (FLOAT16)") } else { ("float", "") };
        let schema = format!("{} required binary label (STRING);", list_schema(kind.0, kind.1));
        let name = |row: usize| if row.is_multiple_of(3) { "dog" } else { "cat" };
        let all: Vec<&str> = (0..rows).map(name).collect();
        let middle = rows / 2;
        let group = |from: usize, to: usize| vec![lists(cells(from, to), (to - from) * width, width), text(&all[from..to])];
        let groups = if middle > 0 { vec![group(0, middle), group(middle, rows)] } else { vec![group(0, rows)] };
        let bytes = parquet(&schema, compressions()[which], &groups);

        let single = |index: usize| if halves { half(index).to_f32() } else { value(index) };
        let wanted = Array2::from_shape_fn((rows, width), |(row, column)| single(row * width + column));
        for choice in [ReadOptions::default(), ReadOptions::named("features")] {
            prop_assert_eq!(embeddings(&bytes, &choice).unwrap(), wanted.view());
        }
        let strings = all.iter().map(|name| name.to_string()).collect();
        prop_assert_eq!(labels(&bytes, &ReadOptions::default()).unwrap(), LabelValues::Strings(strings));
    }
}

#[test]
fn one_column_per_feature_of_every_numeric_type_reads_back() {
    let schema = "required float a; required double b; required int32 c; required int32 d (INTEGER(32, false));
        required int64 e; required int64 f (INTEGER(64, false)); required boolean g;
        required fixed_len_byte_array(2) h (FLOAT16); required int32 i (INT_8); required int64 species;";
    let chunks = || {
        vec![
            plain(Cells::F32(vec![0.5, -1.0])),
            plain(Cells::F64(vec![0.1, 2.0])),
            plain(Cells::I32(vec![-3, 3])),
            plain(Cells::I32(vec![-1, 4])),
            plain(Cells::I64(vec![-5, 5])),
            plain(Cells::I64(vec![-1, 6])),
            plain(Cells::Bool(vec![true, false])),
            plain(Cells::Half(vec![f16::from_f32(1.5), f16::from_f32(-2.0)])),
            plain(Cells::I32(vec![-8, 8])),
            plain(Cells::I64(vec![2, 0])),
        ]
    };
    let choice = ReadOptions { exclude: vec!["species".into()], ..ReadOptions::default() };
    for compression in compressions() {
        let bytes = parquet(schema, compression, &[chunks(), chunks()]);
        let first = [0.5, 0.1, -3.0, u32::MAX as f32, -5.0, u64::MAX as f32, 1.0, 1.5, -8.0];
        let second = [-1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0, -2.0, 8.0];
        let rows: Vec<f32> = [first, second, first, second].concat();
        assert_eq!(embeddings(&bytes, &choice).unwrap(), Array2::from_shape_vec((4, 9), rows).unwrap());
        let species = ReadOptions::named("species");
        assert_eq!(labels(&bytes, &species).unwrap(), LabelValues::Integers(vec![2, 0, 2, 0]));
    }
}

#[test]
fn probabilities_and_a_single_column_read_back() {
    let schema = "required double a; required double b;";
    let [third, rest] = [1.0 / 3.0, 2.0 / 3.0];
    let chunks = vec![plain(Cells::F64(vec![0.25, third])), plain(Cells::F64(vec![0.75, rest]))];
    let bytes = parquet(schema, Compression::SNAPPY, &[chunks]);
    let written = file("probabilities.parquet", &bytes);
    let probabilities = ProbabilityFile::open(&written.path, &ReadOptions::default()).unwrap();
    assert_eq!(probabilities.to_array().unwrap(), array![[0.25, 0.75], [third, rest]]);
    assert_eq!(embeddings(&bytes, &ReadOptions::named("b")).unwrap(), array![[0.75], [rest as f32]]);
}

#[test]
fn optional_columns_without_nulls_read_back() {
    let chunk = Chunk { cells: Cells::F64(vec![1.0, 2.0]), defined: Some(vec![1, 1]), repeated: None };
    let bytes = parquet("optional double x;", Compression::SNAPPY, &[vec![chunk]]);
    assert_eq!(embeddings(&bytes, &ReadOptions::default()).unwrap(), array![[1.0], [2.0]]);
}

#[test]
fn what_no_matrix_can_hold_is_named() {
    let one = |schema: &str, chunk: Chunk| parquet(schema, Compression::SNAPPY, &[vec![chunk]]);
    let list = list_schema("double", "");
    let row_lengths = |repeated: &[i16]| Chunk {
        cells: Cells::F64(vec![1.0; repeated.len()]),
        defined: Some(vec![3; repeated.len()]),
        repeated: Some(repeated.to_vec()),
    };
    let with_gap = |level: i16| Chunk {
        cells: Cells::F64(vec![1.0, 2.0]),
        defined: Some(vec![3, level, 3]),
        repeated: Some(vec![0, 0, 0]),
    };
    let missing = Chunk { cells: Cells::F64(vec![1.0]), defined: Some(vec![1, 0]), repeated: None };
    let nested = "optional group features (LIST) { repeated group list { required group element { required double x; required double y; } } }";
    let pair = || Chunk { cells: Cells::F64(vec![1.0]), defined: Some(vec![2]), repeated: Some(vec![0]) };
    let two_lists = format!("{} {}", list.replace("features", "one"), list.replace("features", "other"));
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (one(&list, row_lengths(&[0, 1, 0, 0, 1])), "row 1 has 1 value where 2 are expected"),
        (one(&list, row_lengths(&[0, 1, 0, 1, 1])), "row 1 has 3 values where 2 are expected"),
        (one(&list, with_gap(0)), "row 1, column features has the value \"null\""),
        (one(&list, with_gap(1)), "row 1 has 0 values where 1 are expected"),
        (one(&list, with_gap(2)), "row 1, column features has the value \"null\""),
        (one("optional double x;", missing), "row 1, column x has the value \"null\""),
        (one("required double x;", plain(Cells::F64(vec![1.0, f64::NAN]))), "row 1, column x has the value \"NaN\""),
        (one("required double x;", plain(Cells::F64(vec![1e300]))), "row 0, column x has the value \"1000"),
        (one("required binary name (STRING);", text(&["a"])), "\"name (text such as 'a')\""),
        (one("required int32 day (DATE);", plain(Cells::I32(vec![1]))), "\"day (dates or times)\""),
        (one("required int32 label;", plain(Cells::I32(vec![1]))), "no column is left that can be features"),
        (parquet(nested, Compression::SNAPPY, &[vec![pair(), pair()]]), "features (lists)"),
        (
            parquet(&two_lists, Compression::SNAPPY, &[vec![row_lengths(&[0]), row_lengths(&[0])]]),
            "several columns hold lists of numbers: name the one",
        ),
        (parquet("required double x;", Compression::SNAPPY, &[]), "is empty"),
        (one("required double x;", plain(Cells::F64(vec![]))), "is empty"),
    ];
    for (bytes, problem) in cases {
        let error = embeddings(&bytes, &ReadOptions::default()).expect_err(problem);
        assert!(names(&error, problem) && names(&error, "data.parquet"));
    }
    let bytes = one("required double x;", plain(Cells::F64(vec![0.0; 100])));
    let choice = ReadOptions { memory_limit: 399, ..ReadOptions::default() };
    assert!(names(&embeddings(&bytes, &choice).unwrap_err(), "above the limit of 399"));
    assert!(names(&embeddings(&bytes, &ReadOptions::named("y")).unwrap_err(), "has no \"y\"; it has \"x\""));
}

#[test]
fn what_is_no_label_is_named() {
    let one = |schema: &str, chunk: Chunk| parquet(schema, Compression::SNAPPY, &[vec![chunk]]);
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (one("required binary y (STRING);", text(&["a", ""])), "row 1, column y has the value \"\""),
        (one("required binary y;", plain(Cells::Text(vec![vec![0xFF]]))), "row 0, column y"),
        (
            one(&list_schema("float", ""), lists(Cells::F32(vec![1.0]), 1, 1)),
            "column features holds lists: samples with several labels are not read",
        ),
        (one("required int64 y;", plain(Cells::I64(vec![]))), "is empty"),
    ];
    for (bytes, problem) in cases {
        assert!(names(&labels(&bytes, &ReadOptions::default()).expect_err(problem), problem));
    }
    let written = file("data.parquet", one("required double y;", plain(Cells::F64(vec![1.0, 0.5]))));
    let error =
        LabelFile::read(&written.path, &ReadOptions::default()).unwrap().column(&Classes::Observed).unwrap_err();
    assert!(names(&error, "row 1, column y has the value \"0.5\""));
}

/// A footer whose schema lists nodes with these numbers of children.
fn footer(children: impl IntoIterator<Item = u8>) -> Vec<u8> {
    let nodes: Vec<u8> = children.into_iter().flat_map(|count| [0x48, 1, b'n', 0x15, 2 * count, 0]).collect();
    let mut count = nodes.len() / 6;
    let mut bytes = vec![0x15, 2, 0x19, 0xFC];
    while count >= 128 {
        bytes.push(count as u8 | 128);
        count >>= 7;
    }
    bytes.push(count as u8);
    bytes.extend_from_slice(&nodes);
    bytes.push(0);
    bytes
}

fn with_footer(footer: &[u8]) -> Vec<u8> {
    let length = (footer.len() as u32).to_le_bytes();
    [b"PAR1", footer, &length, b"PAR1"].concat()
}

#[test]
fn every_lie_of_a_parquet_file_is_named() {
    let good = parquet("required double x;", Compression::UNCOMPRESSED, &[vec![plain(Cells::F64(vec![0.5; 40]))]]);
    assert!(embeddings(&good, &ReadOptions::default()).is_ok(), "the truth must pass");
    let patched = |at: usize, bytes: &[u8]| {
        let mut patched = good.clone();
        patched[at..at + bytes.len()].copy_from_slice(bytes);
        patched
    };
    let end = good.len();
    // The first page header is a dictionary's: the type, then the size before and after compression (8 bytes here).
    assert_eq!(good[4..10], [0x15, 4, 0x15, 16, 0x15, 16]);
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (good[..end - 1].to_vec(), "magic bytes"),
        (b"PAR1".to_vec(), "magic bytes"),
        (patched(end - 8, &u32::MAX.to_le_bytes()), "the footer is longer than the file"),
        (patched(end - 8, &3_u32.to_le_bytes()), "the schema is no tree"),
        (patched(7, &[126]), "a page cannot expand to the size in its header"),
        (patched(9, &[126]), "a page is longer than its column"),
        (with_footer(&footer(vec![1; 100_000])), "the schema is no tree"),
        (with_footer(&footer([63, 0])), "the schema is no tree"),
        (with_footer(&footer([1, 0, 0])), "the schema is no tree"),
        (with_footer(&[0x19; 100]), "the footer is damaged"),
        (with_footer(&[0x1C; 100_000]), "the footer is damaged"),
    ];
    for (bytes, lie) in cases {
        let error = embeddings(&bytes, &ReadOptions::default()).expect_err(lie);
        assert!(names(&error, lie) && names(&error, "data.parquet"));
    }
}

#[test]
fn lengths_that_contradict_the_strings_are_an_error() {
    let schema = Arc::new(parse_message_type("message rows { required binary label (STRING); }").unwrap());
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_encoding(Encoding::DELTA_LENGTH_BYTE_ARRAY)
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(&["cat".into(), "horse".into()], None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    let good = writer.into_inner().unwrap();
    let wanted = LabelValues::Strings(vec!["cat".into(), "horse".into()]);
    assert_eq!(labels(&good, &ReadOptions::default()).unwrap(), wanted);
    // Lengths come before the strings: any of these bytes may promise more string than there is.
    let strings = good.windows(8).position(|window| window == b"cathorse").unwrap();
    let errors = (4..strings).filter(|place| {
        let mut damaged = good.clone();
        damaged[*place] = 0x7E;
        labels(&damaged, &ReadOptions::default()).is_err()
    });
    assert!(errors.count() > 0);
}
