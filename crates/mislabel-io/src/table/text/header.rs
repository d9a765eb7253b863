//! Whether the first row of a table of text is a header.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::choice::{Header, ReadOptions};
use crate::error::{Error, Result};
use crate::table::column::ColumnKind;
use crate::table::list_text::is_list;
use crate::table::names::{is_known, is_missing};
use crate::table::text::cells::{comma_number, is_integer, kind_of, number};

/// Whether the first of `rows` is a header, and how that was found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) is_header: bool,
    /// Whether it is worth a word.
    pub(crate) because: &'static str,
}

const DATA: Found = Found { is_header: false, because: "" };
const HEADER: Found = Found { is_header: true, because: "" };
const ONCE: Found = Found { is_header: true, because: "its first line comes once, all others again" };

/// Whether the first of `rows` is a header; `rows` are those that the form of the table is judged by.
pub(crate) fn header(path: &Path, rows: &[Vec<String>], decimal_comma: bool, choice: &ReadOptions) -> Result<Found> {
    match choice.header {
        Header::Present => return Ok(Found { is_header: true, because: "as told" }),
        Header::Absent => return Ok(Found { is_header: false, because: "as told" }),
        Header::Auto => {}
    }
    let Some((first, rest)) = rows.split_first() else { return Ok(DATA) };
    if is_asked_for(first, rest, choice) || rest.first().is_some_and(|row| row.len() == first.len() + 1) {
        return Ok(HEADER);
    }
    let table = Table { first, rest, decimal_comma };
    match table.by_numbers(path)? {
        Some(found) => Ok(found),
        None => Ok(table.by_words()),
    }
}

/// Whether a cell of the first row is a name that the user asks for; one that comes again below is a value.
fn is_asked_for(first: &[String], rest: &[Vec<String>], choice: &ReadOptions) -> bool {
    let excluded = choice.exclude.iter().map(String::as_str);
    let asked: Vec<&str> =
        choice.array.iter().map(String::as_str).chain(excluded).chain(choice.columns.names()).collect();
    let again = |column: usize, cell: &str| rest.iter().any(|row| row.get(column).is_some_and(|other| other == cell));
    let is_asked = |(column, cell): (usize, &String)| {
        number(cell).is_none() && !cell.is_empty() && asked.contains(&cell.as_str()) && !again(column, cell)
    };
    first.iter().enumerate().any(is_asked)
}

struct Table<'a> {
    first: &'a [String],
    rest: &'a [Vec<String>],
    decimal_comma: bool,
}

