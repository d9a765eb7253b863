//! Data that cannot be mapped lie in a temporary file where memory may not hold them, and read the same.
#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

mod written;

use mislabel_core::EmbeddingSource;
use mislabel_io::{Backing, EmbeddingFile, ProbabilityFile, ReadOptions};
use ndarray::Array2;
use parquet::basic::Compression;
use proptest::prelude::*;
use written::parquet_bytes::{Cells, Chunk, list_schema, lists, parquet, plain};
use written::{Written, file, names, npy, zip};
use zip::CompressionMethod;

/// Rows of a row group.
const GROUP: usize = 250;

fn rows_of(n: usize, d: usize, seed: u32) -> Array2<f32> {
    Array2::from_shape_fn((n, d), |(row, column)| {
        f32::from((seed.wrapping_mul((row * d + column) as u32 + 1) >> 18) as u16) / 64.0 - 100.0
    })
}

fn text(rows: &Array2<f32>, delimiter: &str) -> String {
    let line = |row: ndarray::ArrayView1<'_, f32>| row.iter().map(f32::to_string).collect::<Vec<_>>().join(delimiter);
    rows.rows().into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The rows as every file that is gathered: a list column, a column a feature, deflated, and as text.
fn gathered_files(rows: &Array2<f32>) -> Vec<Written> {
    let (n, d) = rows.dim();
    let groups = || (0..n).step_by(GROUP).map(|start| rows.slice(ndarray::s![start..n.min(start + GROUP), ..]));
    let list =
        |group: ndarray::ArrayView2<'_, f32>| vec![lists(Cells::F32(group.iter().copied().collect()), group.len(), d)];
    let wide = |group: ndarray::ArrayView2<'_, f32>| -> Vec<Chunk> {
        group.columns().into_iter().map(|column| plain(Cells::F32(column.to_vec()))).collect()
    };
    let columns: String = (0..d).map(|column| format!("required float x{column};")).collect();
    let list_groups: Vec<_> = groups().map(list).collect();
    let wide_groups: Vec<_> = groups().map(wide).collect();
    let data: Vec<u8> = rows.iter().flat_map(|value| value.to_le_bytes()).collect();
    let array = npy("<f4", false, &format!("({n}, {d})"), &data);
    vec![
        file("list.parquet", parquet(&list_schema("float", ""), Compression::SNAPPY, &list_groups)),
        file("wide.parquet", parquet(&columns, Compression::UNCOMPRESSED, &wide_groups)),
        file("deflated.npz", zip(CompressionMethod::Deflated, &[("a.npy", &array)])),
        file("rows.csv", text(rows, ",")),
        file("rows.tsv", text(rows, "\t")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn rows_read_the_same_from_memory_and_from_a_temporary_file(n in 1_000..3_000_usize, d in 2..7_usize, seed: u32) {
        let rows = rows_of(n, d, seed);
        let header = mislabel_io::Header::Absent;
        let in_memory = ReadOptions { header, ..ReadOptions::default() };
        let on_disk = ReadOptions { memory_limit: 7_999, temp_file_limit: 1 << 30, ..in_memory.clone() };
        for written in gathered_files(&rows) {
            let path = &written.path;
            let disk = EmbeddingFile::open(path, &on_disk).unwrap();
            let memory = EmbeddingFile::open(path, &in_memory).unwrap();
            prop_assert!(matches!(memory.residence(), Backing::Memory(bytes) if bytes >= 4 * (n * d) as u64));
            prop_assert!(matches!(disk.residence(), Backing::TemporaryFile(bytes) if bytes >= 4 * (n * d) as u64));
            prop_assert_eq!(&memory.to_array().unwrap(), &rows);
            prop_assert_eq!(&disk.to_array().unwrap(), &rows);
            let picked: Vec<u32> = (0..n as u32).rev().step_by(7).collect();
            let mut gathered = Array2::zeros((picked.len(), d));
            disk.gather(&picked, gathered.view_mut()).unwrap();
            for (row, gathered) in picked.iter().zip(gathered.rows()) {
                prop_assert_eq!(gathered, rows.row(*row as usize));
            }
        }
    }
}

#[test]
fn a_temporary_file_has_a_limit_too() {
    let rows = rows_of(1_000, 4, 77);
    for written in gathered_files(&rows) {
        let choice = ReadOptions { memory_limit: 15_000, temp_file_limit: 15_500, ..ReadOptions::default() };
        let choice = ReadOptions { header: mislabel_io::Header::Absent, ..choice };
        let error = EmbeddingFile::open(&written.path, &choice).unwrap_err();
        assert!(names(&error, "above the limit of 15500"));
    }
}

#[test]
fn probabilities_lie_in_temporary_files_too() {
    let lines = "0.25,0.75\n".repeat(100);
    let written = file("probabilities.csv", lines);
    let choice = ReadOptions { memory_limit: 64, temp_file_limit: 1 << 20, ..ReadOptions::default() };
    let all = ProbabilityFile::open(&written.path, &choice).unwrap().to_array().unwrap();
    assert_eq!(all, Array2::from_shape_fn((100, 2), |(_, column)| [0.25, 0.75][column]));
}

#[test]
fn a_row_group_may_be_larger_than_memory_but_a_row_may_not() {
    const VALUES: usize = 1_500_000;
    let rows_of = |width: usize| {
        // Values that differ, so that pages are no longer than writers make them.
        let values = (0..VALUES).map(|value| value as f32).collect();
        let column = lists(Cells::F32(values), VALUES, width);
        parquet(&list_schema("float", ""), Compression::SNAPPY, &[vec![column]])
    };
    let choice = ReadOptions { memory_limit: 300_000, temp_file_limit: 1 << 30, ..ReadOptions::default() };
    let written = file("many.parquet", rows_of(100));
    assert_eq!(EmbeddingFile::open(&written.path, &choice).unwrap().shape(), (VALUES / 100, 100));
    let written = file("one.parquet", rows_of(VALUES));
    let error = EmbeddingFile::open(&written.path, &choice).unwrap_err();
    assert!(names(&error, "more values than memory may"));
}
