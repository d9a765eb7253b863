//! A table in one file or several, whatever their format.

use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::formats::extension::Format;
use crate::table::batches::Cells;
use crate::table::cells::texts;
use crate::table::column::{Column, ColumnKind};
use crate::table::part::{Part, renamed};

/// Rows that roles are judged by.
const SAMPLED: usize = 1000;

/// Where the first row of a batch stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// The file.
    pub(crate) path: &'a Path,
    /// Its row in the file, from 0; a header is no row.
    pub(crate) row: usize,
    /// Whether row 0 is the first line of the file.
    pub(crate) is_first_line: bool,
    /// Whether numbers in text have a decimal comma.
    pub(crate) decimal_comma: bool,
}

/// A table, opened.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) files: Vec<PathBuf>,
    format: Format,
    choice: ReadOptions,
    first: Part,
    pub(crate) columns: Vec<Column>,
    /// The first cells of every column of single values, as text; none of others.
    pub(crate) sample: Vec<Vec<Option<String>>>,
    /// What a reader should know of the columns.
    pub(crate) notes: Vec<String>,
}

impl Table {
    /// Opens the table in `files`, of which there is one at least, all of the kind `format`.
    pub(crate) fn open(files: Vec<PathBuf>, format: Format, choice: &ReadOptions) -> Result<Self> {
        let (files, mut notes) = without_empty(files);
        let first = Part::open(&files[0], format, choice)?;
        let columns = first.columns().to_vec();
        notes.extend(renamed(&columns));
        let mut table = Self { files, format, choice: choice.clone(), first, columns, sample: Vec::new(), notes };
        table.sample = table.sampled()?;
        Ok(table)
    }

    /// The file, or the first of several.
    pub(crate) fn path(&self) -> &Path {
        &self.files[0]
    }

    pub(crate) fn form(&self) -> String {
        self.first.form()
    }

