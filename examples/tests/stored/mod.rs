//! The same embeddings in every kind of file that is read.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mislabel::io::{EmbeddingFile, FloatFormat, Header, ReadOptions, write_embeddings, write_npy};
use mislabel::{Embeddings, Run};
use ndarray::{Array2, ArrayView2, s};
use parquet::data_type::{DoubleType, FloatType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// A file of embeddings and how to read it.
pub(crate) struct Stored {
    pub(crate) path: PathBuf,
    choice: ReadOptions,
}

impl Stored {
    pub(crate) fn open(&self) -> EmbeddingFile {
        EmbeddingFile::open(&self.path, &self.choice).expect("the file was just written")
    }

    pub(crate) fn name(&self) -> String {
        format!("{} ({:?})", self.path.display(), self.choice)
    }
}

/// How the row groups and pages of a Parquet file are cut.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) rows_of_group: usize,
    pub(crate) rows_of_page: usize,
}

/// `rows`, `(n, d)`, whose values are all exact as f16, in `folder` in every way.
pub(crate) fn every_file(folder: &Path, rows: ArrayView2<'_, f32>, cut: Cut) -> Vec<Stored> {
    let memory = Embeddings::new(rows).expect("finite rows");
    let mut files = Vec::new();
    let mut add = |name: &str, choice: ReadOptions| {
        files.push(Stored { path: folder.join(name), choice });
        folder.join(name)
    };
    let choice = ReadOptions::default();
    for (name, stored) in [("half", FloatFormat::Half), ("single", FloatFormat::Single)] {
        for extension in ["npy", "safetensors", "parquet"] {
            let path = add(&format!("{name}.{extension}"), choice.clone());
            write_embeddings(&path, &memory, stored, &Run::quiet()).expect("written");
        }
    }
    let columns = rows.t().as_standard_layout().into_owned();
    let halves = columns.mapv(half::f16::from_f32);
    write_npy(&add("double.npy", choice.clone()), rows.mapv(f64::from).view()).expect("written");
    write_npy(&add("columns_double.npy", choice.clone()), columns.mapv(f64::from).t()).expect("written");
    write_npy(&add("columns_single.npy", choice.clone()), columns.t()).expect("written");
    write_npy(&add("columns_half.npy", choice.clone()), halves.t()).expect("written");
    archive(&add("stored.npz", choice.clone()), folder, CompressionMethod::Stored);
    archive(&add("deflated.npz", choice.clone()), folder, CompressionMethod::Deflated);
    let table = ReadOptions { header: Header::Absent, ..choice.clone() };
    std::fs::write(add("rows.csv", table.clone()), text(rows, ",")).expect("written");
    std::fs::write(add("rows.tsv", table.clone()), text(rows, "\t")).expect("written");
    lists(&add("lists.parquet", choice.clone()), rows, cut);
    wide(&add("wide.parquet", choice.clone()), rows, cut);
    // What cannot be mapped, in a temporary file.
    for name in ["deflated.npz", "rows.csv", "lists.parquet", "wide.parquet"] {
        let from = if name == "rows.csv" { &table } else { &choice };
        add(name, ReadOptions { memory_limit: 100, temp_file_limit: 1 << 30, ..from.clone() });
    }
    files
}

/// The file `double.npy` of `folder` in an archive.
fn archive(path: &Path, folder: &Path, method: CompressionMethod) {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    writer.start_file("embeddings.npy", options).expect("an entry");
    writer.write_all(&std::fs::read(folder.join("double.npy")).expect("read")).expect("written");
    std::fs::write(path, writer.finish().expect("an archive").into_inner()).expect("written");
}

fn text(rows: ArrayView2<'_, f32>, delimiter: &str) -> String {
    let line = |row: ndarray::ArrayView1<'_, f32>| row.iter().map(f32::to_string).collect::<Vec<_>>().join(delimiter);
    rows.rows().into_iter().map(line).collect::<Vec<_>>().join("\n")
}

fn writer(path: &Path, fields: &str, cut: Cut) -> SerializedFileWriter<std::fs::File> {
    let schema = Arc::new(parse_message_type(&format!("message rows {{ {fields} }}")).expect("a schema"));
    let builder = WriterProperties::builder().set_data_page_row_count_limit(cut.rows_of_page);
    let properties = Arc::new(builder.set_write_batch_size(cut.rows_of_page).build());
    SerializedFileWriter::new(std::fs::File::create(path).expect("a file"), schema, properties).expect("a writer")
}

fn groups(rows: ArrayView2<'_, f32>, cut: Cut) -> Vec<Array2<f32>> {
    let n = rows.nrows();
    let end = |start: usize| n.min(start + cut.rows_of_group);
    (0..n).step_by(cut.rows_of_group).map(|start| rows.slice(s![start..end(start), ..]).to_owned()).collect()
}

/// A list a row.
fn lists(path: &Path, rows: ArrayView2<'_, f32>, cut: Cut) {
    let list = "required group embedding (LIST) { repeated group list { required float element; } }";
    let mut file = writer(path, list, cut);
    for group in groups(rows, cut) {
        let mut row_group = file.next_row_group().expect("a row group");
        let mut column = row_group.next_column().expect("a column").expect("the only column");
        for row in group.rows() {
            let continued: Vec<i16> = (0..row.len()).map(|place| i16::from(place > 0)).collect();
            let values = row.to_vec();
            let typed = column.typed::<FloatType>();
            typed.write_batch(&values, Some(&vec![1; row.len()]), Some(&continued)).expect("written");
        }
        column.close().expect("written");
        row_group.close().expect("written");
    }
    file.close().expect("written");
}

/// A column of doubles a feature.
fn wide(path: &Path, rows: ArrayView2<'_, f32>, cut: Cut) {
    let fields: String = (0..rows.ncols()).map(|column| format!("required double x{column};")).collect();
    let mut file = writer(path, &fields, cut);
    for group in groups(rows, cut) {
        let mut row_group = file.next_row_group().expect("a row group");
        for values in group.columns() {
            let mut column = row_group.next_column().expect("a column").expect("one a feature");
            let values: Vec<f64> = values.iter().copied().map(f64::from).collect();
            column.typed::<DoubleType>().write_batch(&values, None, None).expect("written");
            column.close().expect("written");
        }
        row_group.close().expect("written");
    }
    file.close().expect("written");
}
