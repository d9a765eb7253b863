//! Tables as people have them: read through Arrow, understood by one rule, handed out as features, labels, predictions.
//!
//! The way of a table through this folder:
//!
//! 1. **Files** (`sources`): a file, a folder of shards, or a pattern becomes a list of files in a stated order.
//! 2. **Text** (`content`, `text`): gzip and zstd are unpacked, UTF-16 is decoded, comments are skipped. The delimiter, the
//!    quotes, a decimal comma, and the header are found out from the first rows. What cannot be told is refused with the
//!    place and the option that tells.
//! 3. **Batches** (`batches`, `part`, `dataset`): arrow-csv, arrow-json, arrow-ipc, and parquet hand out record batches of the
//!    columns that are asked for. Before a parser allocates by a number in a file, the number is checked (`arrow`,
//!    `formats::parquet`).
//! 4. **Roles** (`guess`, `judge`, `roles`, `names`, `numbering`, `declared`): every column gets a [`Role`](role::Role) by, in
//!    this order, the user's word, the file's metadata (pandas' index, Hugging Face's features, dictionaries), its name, its
//!    content. Nothing is decided in silence: an [`Understanding`](role::Understanding) says what was taken for what, and why.
//! 5. **Values** (`features`, `cells`): numbers become a matrix in memory or in a temporary file, cells become labels,
//!    identifiers, or texts. An error names the file, the row, the column, the value, and what would do.
//!
//! A column is taken for
//!
//! | role | by metadata | by name | by content |
//! |---|---|---|---|
//! | id | pandas' index | `id`, `index`, `…_id` | no name; whole numbers that number the rows (`numbering`) |
//! | label | ClassLabel | `given_label`, `label`, `class`, `target`, `y` … | the only column left of few distinct values |
//! | features | | `embedding`, `features` … among lists | lists of numbers; else all columns of numbers that are nothing else |
//! | predictions | | common beginnings such as `prob_` | columns of numbers that are nothing else |
//! | media path | Image, Audio | `path`, `file_name`, `image` … | |
//! | text, split | | `text`, `sentence`, `split`, `fold` … | other text |

#[cfg(feature = "tables")]
pub(crate) mod arrow;
#[cfg(feature = "tables")]
pub(crate) mod batches;
#[cfg(feature = "tables")]
pub(crate) mod beside;
#[cfg(feature = "tables")]
pub(crate) mod cells;
#[cfg(feature = "tables")]
pub(crate) mod column;
#[cfg(feature = "tables")]
pub(crate) mod content;
#[cfg(feature = "tables")]
pub(crate) mod dataset;
#[cfg(feature = "tables")]
pub(crate) mod declared;
#[cfg(feature = "tables")]
pub(crate) mod features;
#[cfg(feature = "tables")]
pub(crate) mod floats;
#[cfg(feature = "tables")]
pub(crate) mod guess;
#[cfg(feature = "tables")]
pub(crate) mod json;
#[cfg(feature = "tables")]
pub(crate) mod judge;
#[cfg(feature = "tables")]
pub(crate) mod list_text;
#[cfg(feature = "tables")]
pub(crate) mod lists;
#[cfg(feature = "tables")]
pub(crate) mod named;
#[cfg(feature = "tables")]
pub(crate) mod names;
#[cfg(feature = "tables")]
pub(crate) mod nested;
#[cfg(feature = "tables")]
pub(crate) mod numbering;
#[cfg(feature = "tables")]
pub(crate) mod part;
pub(crate) mod role;
#[cfg(feature = "tables")]
pub(crate) mod roles;
#[cfg(feature = "tables")]
pub(crate) mod sample_file;
#[cfg(feature = "tables")]
pub(crate) mod samples;
#[cfg(feature = "tables")]
pub(crate) mod sources;
#[cfg(feature = "tables")]
pub(crate) mod text;
#[cfg(feature = "tables")]
pub(crate) mod whole_column;
