//! What is written in a format, an element type, a byte order and a memory order reads back as the same numbers.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

mod written;

use std::path::Path;

use half::{bf16, f16};
use mislabel_core::{EmbeddingSource, ProbabilitySource};
use mislabel_io::{Classes, EmbeddingFile, LabelFile, LabelForm, LabelValues, ProbabilityFile, ReadOptions, write_npy};
use ndarray::{Array2, ArrayView2, s};
use proptest::prelude::*;
use zip::CompressionMethod;

/// Checks every way of reading the embeddings at `path` against `wanted`.
fn reads_as(path: &Path, choice: &ReadOptions, wanted: ArrayView2<'_, f32>, picks: &[prop::sample::Index]) {
    let file = EmbeddingFile::open(path, choice).unwrap();
    assert_eq!(file.shape(), wanted.dim());
    assert_eq!(file.to_array().unwrap(), wanted);
    let (n, d) = wanted.dim();
    let start = picks[0].index(n);
    let rows = 1 + picks[1].index(n - start);
    let mut block = Array2::zeros((rows, d));
    file.read_rows(start, block.view_mut()).unwrap();
    assert_eq!(block, wanted.slice(s![start..start + rows, ..]));
    // A buffer in column order is no standard layout, but it is filled all the same.
    let mut columns = Array2::zeros((d, rows)).reversed_axes();
    file.read_rows(start, columns.view_mut()).unwrap();
    assert_eq!(columns, block);

    let picked: Vec<u32> = picks.iter().map(|pick| pick.index(n) as u32).collect();
    let mut gathered = Array2::zeros((picked.len(), d));
    file.gather(&picked, gathered.view_mut()).unwrap();
    for (&row, gathered) in picked.iter().zip(gathered.rows()) {
        assert_eq!(gathered, wanted.row(row as usize));
    }
}

/// Writes `values`, `(n, d)`, in all formats that have the type, and reads them back.
fn trip<T: Copy, const N: usize>(
    names: (&str, Option<&str>),
    values: &Array2<T>,
    bytes: fn(T) -> [u8; N],
    single: fn(T) -> f32,
    picks: &[prop::sample::Index],
) {
    let wanted = values.mapv(single);
    let (kind, dtype) = names;
    let choice = ReadOptions::default();
    let shape = format!("({}, {})", values.nrows(), values.ncols());
    let rows: Vec<[u8; N]> = values.iter().map(|&value| bytes(value)).collect();
    let columns: Vec<[u8; N]> = values.t().iter().map(|&value| bytes(value)).collect();
    for fortran_order in [false, true] {
        let cells = if fortran_order { &columns } else { &rows };
        for order in ["<", ">"] {
            let reversed = |mut cell: [u8; N]| {
                cell.reverse();
                cell
            };
            let big = order == ">";
            let data: Vec<u8> = cells.iter().flat_map(|&cell| if big { reversed(cell) } else { cell }).collect();
            let header = written::dictionary(&format!("{order}{kind}"), fortran_order, &shape);
            for version in [1, 2, 3] {
                let npy = written::npy_with_header(version, &header, &data);
                reads_as(&written::file("trip.npy", &npy).path, &choice, wanted.view(), picks);
                for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
                    let npz = written::zip(method, &[("first.npy", &npy), ("other.npy", b"no array")]);
                    let written = written::file("trip.npz", npz);
                    reads_as(&written.path, &ReadOptions::named("first"), wanted.view(), picks);
                }
            }
        }
    }
    let Some(dtype) = dtype else { return };
    let data = rows.concat();
    let header = format!(
        r#"{{"x":{{"dtype":"{dtype}","shape":[{},{}],"data_offsets":[0,{}]}}}}"#,
        values.nrows(),
        values.ncols(),
        data.len()
    );
    let written = written::file("trip.safetensors", written::safetensors(&header, &data));
    reads_as(&written.path, &choice, wanted.view(), picks);
}

/// A matrix of up to 150 rows (more than two tiles of a transposition) with values of the strategy.
fn matrix<V: Strategy>(value: impl Fn() -> V) -> impl Strategy<Value = Array2<V::Value>> {
    (1..150_usize, 1..9_usize).prop_flat_map(move |(n, d)| {
        prop::collection::vec(value(), n * d).prop_map(move |values| Array2::from_shape_vec((n, d), values).unwrap())
    })
}

fn picks() -> impl Strategy<Value = Vec<prop::sample::Index>> {
    prop::collection::vec(any::<prop::sample::Index>(), 2..100)
}

fn half_float() -> impl Strategy<Value = f16> {
    any::<u16>().prop_map(f16::from_bits).prop_filter("finite", |value| value.is_finite())
}

