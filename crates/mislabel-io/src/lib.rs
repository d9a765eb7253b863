//! Embeddings, labels and probabilities from files, label issues to files.
//!
//! Real embeddings lie in files of several kinds, sometimes larger than memory, sometimes damaged. Here
//! [`EmbeddingFile`] and [`ProbabilityFile`] map what can be mapped and convert blocks of rows on demand, so they serve
//! every method that takes an [`EmbeddingSource`](mislabel_core::EmbeddingSource) or a
//! [`ProbabilitySource`](mislabel_core::ProbabilitySource); [`LabelFile`] turns integers or strings into class indices
//! under one class map, [`VerifiedFile`] true labels that someone looked up, and [`IssueTable`] writes the result in
//! the form the labels had. No number in a header is believed before it is compared with the length of the file, and
//! every [`Error`] names the file, the row and the value.
//!
//! | format | embeddings, probabilities | labels | issues |
//! |---|---|---|---|
//! | `.npy`, versions 1 to 3 | mapped | yes | [`write_npy`] |
//! | `.npz` | stored: mapped; deflated: gathered | yes | |
//! | `.safetensors` | mapped | yes | |
//! | `.csv`, `.tsv`, `.txt` | gathered | a column, or one a line | yes, not `.txt` |
//! | `.jsonl`, `.ndjson`, `.json` | gathered | a column | yes, not `.json` |
//! | `.arrow`, `.feather` | gathered | a column | read |
//! | `.parquet` (feature `parquet`, on by default) | gathered | a column | yes |
//!
//! Tables need the feature `tables`, which `parquet` brings. Text may be packed (`.gz`, `.zst`); its delimiter, its header, a
//! decimal comma, and UTF-16 are found out. A folder of files, or a pattern such as `part-*.parquet`, is one table or array in the order
//! of the names. What each column of a table is follows from what the caller says, the file's metadata, the column's name, and its
//! content; the [`Understanding`] of every file says what was taken for what, and why.
//!
//! Gathered data lie in memory, or beyond [`ReadOptions::memory_limit`] in a temporary file that is mapped;
//! [`Backing`] tells. [`write_embeddings`] writes any source of embeddings as `.npy`, `.safetensors` or `.parquet`, in blocks.
//!
//! ```
//! use mislabel_core::EmbeddingSource;
//! use mislabel_io::{ReadOptions, Classes, EmbeddingFile, LabelFile};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("flowers.csv");
//! std::fs::write(&path, "petal,sepal,species\n1.4,5.1,setosa\n4.7,7.0,versicolor\n1.3,4.9,setosa\n")?;
//!
//! let features = ReadOptions { exclude: vec!["species".into()], ..ReadOptions::default() };
//! let embeddings = EmbeddingFile::open(&path, &features)?;
//! assert_eq!(embeddings.shape(), (3, 2));
//! let given = LabelFile::read(&path, &ReadOptions::named("species"))?.column(&Classes::Observed)?.labels;
//! assert_eq!(given.values(), [0, 1, 0]);
//!
//! let embeddings = EmbeddingFile::open(&path, &ReadOptions::default())?;
//! assert_eq!(embeddings.shape(), (3, 2));
//! println!("{}", embeddings.understanding()); // species: labels
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod choice;
mod embeddings;
mod error;
mod formats;
mod issues;
mod join;
mod labels;
mod probabilities;
mod storage;
mod table;

pub use choice::{ColumnRoles, Delimiter, Header, ReadOptions, TextForm, Unlabelled};
pub use embeddings::blocks::FloatFormat;
pub use embeddings::file::EmbeddingFile;
pub use embeddings::writer::write_embeddings;
pub use error::{Error, Result};
pub use formats::npy::writer::{NpyElement, write_npy};
pub use issues::columns_file::write_columns;
pub use issues::table::{IssueColumns, IssueTable, SampleColumn, UnlabelledRow};
pub use join::Join;
pub use labels::class_match::{ClassMatch, PredictionColumns};
pub use labels::class_names::ClassNames;
pub use labels::class_space::MOST_CLASSES;
pub use labels::classes::Classes;
pub use labels::column::LabelColumn;
pub use labels::file::LabelFile;
pub use labels::matching::match_classes;
pub use labels::rewriting::changes::LabelChanges;
pub use labels::values::{LabelForm, LabelValues};
pub use labels::verified::{JoinedLabels, VerifiedFile};
pub use probabilities::file::ProbabilityFile;
pub use probabilities::writer::{ProbabilityWriter, StoredProbability};
pub use storage::stored_array::Backing;
#[cfg(feature = "tables")]
pub use table::beside::sample_columns;
pub use table::role::{ReadColumn, Role, Understanding};
#[cfg(feature = "tables")]
pub use table::sample_file::SampleFile;
#[cfg(feature = "tables")]
pub use table::samples::{SampleContent, SampleKind, SampleRow, SampleSheet};
