//! Which column is what: by the user's word, the file's metadata, its name, its content.

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::issues::table::SampleColumn;
use crate::labels::numbers::{finite, whole};
use crate::table::column::{Column as TableColumn, ColumnKind};
use crate::table::dataset::Table;
use crate::table::guess::{Guess, Purpose, guess};
use crate::table::judge::Judge;
use crate::table::names::is_missing;
use crate::table::numbering::differs_throughout;
use crate::table::role::{NO_LABEL, ReadColumn, Role, Understanding};
use crate::table::whole_column::{Column, columns};

/// The roles of the columns of a table, for one purpose.
#[derive(Debug)]
pub(crate) struct Roles {
    /// The columns that are read for the purpose.
    pub(crate) chosen: Vec<usize>,
    /// What every column was taken for.
    pub(crate) columns: Vec<ReadColumn>,
    /// The columns that tell the samples apart, best first; they may be left out of all else.
    ids: Vec<usize>,
    notes: Vec<String>,
}

/// The columns of `table` that tell the samples apart, best first. One without a name is called `index`.
pub(crate) fn ids(table: &Table, roles: &Roles, choice: &ReadOptions) -> Result<Vec<SampleColumn>> {
    named(table, &roles.ids, columns(table, &roles.ids, choice)?)
}

/// The cells of the column `also`, and the columns that tell the samples apart as [`ids`] gives them, in one pass.
pub(crate) fn column_and_ids(
    table: &Table,
    also: usize,
    roles: &Roles,
    choice: &ReadOptions,
) -> Result<(Column, Vec<SampleColumn>)> {
    let mut read = columns(table, &[&[also], &roles.ids[..]].concat(), choice)?;
    let column = read.remove(0)?;
    Ok((column, named(table, &roles.ids, read)?))
}

/// The columns `ids` with their names. One is enough where memory holds no more.
fn named(table: &Table, ids: &[usize], read: Vec<Result<Column>>) -> Result<Vec<SampleColumn>> {
    let mut columns = Vec::new();
    for (id, cells) in ids.iter().zip(read) {
        match cells {
            Ok(cells) => columns.push(id_column(table, *id, cells)),
            Err(Error::TooLarge { .. }) if !columns.is_empty() => {}
            Err(other) => return Err(other),
        }
    }
    Ok(columns)
}

fn id_column(table: &Table, id: usize, mut cells: Column) -> SampleColumn {
    if table.kind(id) == ColumnKind::Number
        && cells.iter().flatten().all(|cell| cell.is_empty() || whole(cell).is_some())
    {
        cells.iter_mut().flatten().for_each(|cell| *cell = whole(cell).map_or_else(String::new, |id| id.to_string()));
    }
    let found = &table.columns[id];
    let name = if found.is_named || !table.has_names() { found.name.trim() } else { "index" };
    SampleColumn { name: name.to_owned(), cells }
}

impl Roles {
    pub(crate) fn understanding(self, table: &Table) -> Understanding {
        let mut notes = [&table.notes[..], &self.notes].concat();
        if table.files.len() > 1 {
            notes.push(format!("{} files are read as one table, in the order of their names", table.files.len()));
        }
        Understanding { files: table.files.clone(), format: table.form(), columns: self.columns, notes }
    }
}

/// The roles of the columns of `table` for `purpose`.
pub(crate) fn roles(table: &Table, choice: &ReadOptions, purpose: Purpose) -> Result<Roles> {
    if table.is_empty() {
        return Err(Error::EmptyFile { path: table.path().into() });
    }
    let guesses = (0..table.columns.len()).map(|column| guess(table, column, choice, purpose)).collect();
    let judge = Judge::new(table, choice, guesses)?;
    let (chosen, because) = match purpose {
        Purpose::Labels => judge.labels().map(|(column, because)| (vec![column], because))?,
        Purpose::Features => judge.numbers(Role::Feature)?,
        Purpose::Predictions => judge.numbers(Role::Prediction)?,
        Purpose::Samples => (Vec::new(), String::new()),
    };
    Ok(settled(judge, chosen, because, purpose))
}