impl Table<'_> {
    fn below(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rest.iter().filter_map(move |row| row.get(column)).map(String::as_str)
    }

    fn is_number(&self, cell: &str) -> bool {
        if self.decimal_comma { comma_number(cell).is_some() } else { number(cell).is_some() }
    }

    /// By the columns that hold numbers or lists: their first cell is one too, or is none.
    fn by_numbers(&self, path: &Path) -> Result<Option<Found>> {
        let (mut names, mut numbers, mut fractions) = (0, 0, 0);
        let mut of_numbers = 0;
        for (column, cell) in self.first.iter().enumerate() {
            let kind = kind_of(self.below(column), self.decimal_comma);
            let is_value = match kind {
                ColumnKind::Integer | ColumnKind::Number => self.is_number(cell),
                ColumnKind::TextList => is_list(cell),
                _ => continue,
            };
            of_numbers += 1;
            match is_value {
                false => names += usize::from(!is_missing(cell) || cell.is_empty() && column == 0),
                true => {
                    numbers += 1;
                    fractions += usize::from(!is_integer(cell));
                }
            }
        }
        match () {
            () if of_numbers == 0 => Ok(None),
            () if self.first.iter().any(|cell| is_known(cell) && self.below(0).next().is_some()) && fractions == 0 => {
                Ok(Some(HEADER))
            }
            () if names > 0 && numbers == 0 => Ok(Some(HEADER)),
            () if fractions == 0 && (names > numbers || names > 0 && self.first[0].is_empty()) => {
                Ok(Some(self.of_numbers()))
            }
            () if names == 0 && self.counts() => self.counting(path),
            () if names == 0 && self.numbers_columns() && self.all_fractions() => {
                Ok(Some(Found { is_header: true, because: "it numbers the columns above numbers with fractions" }))
            }
            () => Ok(Some(DATA)),
        }
    }

    /// Whether the one cell of the first row comes once, and all below it again.
    fn comes_once(&self) -> bool {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        self.below(0).filter(|cell| !is_missing(cell)).for_each(|cell| *counts.entry(cell).or_default() += 1);
        let first = self.first.first().map_or("", String::as_str);
        let is_name = !is_missing(first) && !counts.contains_key(first);
        is_name && self.rest.len() >= LEAST_REPEATED && !counts.is_empty() && counts.values().all(|count| *count > 1)
    }

    fn of_numbers(&self) -> Found {
        Found { is_header: true, because: "some of its names are numbers" }
    }

    /// Whether the first row is 0, 1, 2 …, as pandas names columns that have no names.
    fn counts(&self) -> bool {
        self.first.len() > 1 && self.first.iter().enumerate().all(|(column, cell)| *cell == column.to_string())
    }

    /// A first row that counts is a header where all others have fractions; with few columns or whole numbers it may be data.
    fn counting(&self, path: &Path) -> Result<Option<Found>> {
        match (self.first.len(), self.all_fractions()) {
            (2, false) => Ok(Some(DATA)),
            (3.., true) => {
                Ok(Some(Found { is_header: true, because: "it counts 0, 1, 2 … above numbers with fractions" }))
            }
            _ => Err(Error::AmbiguousHeader { path: path.into(), row: self.first.join(", ") }),
        }
    }

    fn all_fractions(&self) -> bool {
        let fraction = |cell: &String| self.is_number(cell) && !is_integer(cell);
        !self.rest.is_empty() && self.rest.iter().all(|row| row.iter().all(fraction))
    }

    /// Whether the first row holds every number from 0 or 1 on once, one of them above 1, which no probability is: classes in
    /// the order of a program.
    fn numbers_columns(&self) -> bool {
        let number = |cell: &String| {
            let is_code = cell.bytes().all(|byte| byte.is_ascii_digit());
            cell.parse().ok().filter(|_| is_code)
        };
        let numbers: Option<HashSet<usize>> = self.first.iter().map(number).collect();
        let all =
            |numbers: &HashSet<usize>, start: usize| (start..start + self.first.len()).all(|n| numbers.contains(&n));
        self.first.len() > 2 && numbers.is_some_and(|numbers| all(&numbers, 0) || all(&numbers, 1))
    }

    /// Where no column holds numbers: by names that columns commonly have, and by cells that come again below.
    fn by_words(&self) -> Found {
        if self.first.iter().any(|cell| is_known(cell)) {
            return HEADER;
        }
        if self.first.len() < 2 {
            return if self.comes_once() { ONCE } else { DATA };
        }
        if self.rest.is_empty() {
            return if self.first.iter().any(|cell| number(cell).is_some()) { DATA } else { HEADER };
        }
        let again =
            |(column, cell): (usize, &String)| !cell.is_empty() && self.below(column).any(|other| other == cell);
        let alike = |(column, cell): (usize, &String)| {
            shape(cell).is_some_and(|own| self.below(column).all(|other| shape(other) == Some(own)))
        };
        match self.first.iter().enumerate().any(|cell| again(cell) || alike(cell)) {
            true => DATA,
            false => HEADER,
        }
    }
}

/// Rows of one cell that tell a header from a value.
const LEAST_REPEATED: usize = 4;

/// The ending of a file name, which names of columns lack.
fn shape(cell: &str) -> Option<&str> {
    let (_, ending) = cell.rsplit_once('.')?;
    (!ending.is_empty() && ending.len() <= 5 && ending.chars().all(char::is_alphanumeric)).then_some(ending)
}