    /// Whether the first file is known to have no rows.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(&self.first, Part::Text(table) if table.sample.is_empty())
    }

    /// Whether the sample is all there is.
    pub(crate) fn is_whole_sample(&self) -> bool {
        self.files.len() == 1 && self.sample.iter().all(|cells| cells.len() < SAMPLED)
    }

    /// Whether numbers are text in it.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.first, Part::Text(_))
    }

    /// Whether the table has names for its columns.
    pub(crate) fn has_names(&self) -> bool {
        match &self.first {
            Part::Text(table) => table.has_header,
            _ => true,
        }
    }

    /// The column called `name`, or else, where `name` is a number, the column of that number.
    pub(crate) fn position(&self, name: &str) -> Result<usize> {
        let exact = self.columns.iter().position(|column| column.name == name);
        let alike = || self.columns.iter().position(|column| column.name.trim() == name.trim());
        let number = || name.parse::<usize>().ok().filter(|number| *number < self.columns.len());
        exact.or_else(alike).or_else(number).ok_or_else(|| self.missing(name))
    }

    fn missing(&self, name: &str) -> Error {
        if !self.has_names() {
            let problem = format!(
                "the file has no header, so no column is called {name:?}: name a column by its number, or say --header yes"
            );
            return self.no_column(problem);
        }
        let available = self.columns.iter().map(|column| column.name.clone()).collect();
        Error::Missing { path: self.path().into(), name: name.into(), available }
    }

    /// The error that no column can be what is asked for.
    pub(crate) fn no_column(&self, problem: String) -> Error {
        let column = |(number, column): (usize, &Column)| {
            let example = match column.kind {
                ColumnKind::Text => self.example(number),
                _ => String::new(),
            };
            format!("{} ({}{example})", column.name, column.kind.words())
        };
        let columns = self.columns.iter().enumerate().map(column).collect();
        let hint = match &self.first {
            Part::Text(_) if self.columns.len() == 1 && self.columns[0].kind == ColumnKind::Text => {
                "; if its lines are to be cut into cells, say by what (--delimiter)"
            }
            _ => "",
        };
        Error::NoColumn { path: self.path().into(), problem: problem + hint, columns }
    }

    /// The first cell of a column of text, as far as it can be shown, as the end of what the column holds.
    fn example(&self, column: usize) -> String {
        const SHOWN: usize = 30;
        let Some(cell) = self.sample[column].iter().flatten().find(|cell| !cell.is_empty()) else {
            return String::new();
        };
        let begin: String = cell.chars().take(SHOWN).collect();
        format!(" such as '{begin}{}'", if begin.len() < cell.len() { "…" } else { "" })
    }

    /// Hands the rows of `columns`, in that order, to `each`, batch by batch; returns their number.
    pub(crate) fn each(
        &self,
        columns: &[usize],
        cells: Cells,
        mut each: impl FnMut(Place<'_>, &RecordBatch) -> Result<()>,
    ) -> Result<usize> {
        let mut rows = 0;
        for (number, file) in self.files.iter().enumerate() {
            if number == 0 {
                rows += self.each_of(&self.first, columns, cells, &mut each)?;
                continue;
            }
            let part = Part::open(file, self.format, &self.choice)?;
            let columns: Vec<usize> =
                columns.iter().map(|column| self.column_in(&part, *column)).collect::<Result<_>>()?;
            rows += self.each_of(&part, &columns, cells, &mut each)?;
        }
        Ok(rows)
    }

    /// The cell of `column` in row `row` of all files, with its file, where it is found without reading other rows.
    pub(crate) fn row(&self, row: usize, column: usize) -> Result<Option<(PathBuf, RecordBatch)>> {
        let mut left = row;
        for (number, file) in self.files.iter().enumerate() {
            let other = if number == 0 { None } else { Some(Part::open(file, self.format, &self.choice)?) };
            let part = other.as_ref().unwrap_or(&self.first);
            match part.row(left, self.column_in(part, column)?)? {
                None => return Ok(None),
                Some((_, Some(batch))) => return Ok(Some((file.clone(), batch))),
                Some((rows, None)) => left = left.saturating_sub(rows),
            }
        }
        Ok(None)
    }

    fn each_of(
        &self,
        part: &Part,
        columns: &[usize],
        cells: Cells,
        each: &mut impl FnMut(Place<'_>, &RecordBatch) -> Result<()>,
    ) -> Result<usize> {
        let decimal_comma = matches!(part, Part::Text(table) if table.decimal_comma);
        let is_first_line = matches!(part, Part::Text(table) if !table.has_header);
        let mut row = 0;
        for batch in part.batches(columns, cells)? {
            let batch = batch?;
            each(Place { path: part.path(), row, is_first_line, decimal_comma }, &batch)?;
            row += batch.num_rows();
        }
        Ok(row)
    }

    /// Where `part` has the column of this number.
    fn column_in(&self, part: &Part, column: usize) -> Result<usize> {
        let name = &self.columns[column].name;
        let is = |other: &Column| other.name == *name;
        let here = part.columns().get(column).filter(|other| is(other)).map(|_| column);
        let found = here.or_else(|| part.columns().iter().position(is));
        found.filter(|_| part.columns().len() == self.columns.len()).ok_or_else(|| {
            let names = |columns: &[Column]| columns.iter().map(|column| column.name.clone()).collect();
            let (found, expected) = (names(part.columns()), names(&self.columns));
            Error::OtherColumns { path: part.path().into(), found, first: self.path().into(), expected }
        })
    }

    fn sampled(&self) -> Result<Vec<Vec<Option<String>>>> {
        if let Part::Text(table) = &self.first {
            let cell = |row: &Vec<String>, column: usize| row.get(column).map(|cell| cell.trim().to_owned());
            return Ok((0..self.columns.len())
                .map(|column| table.sample.iter().map(|row| cell(row, column)).collect())
                .collect());
        }
        let is_scalar = |column: &Column| column.kind.is_scalar_number() || column.kind.is_text();
        let scalars: Vec<usize> = (0..self.columns.len()).filter(|column| is_scalar(&self.columns[*column])).collect();
        let mut sample = vec![Vec::new(); self.columns.len()];
        if scalars.is_empty() {
            return Ok(sample);
        }
        for batch in self.first.batches(&scalars, Cells::Text)? {
            let batch = batch?;
            let wanted = SAMPLED.saturating_sub(sample[scalars[0]].len()).min(batch.num_rows());
            let batch = batch.slice(0, wanted);
            for (place, column) in scalars.iter().enumerate() {
                sample[*column].extend(texts(self.path(), &self.columns[*column].name, batch.column(place))?);
            }
            if sample[scalars[0]].len() >= SAMPLED {
                break;
            }
        }
        Ok(sample)
    }

    /// The kind of a column of text by its cells: lists and numbers may be written as text in any format.
    pub(crate) fn kind(&self, column: usize) -> ColumnKind {
        let kind = &self.columns[column].kind;
        if *kind != ColumnKind::Text || matches!(self.first, Part::Text(_)) {
            return kind.clone();
        }
        let cells = self.sample[column].iter().flatten().map(String::as_str);
        crate::table::text::cells::kind_of(cells, false)
    }
}

/// The `files` without those of no byte, which Spark writes for parts without rows, and a word on them.
fn without_empty(files: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<String>) {
    let is_empty = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|file| file.len() == 0);
    let (empty, others): (Vec<PathBuf>, Vec<PathBuf>) = files.iter().cloned().partition(is_empty);
    match (empty.first(), others.is_empty()) {
        (Some(first), false) => {
            let note = format!("{} of {} files are empty, such as {}", empty.len(), files.len(), first.display());
            (others, vec![note])
        }
        _ => (files, Vec::new()),
    }
}
