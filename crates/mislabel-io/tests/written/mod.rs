//! Files built byte by byte for the tests.
#![allow(dead_code, reason = "every test file uses some of these")]

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// A folder for one test, removed at its end, with one file in it.
pub(crate) struct Written {
    pub(crate) folder: TempDir,
    pub(crate) path: PathBuf,
}

/// A file called `name` with the content `bytes`.
pub(crate) fn file(name: &str, bytes: impl AsRef<[u8]>) -> Written {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    Written { folder, path }
}

/// What `rewrite` makes of such a file, given its path and another in the same folder.
pub(crate) fn rewritten<E>(
    name: &str,
    bytes: impl AsRef<[u8]>,
    rewrite: impl FnOnce(&Path, &Path) -> Result<(), E>,
) -> Result<Vec<u8>, E> {
    let written = file(name, bytes);
    let out = written.folder.path().join(format!("out-{name}"));
    rewrite(&written.path, &out)?;
    Ok(std::fs::read(out).unwrap())
}

/// A `.npy` file of `version` whose header is the text `header`.
pub(crate) fn npy_with_header(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x93, b'N', b'U', b'M', b'P', b'Y', version, 0];
    match version {
        1 => bytes.extend_from_slice(&(header.len() as u16).to_le_bytes()),
        _ => bytes.extend_from_slice(&(header.len() as u32).to_le_bytes()),
    }
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

/// The dictionary of a `.npy` header.
pub(crate) fn dictionary(descr: &str, fortran_order: bool, shape: &str) -> String {
    let order = if fortran_order { "True" } else { "False" };
    format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n")
}

/// A `.npy` file of version 1.
pub(crate) fn npy(descr: &str, fortran_order: bool, shape: &str, data: &[u8]) -> Vec<u8> {
    npy_with_header(1, &dictionary(descr, fortran_order, shape), data)
}

/// A zip archive of `entries`.
pub(crate) fn zip(method: CompressionMethod, entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A `.safetensors` file with the text `header`.
pub(crate) fn safetensors(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(data);
    bytes
}

/// Whether `needle` is in the error's message; prints the message if not.
pub(crate) fn names(error: &dyn std::fmt::Display, needle: &str) -> bool {
    let message = error.to_string();
    let found = message.contains(needle);
    if !found {
        println!("{needle:?} is not in {message:?}");
    }
    found
}

/// Parquet files by the low-level writer.
#[cfg(feature = "parquet")]
pub(crate) mod parquet_bytes {
    use std::sync::Arc;

    use parquet::basic::Compression;
    use parquet::data_type::{BoolType, ByteArrayType, DoubleType, FixedLenByteArrayType, FloatType};
    use parquet::data_type::{ByteArray, DataType, FixedLenByteArray, Int32Type, Int64Type};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
    use parquet::schema::parser::parse_message_type;

    /// The values of one column, with definition and repetition levels where the schema asks for them.
    pub(crate) enum Cells {
        Bool(Vec<bool>),
        I32(Vec<i32>),
        I64(Vec<i64>),
        F32(Vec<f32>),
        F64(Vec<f64>),
        Text(Vec<Vec<u8>>),
        Half(Vec<half::f16>),
    }

    /// A column of one row group.
    pub(crate) struct Chunk {
        pub(crate) cells: Cells,
        pub(crate) defined: Option<Vec<i16>>,
        pub(crate) repeated: Option<Vec<i16>>,
    }

    /// A column where every value is there, of a schema without optional fields.
    pub(crate) fn plain(cells: Cells) -> Chunk {
        Chunk { cells, defined: None, repeated: None }
    }

    /// Lists of `width` values a row: an optional list of optional elements, as pandas writes.
    pub(crate) fn lists(cells: Cells, values: usize, width: usize) -> Chunk {
        let repeated = (0..values).map(|value| i16::from(value % width != 0)).collect();
        Chunk { cells, defined: Some(vec![3; values]), repeated: Some(repeated) }
    }

    /// The schema of a list column called `features` whose elements are of `kind`.
    pub(crate) fn list_schema(kind: &str, annotation: &str) -> String {
        format!("optional group features (LIST) {{ repeated group list {{ optional {kind} element{annotation}; }} }}")
    }

    /// A Parquet file with the fields of `schema` and the columns of every row group.
    pub(crate) fn parquet(schema: &str, compression: Compression, groups: &[Vec<Chunk>]) -> Vec<u8> {
        let schema = Arc::new(parse_message_type(&format!("message rows {{ {schema} }}")).unwrap());
        let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
        let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
        for chunks in groups {
            let mut group = writer.next_row_group().unwrap();
            for chunk in chunks {
                write(&mut group, chunk);
            }
            group.close().unwrap();
        }
        writer.into_inner().unwrap()
    }

    fn write(group: &mut SerializedRowGroupWriter<'_, Vec<u8>>, chunk: &Chunk) {
        match &chunk.cells {
            Cells::Bool(values) => typed::<BoolType>(group, chunk, values),
            Cells::I32(values) => typed::<Int32Type>(group, chunk, values),
            Cells::I64(values) => typed::<Int64Type>(group, chunk, values),
            Cells::F32(values) => typed::<FloatType>(group, chunk, values),
            Cells::F64(values) => typed::<DoubleType>(group, chunk, values),
            Cells::Text(values) => {
                let values: Vec<ByteArray> = values.iter().map(|value| value.clone().into()).collect();
                typed::<ByteArrayType>(group, chunk, &values);
            }
            Cells::Half(values) => {
                let values: Vec<FixedLenByteArray> =
                    values.iter().map(|value| ByteArray::from(value.to_le_bytes().to_vec()).into()).collect();
                typed::<FixedLenByteArrayType>(group, chunk, &values);
            }
        }
    }

    fn typed<T: DataType>(group: &mut SerializedRowGroupWriter<'_, Vec<u8>>, chunk: &Chunk, values: &[T::T]) {
        let mut column = group.next_column().unwrap().unwrap();
        let (defined, repeated) = (chunk.defined.as_deref(), chunk.repeated.as_deref());
        column.typed::<T>().write_batch(values, defined, repeated).unwrap();
        column.close().unwrap();
    }
}
