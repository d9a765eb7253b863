//! Which part of a file is wanted.

use mislabel_core::MemoryBudget;

/// Which array or column of a file is wanted, and how to read it.
///
/// | format | [`array`](Self::array) names | [`exclude`](Self::exclude) names |
/// |---|---|---|
/// | `.npy` | nothing | nothing |
/// | `.npz`, `.safetensors` | the array | nothing |
/// | `.csv`, `.tsv` | the label column | columns that are not features |
/// | `.parquet` | the list column, or the label column | columns that are not features |
///
/// A name may be left away where the file leaves no choice.
///
/// ```
/// use mislabel_io::ReadOptions;
///
/// let choice = ReadOptions { exclude: vec!["label".into()], ..ReadOptions::default() };
/// assert_eq!(choice.array, None);
/// ```
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Name of the array or column; in CSV without a header, columns are named by their numbers `0`, `1`, ….
    pub array: Option<String>,
    /// Columns of a table that are not features, such as labels and identifiers; names the file lacks are an error.
    pub exclude: Vec<String>,
    /// Whether a CSV file starts with a header line.
    pub header: Header,
    /// Bytes of memory that data may take which cannot be mapped: deflated `.npz`, CSV, Parquet; 16 GiB by default.
    pub memory_limit: u64,
    /// Bytes that a temporary file may take for arrays that are larger than that; 0, the default, refuses them.
    ///
    /// It lies in [`std::env::temp_dir`], `TMPDIR` on Unix, without a name where the system knows such files: nothing
    /// is left of it when the process ends, however it ends.
    pub temp_file_limit: u64,
}

impl ReadOptions {
    /// The array or column called `name`.
    pub fn named(name: impl Into<String>) -> Self {
        Self { array: Some(name.into()), ..Self::default() }
    }
}

impl ReadOptions {
    /// Bytes of an array that are not worth a temporary file.
    const SMALL: u64 = 1 << 20;

    /// The same for work within `memory`: arrays that cannot be mapped and take more than a sixteenth of the budget lie in
    /// a temporary file, of any size. Without a budget only the size of temporary files is free.
    #[must_use]
    pub fn within(self, memory: Option<MemoryBudget>) -> Self {
        let memory_limit = memory.map_or(self.memory_limit, |budget| (budget.bytes() / 16).max(Self::SMALL));
        Self { memory_limit, temp_file_limit: u64::MAX, ..self }
    }
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { array: None, exclude: Vec::new(), header: Header::Auto, memory_limit: 16 << 30, temp_file_limit: 0 }
    }
}

/// Whether a CSV or TSV file starts with a header line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Header {
    /// Judged by the first row: a header holds a column that was asked for by name, or not one number.
    ///
    /// For labels in a file of one column it is a header if labels are commonly called so (`label`, `class` …),
    /// or if it is no integer and all other rows are.
    #[default]
    Auto,
    /// The first row is a header.
    Present,
    /// The first row is data.
    Absent,
}

/// Names that columns of labels commonly have, lower case.
const LABEL_NAMES: [&str; 10] =
    ["label", "labels", "given_label", "given_labels", "true_label", "true_labels", "class", "target", "targets", "y"];

/// Whether labels are commonly called `name`.
pub(crate) fn is_label_name(name: &str) -> bool {
    LABEL_NAMES.contains(&name.trim().to_lowercase().as_str())
}