/// What every column is, with those that are `chosen` for the purpose.
fn settled(judge: Judge<'_>, chosen: Vec<usize>, because: String, purpose: Purpose) -> Roles {
    let role = match purpose {
        Purpose::Features => Role::Feature,
        Purpose::Labels => Role::Label,
        Purpose::Predictions => Role::Prediction,
        Purpose::Samples => Role::LeftOut,
    };
    let table = judge.table;
    let lists = chosen.iter().any(|column| judge.guesses[*column].kind.is_list());
    let ids = judge.ids().iter().copied().filter(|id| !chosen.contains(id)).collect();
    let notes = if purpose == Purpose::Features { likely_ids(table, &judge.guesses, &chosen) } else { Vec::new() };
    let notes = [notes, chosen.iter().filter_map(|column| lists_in_lists(&table.columns[*column])).collect()].concat();
    let column = |(number, guess): (usize, Guess)| {
        let name = table.columns[number].name.clone();
        if chosen.contains(&number) {
            return ReadColumn { name, role, because: because.clone() };
        }
        let (role, because) = settle(guess, purpose, lists, table.sample[number].as_slice());
        ReadColumn { name, role, because }
    };
    let columns = judge.guesses.into_iter().enumerate().map(column).collect();
    Roles { chosen, columns, ids, notes }
}

/// A word on a column of lists in lists.
fn lists_in_lists(column: &TableColumn) -> Option<String> {
    let word = || {
        format!(
            "column {} holds lists in lists, such as vectors of parts: those of a sample stand end to end",
            column.name
        )
    };
    column.is_nested_list.then(word)
}

/// A word on each feature that may be an id: another whole number in every row, beside others that are not so.
fn likely_ids(table: &Table, guesses: &[Guess], chosen: &[usize]) -> Vec<String> {
    let is_likely = |column: &&usize| {
        let is_number = matches!(guesses[**column].kind, ColumnKind::Integer | ColumnKind::Number);
        is_number && guesses[**column].role.is_none() && differs_throughout(table, **column)
    };
    let likely: Vec<&str> =
        chosen.iter().filter(is_likely).map(|column| table.columns[*column].name.as_str()).collect();
    if 2 * likely.len() >= chosen.len() {
        return Vec::new();
    }
    let word = |name: &str| {
        format!(
            "column {name} holds another whole number in every row: if it is an id and no feature, say --leave-out {name}"
        )
    };
    likely.into_iter().map(word).collect()
}

/// What a column that is not read for the purpose is.
fn settle(guess: Guess, purpose: Purpose, lists: bool, cells: &[Option<String>]) -> (Role, String) {
    match (guess.role, purpose) {
        (Some(Role::Label), Purpose::Labels | Purpose::Features | Purpose::Predictions) => {
            (Role::LeftOut, OTHER_LABELS.into())
        }
        (Some(role), _) => (role, guess.because),
        (None, Purpose::Samples) => (Role::LeftOut, guess.kind.words().into()),
        (None, Purpose::Labels) if guess.kind.is_scalar_number() || guess.kind.is_list() => {
            (Role::LeftOut, NO_LABEL.into())
        }
        (None, _) if guess.kind == ColumnKind::Text && are_numbers_spelled_otherwise(cells) => {
            (Role::LeftOut, format!("{} numbers with units or separators are not read", example(cells)))
        }
        (None, _) if guess.kind == ColumnKind::Text => (Role::Text, example(cells)),
        (None, Purpose::Predictions) if guess.kind.is_scalar_number() => {
            (Role::LeftOut, "beside the predictions of the classes".into())
        }
        (None, _) if lists => (Role::LeftOut, "beside a list of numbers".into()),
        (None, _) => (Role::LeftOut, guess.kind.words().into()),
    }
}

/// Why columns of labels are left out that are not those that are read.
const OTHER_LABELS: &str = "labels by its name, not those that are read";

/// Whether all cells are numbers but for signs that people and spreadsheets put into them: `1,000`, `12%`, `$5`.
fn are_numbers_spelled_otherwise(cells: &[Option<String>]) -> bool {
    let is_sign = |c: char| matches!(c, ',' | '\'' | '\u{a0}' | '\u{202f}' | '%' | '$' | '€' | '£');
    let plain = |cell: &str| cell.chars().filter(|c| !is_sign(*c)).collect::<String>();
    let mut present = cells.iter().flatten().map(String::as_str).filter(|cell| !is_missing(cell)).peekable();
    present.peek().is_some() && present.all(|cell| finite(plain(cell).trim()).is_some())
}

/// The first cell of a column of text, where it is short.
fn example(cells: &[Option<String>]) -> String {
    const SHOWN: usize = 30;
    match cells.iter().flatten().find(|cell| !cell.is_empty()) {
        Some(cell) if cell.chars().count() <= SHOWN => format!("{cell:?} …"),
        Some(cell) => format!("{:?} …", cell.chars().take(SHOWN).collect::<String>()),
        None => String::new(),
    }
}
