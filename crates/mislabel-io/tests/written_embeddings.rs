//! Embeddings written in blocks read back the same from every format.

use std::ops::ControlFlow;

use half::f16;
use mislabel_core::{EmbeddingSource, Embeddings, Error, Run, progress_fn};
use mislabel_io::{EmbeddingFile, FloatFormat, ReadOptions, write_embeddings};
use ndarray::{Array2, array};
use proptest::prelude::*;

const FORMATS: [&str; 3] = ["e.npy", "e.safetensors", "e.parquet"];

fn read_back(rows: &Array2<f32>, name: &str, stored: FloatFormat) -> Array2<f32> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    let source = Embeddings::new(rows.view()).expect("finite rows");
    write_embeddings(&path, &source, stored, &Run::quiet()).expect("written");
    EmbeddingFile::open(&path, &ReadOptions::default()).expect("opened").to_array().expect("read")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn rows_read_back_bit_for_bit_from_every_format(n in 1_usize..40, d in 1_usize..9, seed: u32) {
        let value = |(i, j): (usize, usize)| f16::from_f32(((i * 31 + j * 7 + seed as usize % 97) % 211) as f32 / 8.0 - 13.0);
        let rows = Array2::from_shape_fn((n, d), value).mapv(f16::to_f32);
        for name in FORMATS {
            for stored in [FloatFormat::Half, FloatFormat::Single] {
                prop_assert_eq!(&read_back(&rows, name, stored), &rows, "{} {:?}", name, stored);
            }
        }
    }
}

#[test]
fn more_rows_than_a_block_arrive_in_order() {
    let rows = Array2::from_shape_fn((3 * 1024 + 5, 2048), |(i, j)| (i * 3 + j) as f32 / 16.0);
    for name in FORMATS {
        assert!(read_back(&rows, name, FloatFormat::Single) == rows, "{name}");
    }
}

#[test]
fn a_value_beyond_f16_is_named_and_nothing_is_written() {
    let rows = array![[1.0_f32, 2.0], [3.0, -70_000.0]];
    let source = Embeddings::new(rows.view()).expect("finite rows");
    let folder = tempfile::tempdir().expect("a folder");
    for name in FORMATS {
        let error = write_embeddings(folder.path().join(name), &source, FloatFormat::Half, &Run::quiet())
            .expect_err("too great");
        assert!(matches!(error, Error::OutOfRange { row: 1, column: 1, .. }), "{error}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

#[test]
fn a_cancelled_write_leaves_nothing() {
    let rows = Array2::<f32>::zeros((4, 2));
    let source = Embeddings::new(rows.view()).expect("finite rows");
    let folder = tempfile::tempdir().expect("a folder");
    let stop = progress_fn(|_, _, _| ControlFlow::Break(()));
    let run = Run::quiet().with_progress(&stop);
    let error = write_embeddings(folder.path().join("e.npy"), &source, FloatFormat::Single, &run).expect_err("stopped");
    assert!(matches!(error, Error::Cancelled { .. }), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

#[test]
fn an_extension_that_holds_no_embeddings_is_refused() {
    let rows = Array2::<f32>::zeros((4, 2));
    let source = Embeddings::new(rows.view()).expect("finite rows");
    let error = write_embeddings("/nowhere/e.csv", &source, FloatFormat::Single, &Run::quiet()).expect_err("no csv");
    assert!(error.to_string().ends_with("the extension must be one of npy, safetensors, parquet"), "{error}");
    assert_eq!(source.shape(), (4, 2));
}
