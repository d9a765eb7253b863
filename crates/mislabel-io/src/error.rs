//! What was wrong with a file, and where.

use std::path::{Path, PathBuf};

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What was wrong with a file: always the file, and the row, column and value where there is one.
///
/// Rows and columns count from 0, as in the arrays; a header line is not a row.
/// Messages are complete: no part of the reason hides in [`source`](std::error::Error::source).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The path is a directory, a pipe or a device.
    #[error("{} is not a regular file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The file has no bytes, or no rows.
    #[error("{} is empty", path.display())]
    EmptyFile {
        /// The file.
        path: PathBuf,
    },
    /// A folder or a pattern names no file that is read here.
    #[error("{}: there is no table in it", path.display())]
    NoFiles {
        /// The folder or pattern.
        path: PathBuf,
    },
    /// A folder or a pattern names files of several kinds.
    #[error("{}: {} and {} are of different kinds: name those of one kind by a pattern such as \"folder/*.parquet\"", path.display(), one.display(), other.display())]
    MixedFiles {
        /// The folder or pattern.
        path: PathBuf,
        /// One of the files.
        one: PathBuf,
        /// One of another kind.
        other: PathBuf,
    },
    /// Files of one table have different columns.
    #[error("{}: it has the columns {}, {} has {}", path.display(), listing(found), first.display(), listing(expected))]
    OtherColumns {
        /// The file.
        path: PathBuf,
        /// Its columns.
        found: Vec<String>,
        /// The first file of the table.
        first: PathBuf,
        /// The columns of that.
        expected: Vec<String>,
    },
    /// Text is in another encoding than UTF-8.
    #[error("{}: line {line} has the byte 0x{byte:02X}, which is not UTF-8: {text:?}; save the file as UTF-8, or name its encoding (--encoding windows-1252, gb18030, shift_jis …)", path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The byte.
        byte: u8,
        /// The line as far as it can be shown.
        text: String,
    },
    /// A quote is opened in one line and closed where no cell ends, or never.
    #[error("{}: a quote that is opened in line {opened} {end} ({breaks} line ends inside): {problem}", path.display())]
    Quotes {
        /// The file.
        path: PathBuf,
        /// The line of the opening quote, from 1.
        opened: usize,
        /// Where it ends, in words.
        end: String,
        /// Line ends in between.
        breaks: usize,
        /// What is wrong, and what to do.
        problem: &'static str,
    },
    /// A line in the middle of a table is blank.
    #[error("{}: line {line} is blank (at byte {offset}): fill it, or take it out", path.display())]
    BlankLine {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Bytes before it.
        offset: usize,
    },
    /// No column of a table can be what is asked for.
    #[error("{}: {problem}; it has {}", path.display(), listing(columns))]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// What is asked for, and what to do.
        problem: String,
        /// The columns there are, with what they hold.
        columns: Vec<String>,
    },
    /// The extension names no format that can be read or written here.
    #[error("{}: the extension must be one of {known}{}", path.display(), way_out(path))]
    Extension {
        /// The file.
        path: PathBuf,
        /// The extensions that would do, separated by commas.
        known: &'static str,
    },
    /// The file breaks the rules of its format.
    #[error("{}: {problem} at byte {offset}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where, in bytes from the start of the file (of the array, inside an archive).
        offset: usize,
        /// Which rule.
        problem: &'static str,
    },
    /// The library that parses the format refused the file.
    #[error("{}: {cause}", path.display())]
    Parser {
        /// The file.
        path: PathBuf,
        /// What the library said.
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The header promises more or fewer bytes than there are.
    #[error("{}: the header promises {expected} bytes of data, there are {found}", path.display())]
    WrongLength {
        /// The file.
        path: PathBuf,
        /// Bytes by the header.
        expected: u64,
        /// Bytes in the file.
        found: u64,
    },
    /// The elements are of a type that is not read here.
    #[error("{}: elements of type {element} cannot be read: {reason}", path.display())]
    Element {
        /// The file.
        path: PathBuf,
        /// The type as the file writes it.
        element: String,
        /// Why, or what to do about it.
        reason: &'static str,
    },
    /// The array has a shape that does not fit its use.
    #[error("{}: the array has the shape {shape:?}: it must {requirement}", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// The shape.
        shape: Vec<usize>,
        /// What it must be, worded to follow "it must".
        requirement: &'static str,
    },
    /// No array or column has the name asked for.
    #[error("{} has no {name:?}; it has {}", path.display(), listing(available))]
    Missing {
        /// The file.
        path: PathBuf,
        /// The name asked for.
        name: String,
        /// The names there are.
        available: Vec<String>,
    },
    /// Several arrays or columns would do, and none was named.
    #[error("{} has {}: name the one to read with {option}", path.display(), listing(available))]
    Unnamed {
        /// The file.
        path: PathBuf,
        /// The names there are.
        available: Vec<String>,
        /// The option of the command that names one.
        option: &'static str,
    },
    /// A column among the features has a name that labels have.
    #[error("{}: column {column:?} among the features looks like labels: leave it out or rename it", path.display())]
    LabelAmongFeatures {
        /// The file.
        path: PathBuf,
        /// The column's name.
        column: String,
    },
    /// The first row may be a header or data.
    #[error("{}: the first row, {row:?}, may be a header or data: say whether it is a header (--header yes or --header no)", path.display())]
    AmbiguousHeader {
        /// The file.
        path: PathBuf,
        /// The row.
        row: String,
    },
    /// A value is not what its place needs.
    #[error("{}: row {row}, column {column} has the value {value:?}: it must {requirement}", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// Row of the value.
        row: usize,
        /// Number or name of the column.
        column: String,
        /// The value as the file has it.
        value: String,
        /// What it must be, worded to follow "it must".
        requirement: &'static str,
    },
    /// A row has more or fewer values than the first.
    #[error("{}: row {row} has {found} {} where {expected} are expected{content}", path.display(), if *found == 1 { "value" } else { "values" })]
    Ragged {
        /// The file.
        path: PathBuf,
        /// The row.
        row: usize,
        /// Values in the first row (or the header).
        expected: usize,
        /// Values in this row.
        found: usize,
        /// The row as far as it can be shown and what it may be, as the end of the sentence; may be empty.
        content: String,
    },
    /// The data would take more memory than allowed, see [`ReadOptions::memory_limit`](crate::ReadOptions::memory_limit).
    #[error("{}: {needed} bytes are needed in memory, above the limit of {limit}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Bytes needed, or the count at which reading stopped.
        needed: u64,
        /// The limit.
        limit: u64,
    },
    /// The numbers in the file are not what they must be.
    #[error("{}: {cause}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong, with row, column and value.
        cause: mislabel_core::Error,
    },
    /// Tables cannot be joined by an id.
    #[error("{}: {problem}", path.display())]
    Join {
        /// The file.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// Predictions cannot be of the classes that the labels show, or labels of the classes that have names.
    #[error("{}: {problem}", path.display())]
    Classes {
        /// The file of predictions or labels.
        path: PathBuf,
        /// Why, and what to do.
        problem: String,
    },
    /// One file has integer labels and the other strings, and there are no class names to join them.
    #[error("{} has integer labels and {} strings: give the class names", integers.display(), strings.display())]
    LabelForms {
        /// The file with integers.
        integers: PathBuf,
        /// The file with strings.
        strings: PathBuf,
    },
    /// A file of labels cannot be written again with other labels.
    #[error("{}: {problem}", path.display())]
    Rewriting {
        /// The file.
        path: PathBuf,
        /// What is in the way, with the row where there is one, and the way out.
        problem: String,
    },
    /// A table of label issues contradicts itself, or the labels it is compared with.
    #[error("{table}: row {row} has the {column} {value}: {problem}")]
    Issue {
        /// The table: its file, or "the issue table".
        table: String,
        /// Row of the table.
        row: usize,
        /// Column of the table.
        column: &'static str,
        /// The value there.
        value: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

impl Error {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |cause| Self::Io { path: path.into(), cause }
    }

    pub(crate) fn parser<E: Into<Box<dyn std::error::Error + Send + Sync>>>(path: &Path) -> impl FnOnce(E) -> Self {
        move |cause| Self::Parser { path: path.into(), cause: cause.into() }
    }

    pub(crate) fn content(path: &Path) -> impl FnOnce(mislabel_core::Error) -> Self {
        move |cause| Self::Content { path: path.into(), cause }
    }

    /// What is wrong with one cell of a table of label issues.
    pub(crate) fn issue(
        table: &str,
        row: usize,
        column: &'static str,
        value: impl ToString,
        problem: &'static str,
    ) -> Self {
        Self::Issue { table: table.into(), row, column, value: value.to_string(), problem }
    }
}

impl From<Error> for mislabel_core::Error {
    fn from(error: Error) -> Self {
        Self::other(error)
    }
}

/// The first names, and how many more there are: a file may hold thousands.
fn listing(names: &[String]) -> String {
    const SHOWN: usize = 20;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("{name:?}")).collect();
    match names.len() {
        0 => "nothing".into(),
        n if n > SHOWN => format!("{} and {} more", shown.join(", "), n - SHOWN),
        _ => shown.join(", "),
    }
}

/// What to do about a file that is not read here, by its extension, as the end of a sentence.
fn way_out(path: &Path) -> &'static str {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref().unwrap_or_default() {
        "xlsx" | "xls" | "xlsm" | "ods" | "numbers" => ": save the sheet as CSV",
        "pkl" | "pickle" | "joblib" | "dill" => ": pickles are not read, save it as .npy, .npz or .parquet",
        "pt" | "pth" | "bin" | "ckpt" => ": files of PyTorch are not read, save the tensor as .safetensors or .npy",
        "h5" | "hdf5" | "hdf" | "mat" | "zarr" | "nc" => ": save the array as .npy",
        "rds" | "rdata" | "rda" => ": write it in R with write.csv",
        "dta" | "sav" | "sas7bdat" | "orc" | "avro" | "db" | "sqlite" | "duckdb" => {
            ": save the table as Parquet or CSV"
        }
        "arff" | "libsvm" | "svm" | "svmlight" => ": save it as CSV",
        "tfrecord" | "tfrecords" => ": save the rows as .npy or .parquet",
        "zip" | "tar" | "tgz" | "bz2" | "xz" | "7z" | "rar" | "lz4" | "gz" | "zst" | "zstd" => ": unpack it",
        _ => "",
    }
}
