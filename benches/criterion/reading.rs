//! Reading embeddings: blocks of a mapped file, and text.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mislabel_benches::Shape;
use mislabel_core::{EmbeddingSource, Run};
use mislabel_io::{EmbeddingFile, FloatFormat, ReadOptions, write_embeddings};
use ndarray::Array2;

const LARGE: Shape = Shape { samples: 10_000, features: 384, classes: 77 };
const SMALL: Shape = Shape { samples: 1_000, features: 384, classes: 77 };

/// Rows per block, as in the reconstructors.
const BLOCK: usize = 960;

fn read_in_blocks(file: &EmbeddingFile) {
    let (n, d) = file.shape();
    for start in (0..n).step_by(BLOCK) {
        let mut rows = Array2::zeros((BLOCK.min(n - start), d));
        file.read_rows(start, rows.view_mut()).expect("the file was written just now");
        black_box(rows);
    }
}

fn open(path: &Path) -> EmbeddingFile {
    EmbeddingFile::open(path, &ReadOptions::default()).expect("the file was written just now")
}

fn write_csv(path: &Path, rows: &Array2<f32>) {
    let line = |row: ndarray::ArrayView1<'_, f32>| row.iter().map(f32::to_string).collect::<Vec<String>>().join(",");
    let lines: Vec<String> = rows.outer_iter().map(line).collect();
    std::fs::write(path, lines.join("\n")).expect("the temporary folder can be written to");
}

fn reading(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    let large = LARGE.dataset().expect("a sound shape").clusters;
    for (name, stored) in [("f16.npy", FloatFormat::Half), ("f32.npy", FloatFormat::Single)] {
        write_embeddings(path(name), &large, stored, &Run::quiet()).expect("the temporary folder can be written to");
    }
    write_csv(&path("text.csv"), &SMALL.dataset().and_then(|small| small.rows()).expect("a sound shape"));

    let mut group = criterion.benchmark_group("reading");
    group.throughput(Throughput::Elements((LARGE.samples * LARGE.features) as u64));
    for name in ["f16.npy", "f32.npy"] {
        let file = open(&path(name));
        group.bench_function(format!("blocks of a mapped {name}"), |bencher| bencher.iter(|| read_in_blocks(&file)));
    }
    group.throughput(Throughput::Elements((SMALL.samples * SMALL.features) as u64));
    group.sample_size(20).bench_function("text.csv", |bencher| bencher.iter(|| open(&path("text.csv"))));
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
