//! Which part of a file is wanted.

use mislabel_core::MemoryBudget;

/// Which array or column of a file is wanted, and how to read it.
///
/// | format | [`array`](Self::array) names | [`exclude`](Self::exclude) names |
/// |---|---|---|
/// | `.npy` | nothing | nothing |
/// | `.npz`, `.safetensors` | the array | nothing |
/// | tables | the column of labels, or of lists | columns that are not features |
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
    /// Name of the array or column; columns of text without a header are named by their numbers `0`, `1`, ….
    pub array: Option<String>,
    /// Columns of a table that are not features, such as labels and identifiers; names the file lacks are an error.
    pub exclude: Vec<String>,
    /// Whether a CSV file starts with a header line.
    pub header: Header,
    /// What columns of a table are, where that is not to be found out: the user's word, which comes before the file's own.
    pub columns: ColumnRoles,
    /// How the text of a table is written, where that is not to be found out.
    pub text: TextForm,
    /// What is done with samples without a label.
    pub unlabelled: Unlabelled,
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
        Self {
            array: None,
            exclude: Vec::new(),
            header: Header::Auto,
            columns: ColumnRoles::default(),
            text: TextForm::default(),
            unlabelled: Unlabelled::default(),
            memory_limit: 16 << 30,
            temp_file_limit: 0,
        }
    }
}

/// Whether a CSV or TSV file starts with a header line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Header {
    /// Judged by the first rows: a header holds a name that was asked for or that columns commonly have, or words above
    /// columns of numbers. A first row that counts 0, 1, 2 … is refused where it may be data.
    #[default]
    Auto,
    /// The first row is a header.
    Present,
    /// The first row is data.
    Absent,
}

/// What the user says of the columns of a table, by their names. Names that a table lacks are passed over, except those of
/// features and predictions where these are read.
///
/// ```
/// use mislabel_io::ColumnRoles;
///
/// let roles = ColumnRoles { id: vec!["photo".into()], ..ColumnRoles::default() };
/// assert!(roles.names().eq(["photo"]));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnRoles {
    /// Columns that tell which sample a row is of.
    pub id: Vec<String>,
    /// Columns that are features; where some are named, no other is.
    pub features: Vec<String>,
    /// Columns that are predictions, one a class; where some are named, no other is.
    pub predictions: Vec<String>,
    /// Columns of text that samples are made from.
    pub text: Vec<String>,
    /// Columns of paths or addresses of media.
    pub path: Vec<String>,
    /// Columns that say which split a sample belongs to.
    pub split: Vec<String>,
    /// Columns that are none of these.
    pub ignore: Vec<String>,
}

impl ColumnRoles {
    /// All names, in the order of the fields.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let lists = [&self.id, &self.features, &self.predictions, &self.text, &self.path, &self.split, &self.ignore];
        lists.into_iter().flatten().map(String::as_str)
    }
}

/// How the text of a table is written; `None` is found out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextForm {
    /// What separates the cells of a row.
    pub delimiter: Option<Delimiter>,
    /// Whether quotes around a cell hold it together; where not, they are text.
    pub quotes: Option<bool>,
    /// The encoding, by its name in the standard of the web (`windows-1252`, `utf-16le`, `shift_jis`).
    pub encoding: Option<String>,
}

/// What separates the cells of a row of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delimiter {
    /// One ASCII character.
    Byte(u8),
    /// Any number of spaces and tabs.
    Blanks,
    /// Nothing: a row is one cell.
    None,
}

/// What is done with samples without a label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Unlabelled {
    /// They are refused: the default of the library.
    #[default]
    Refuse,
    /// They are kept without a label: cells that are empty, null, or say so (`NaN`, `NA`, `None` and the like), and in files
    /// that name their classes any negative code.
    Keep,
    /// The same for cells that are empty or null, and for labels that are written like one of these; no others.
    Written(Vec<String>),
}
