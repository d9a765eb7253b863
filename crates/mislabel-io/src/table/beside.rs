//! Columns of a table that travel to the output: ids, paths, texts.

use std::path::Path;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::extension::Format;
use crate::issues::table::SampleColumn;
use crate::table::dataset::Table;
use crate::table::numbering::COUNTS;
use crate::table::role::{Role, Understanding};
use crate::table::sample_file::is_single;
use crate::table::sources::files;
use crate::table::whole_column::columns;

/// Columns that travel at most.
const MOST: usize = 32;

/// The cells of the columns of the table at `path` that travel: by `understanding` those of ids, paths, texts, and splits, and
/// with `all` every other column of single values that is neither label nor feature. A column that counts its rows is left out.
///
/// # Errors
/// As [`LabelFile::read`](crate::LabelFile::read).
pub fn sample_columns(
    path: impl AsRef<Path>,
    choice: &ReadOptions,
    understanding: &Understanding,
    all: bool,
) -> Result<Vec<SampleColumn>> {
    let files = files(path.as_ref())?;
    let format = Format::by_extension(&files[0])
        .filter(|format| !matches!(format, Format::Npy | Format::Npz | Format::Safetensors));
    let Some(format) = format else { return Ok(Vec::new()) };
    let table = Table::open(files, format, choice)?;
    let travels = |number: &usize| {
        let Some(read) = understanding.columns.get(*number) else { return false };
        let is_single = is_single(&table.columns[*number].kind);
        match read.role {
            Role::Id => !read.because.ends_with(COUNTS),
            Role::MediaPath | Role::Text | Role::Split => true,
            Role::LeftOut => all && is_single,
            _ => false,
        }
    };
    let numbers: Vec<usize> = (0..table.columns.len()).filter(travels).take(MOST).collect();
    let mut kept = Vec::new();
    for (number, cells) in numbers.iter().zip(columns(&table, &numbers, choice)?) {
        match cells {
            Ok(cells) => kept.push(SampleColumn { name: table.columns[*number].name.clone(), cells }),
            // Texts that memory may not hold stay where they are.
            Err(Error::TooLarge { .. }) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(kept)
}