fn brain_float() -> impl Strategy<Value = bf16> {
    any::<u16>().prop_map(bf16::from_bits).prop_filter("finite", |value| value.is_finite())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn small_integers_and_booleans_read_back(
        a in matrix(any::<u8>), b in matrix(any::<i8>), c in matrix(any::<bool>), picks in picks(),
    ) {
        trip(("u1", Some("U8")), &a, u8::to_le_bytes, f32::from, &picks);
        trip(("i1", Some("I8")), &b, i8::to_le_bytes, f32::from, &picks);
        trip(("b1", Some("BOOL")), &c, |value| [value.into()], |value| f32::from(u8::from(value)), &picks);
    }

    #[test]
    fn large_integers_read_back(
        a in matrix(any::<u16>), b in matrix(any::<i16>), c in matrix(any::<u32>),
        d in matrix(any::<i32>), e in matrix(any::<u64>), f in matrix(any::<i64>), picks in picks(),
    ) {
        trip(("u2", Some("U16")), &a, u16::to_le_bytes, f32::from, &picks);
        trip(("i2", Some("I16")), &b, i16::to_le_bytes, f32::from, &picks);
        trip(("u4", Some("U32")), &c, u32::to_le_bytes, |value| value as f32, &picks);
        trip(("i4", Some("I32")), &d, i32::to_le_bytes, |value| value as f32, &picks);
        trip(("u8", Some("U64")), &e, u64::to_le_bytes, |value| value as f32, &picks);
        trip(("i8", Some("I64")), &f, i64::to_le_bytes, |value| value as f32, &picks);
    }

    #[test]
    fn floats_read_back(
        a in matrix(half_float), b in matrix(|| any::<f32>().prop_filter("finite", |v| v.is_finite())),
        c in matrix(|| -1e38..1e38), picks in picks(),
    ) {
        trip(("f2", Some("F16")), &a, f16::to_le_bytes, f16::to_f32, &picks);
        trip(("f4", Some("F32")), &b, f32::to_le_bytes, |value| value, &picks);
        trip(("f8", Some("F64")), &c, f64::to_le_bytes, |value| value as f32, &picks);
    }

    #[test]
    fn brain_floats_read_back(values in matrix(brain_float), picks in picks()) {
        let data: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let (n, d) = values.dim();
        let header = format!(r#"{{"x":{{"dtype":"BF16","shape":[{n},{d}],"data_offsets":[0,{}]}}}}"#, data.len());
        let written = written::file("trip.safetensors", written::safetensors(&header, &data));
        reads_as(&written.path, &ReadOptions::default(), values.mapv(bf16::to_f32).view(), &picks);
    }

    #[test]
    fn text_tables_read_back(values in matrix(|| any::<f32>().prop_filter("finite", |v| v.is_finite())), picks in picks()) {
        for (name, delimiter) in [("trip.csv", ","), ("trip.tsv", "\t")] {
            let row = |row: ndarray::ArrayView1<'_, f32>| row.iter().map(f32::to_string).collect::<Vec<_>>().join(delimiter);
            let lines: Vec<String> = values.rows().into_iter().map(row).collect();
            let header = (0..values.ncols()).map(|column| format!("x{column}")).collect::<Vec<_>>().join(delimiter);
            for (text, header) in [
                (lines.join("\n"), mislabel_io::Header::Absent),
                (format!("\u{FEFF}{header}\r\n{}\r\n", lines.join("\r\n")), mislabel_io::Header::Auto),
            ] {
                let choice = ReadOptions { header, ..ReadOptions::default() };
                reads_as(&written::file(name, text).path, &choice, values.view(), &picks);
            }
        }
    }

    #[test]
    fn written_arrays_read_back(values in matrix(|| -1e6_f32..1e6), picks in picks()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trip.npy");
        let choice = ReadOptions::default();
        write_npy(&path, values.view()).unwrap();
        reads_as(&path, &choice, values.view(), &picks);
        write_npy(&path, values.t().mapv(f64::from).t()).unwrap();
        reads_as(&path, &choice, values.view(), &picks);
        write_npy(&path, values.t()).unwrap();
        reads_as(&path, &choice, values.t(), &picks);
        let halves = values.mapv(f16::from_f32).mapv(|half| if half.is_finite() { half } else { f16::ONE });
        write_npy(&path, halves.view()).unwrap();
        reads_as(&path, &choice, halves.mapv(f16::to_f32).view(), &picks);
        let flags = values.mapv(|value| value > 0.0);
        write_npy(&path, flags.view()).unwrap();
        reads_as(&path, &choice, flags.mapv(|flag| f32::from(u8::from(flag))).view(), &picks);
    }

    #[test]
    fn probabilities_read_back(values in matrix(|| 0.01..1.0_f64), picks in picks()) {
        let sums = values.sum_axis(ndarray::Axis(1)).insert_axis(ndarray::Axis(1));
        let rows = &values / &sums;
        let data: Vec<u8> = rows.t().iter().flat_map(|value| value.to_le_bytes()).collect();
        let npy = written::npy("<f8", true, &format!("({}, {})", rows.nrows(), rows.ncols()), &data);
        let written = written::file("trip.npy", npy);
        let file = ProbabilityFile::open(&written.path, &ReadOptions::default()).unwrap();
        prop_assert_eq!(&file.to_array().unwrap(), &rows);
        let start = picks[0].index(rows.nrows());
        let mut row = Array2::zeros((1, rows.ncols()));
        file.read_rows(start, row.view_mut()).unwrap();
        prop_assert_eq!(row.row(0), rows.row(start));
        let line = |row: ndarray::ArrayView1<'_, f64>| row.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
        let text = rows.rows().into_iter().map(line).collect::<Vec<_>>().join("\n");
        let written = written::file("trip.csv", text);
        let choice = ReadOptions { header: mislabel_io::Header::Absent, ..ReadOptions::default() };
        prop_assert_eq!(&ProbabilityFile::open(&written.path, &choice).unwrap().to_array().unwrap(), &rows);
    }

    #[test]
    fn integer_labels_read_back(labels in prop::collection::vec(0..500_i64, 1..80)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.npy");
        write_npy(&path, ndarray::ArrayView1::from(&labels)).unwrap();
        let text = labels.iter().map(i64::to_string).collect::<Vec<_>>().join("\n");
        let header = format!(r#"{{"y":{{"dtype":"I64","shape":[{}],"data_offsets":[0,{}]}}}}"#, labels.len(), 8 * labels.len());
        let data: Vec<u8> = labels.iter().flat_map(|label| label.to_le_bytes()).collect();
        for written in [
            written::file("labels.npy", std::fs::read(&path).unwrap()),
            written::file("labels.txt", &text),
            written::file("labels.csv", format!("label\n{text}\n")),
            written::file("labels.tsv", format!("whatever\n{text}\n")),
            written::file("labels.safetensors", written::safetensors(&header, &data)),
        ] {
            let file = LabelFile::read(&written.path, &ReadOptions::default()).unwrap();
            prop_assert_eq!(file.values(), &LabelValues::Integers(labels.clone()));
            let column = file.column(&Classes::Observed).unwrap();
            prop_assert_eq!(column.form, LabelForm::Integers);
            let distinct: std::collections::BTreeSet<i64> = labels.iter().copied().collect();
            prop_assert_eq!(column.labels.class_count(), distinct.len());
            prop_assert_eq!(column.written(column.labels.values()), LabelValues::Integers(labels.clone()));
        }
    }

    #[test]
    fn string_labels_read_back(labels in prop::collection::vec("[a-zäß€😀][a-zäß€😀 ,\"]{0,5}[a-zäß€😀]", 1..40)) {
        let width = labels.iter().map(|label| label.chars().count()).max().unwrap();
        let length = labels.iter().map(String::len).max().unwrap();
        let shape = format!("({},)", labels.len());
        let points = |to_bytes: fn(u32) -> [u8; 4]| {
            let cell = |label: &String| {
                let mut points: Vec<u32> = label.chars().map(u32::from).collect();
                points.resize(width, 0);
                points.into_iter().flat_map(to_bytes).collect::<Vec<u8>>()
            };
            labels.iter().flat_map(cell).collect::<Vec<u8>>()
        };
        let padded = |label: &String| {
            let mut bytes = label.clone().into_bytes();
            bytes.resize(length, 0);
            bytes
        };
        let bytes: Vec<u8> = labels.iter().flat_map(padded).collect();
        let quoted = labels.iter().map(|label| format!("\"{}\"", label.replace('"', "\"\""))).collect::<Vec<_>>().join("\n");
        for written in [
            written::file("labels.npy", written::npy(&format!("<U{width}"), false, &shape, &points(u32::to_le_bytes))),
            written::file("labels.npy", written::npy(&format!(">U{width}"), false, &shape, &points(u32::to_be_bytes))),
            written::file("labels.npy", written::npy(&format!("|S{length}"), false, &shape, &bytes)),
            written::file("labels.txt", labels.join("\n")),
            written::file("labels.csv", format!("label\n{quoted}\n")),
        ] {
            let file = LabelFile::read(&written.path, &ReadOptions::default()).unwrap();
            prop_assert_eq!(file.values(), &LabelValues::Strings(labels.clone()));
            let column = file.column(&Classes::Observed).unwrap();
            let mut distinct = labels.clone();
            distinct.sort();
            distinct.dedup();
            prop_assert_eq!(column.labels.class_names().unwrap(), &distinct[..]);
            prop_assert_eq!(column.written(column.labels.values()), LabelValues::Strings(labels.clone()));
        }
    }
}
