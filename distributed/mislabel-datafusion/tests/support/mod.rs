//! Tables for tests.

#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, FixedSizeListArray, Float32Array, Int64Array, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::parquet::arrow::ArrowWriter;
use mislabel_core::{Labels, NoiseModel};
use ndarray::Array2;

pub struct Data {
    pub rows: Array2<f32>,
    pub labels: Vec<u32>,
    pub classes: usize,
}

impl Data {
    pub fn labels(&self) -> Labels {
        Labels::new(self.labels.clone(), self.classes).unwrap()
    }
}

/// The embedded digits, a tenth of the labels wrong.
pub fn digits() -> Data {
    let digits = mislabel_datasets::digits();
    let noise = mislabel_noise::Symmetric { rate: 0.1, ..Default::default() };
    let noisy = noise.corrupt(&digits.labels, 51).unwrap();
    Data { rows: digits.embeddings.clone(), labels: noisy.given.values().to_vec(), classes: 10 }
}

/// Clusters with a bend, deterministic.
pub fn waves(n: usize, d: usize, k: usize) -> Data {
    let wave = |a: usize, b: usize| ((a * 7919 + b * 104_729 + a * b * 31) as f32).sin();
    let rows = Array2::from_shape_fn((n, d), |(i, j)| 0.6 * wave(i % k, j) + wave(i, j + 50));
    Data { rows, labels: (0..n).map(|i| ((i + usize::from(i % 11 == 0)) % k) as u32).collect(), classes: k }
}

pub fn embeddings(rows: &Array2<f32>) -> ArrayRef {
    let item = Arc::new(Field::new("item", DataType::Float32, true));
    let values = Arc::new(Float32Array::from(rows.iter().copied().collect::<Vec<_>>()));
    Arc::new(FixedSizeListArray::try_new(item, rows.ncols() as i32, values, None).unwrap())
}

/// A batch of the rows with these numbers, which are their ids.
pub fn batch(data: &Data, ids: &[usize]) -> RecordBatch {
    let rows = data.rows.select(ndarray::Axis(0), ids);
    let labels: ArrayRef = Arc::new(Int64Array::from_iter_values(ids.iter().map(|row| i64::from(data.labels[*row]))));
    let id: ArrayRef = Arc::new(Int64Array::from_iter_values(ids.iter().map(|row| *row as i64)));
    // Nullable, as most writers have it: other plans come of it.
    let columns = [("id", id, true), ("label", labels, true), ("embedding", embeddings(&rows), true)];
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

pub fn write(path: &Path, batch: &RecordBatch) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

/// The rows in this order, in so many files.
pub fn files(folder: &Path, data: &Data, order: &[usize], files: usize) {
    for (part, ids) in order.chunks(order.len().div_ceil(files)).enumerate() {
        write(&folder.join(format!("part-{part}.parquet")), &batch(data, ids));
    }
}

/// The table at a location in batches of id, number, suggested class and flag, by id.
fn table_of(location: &str, number: &str) -> Vec<(i64, f64, i64, bool)> {
    use datafusion::arrow::array::AsArray;
    use datafusion::arrow::datatypes::{Float64Type, Int64Type};
    use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    let folder = location.strip_prefix("file://").unwrap().replace("%20", " ");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = std::fs::File::open(entry.unwrap().path()).unwrap();
        for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
            let batch = batch.unwrap();
            let numbers = |name: &str| {
                datafusion::arrow::compute::cast(batch.column_by_name(name).unwrap(), &DataType::Int64).unwrap()
            };
            let (ids, suggestions) = (numbers("id"), numbers("suggested"));
            let (ids, suggestions) = (ids.as_primitive::<Int64Type>(), suggestions.as_primitive::<Int64Type>());
            let values = batch.column_by_name(number).unwrap().as_primitive::<Float64Type>();
            let flags = batch.column_by_name("is_issue").unwrap().as_boolean();
            for row in 0..batch.num_rows() {
                all.push((ids.value(row), values.value(row), suggestions.value(row), flags.value(row)));
            }
        }
    }
    all.sort_unstable_by_key(|(id, ..)| *id);
    all
}

/// Ids and χ of a run's table, by id, and the rest that is asked of it.
pub fn issues(report: &mislabel_datafusion::Report) -> Vec<(i64, u64, i64, bool)> {
    let bits = |(id, ratio, suggested, flag): (i64, f64, i64, bool)| (id, ratio.to_bits(), suggested, flag);
    table_of(&report.table, "ratio").into_iter().map(bits).collect()
}

/// Ids, probabilities, suggestions and flags of a posterior's table, by id.
pub fn judged(location: &str) -> Vec<(i64, f64, i64, bool)> {
    table_of(location, "quality")
}
