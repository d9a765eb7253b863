//! Which column is what: by the user's word, the file's metadata, its name, its content.

use std::collections::HashSet;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::issues::table::SampleColumn;
use crate::labels::numbers::whole;
use crate::table::column::{Column, ColumnKind};
use crate::table::dataset::Table;
use crate::table::names::{folded, is_missing, label_rank, role_by_name};
use crate::table::role::{NO_LABEL, ReadColumn, Role, Understanding};
use crate::table::whole_column::column;

/// What a table is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Features,
    Labels,
    Predictions,
    /// Nothing is chosen: every column is what it is.
    Samples,
}

/// The roles of the columns of a table, for one purpose.
#[derive(Debug)]
pub(crate) struct Roles {
    /// The columns that are read for the purpose.
    pub(crate) chosen: Vec<usize>,
    /// What every column was taken for.
    pub(crate) columns: Vec<ReadColumn>,
    /// The column that tells the samples apart, if there is one; it may be left out of all else.
    id: Option<usize>,
}

/// The column of `table` that tells the samples apart.
pub(crate) fn ids(table: &Table, roles: &Roles, choice: &ReadOptions) -> Result<Option<SampleColumn>> {
    let Some(id) = roles.id else { return Ok(None) };
    let mut cells = column(table, id, choice)?;
    if table.kind(id) == ColumnKind::Number
        && cells.iter().flatten().all(|cell| cell.is_empty() || whole(cell).is_some())
    {
        cells.iter_mut().flatten().for_each(|cell| *cell = whole(cell).map_or_else(String::new, |id| id.to_string()));
    }
    Ok(Some(SampleColumn { name: table.columns[id].name.trim().to_owned(), cells }))
}

impl Roles {
    pub(crate) fn understanding(self, table: &Table) -> Understanding {
        let mut notes = Vec::new();
        if table.files.len() > 1 {
            notes.push(format!("{} files are read as one table, in the order of their names", table.files.len()));
        }
        Understanding { files: table.files.clone(), format: table.form(), columns: self.columns, notes }
    }
}

/// What is known of a column before the purpose counts.
struct Guess {
    /// The role, where one is certain enough.
    role: Option<Role>,
    because: String,
    kind: ColumnKind,
}

/// A table whose columns are told apart.
struct Judge<'a> {
    table: &'a Table,
    choice: &'a ReadOptions,
    guesses: Vec<Guess>,
    id: Option<usize>,
}

/// The roles of the columns of `table` for `purpose`.
pub(crate) fn roles(table: &Table, choice: &ReadOptions, purpose: Purpose) -> Result<Roles> {
    if table.is_empty() {
        return Err(Error::EmptyFile { path: table.path().into() });
    }
    let guesses = (0..table.columns.len()).map(|column| guess(table, column, choice, purpose)).collect();
    let mut judge = Judge { table, choice, guesses, id: None };
    let first = |role: Role| judge.with_role(Some(role)).first().copied();
    let id = first(Role::Id).or_else(|| first(Role::MediaPath));
    judge.id = id;
    judge.obey()?;
    let (chosen, because) = match purpose {
        Purpose::Labels => judge.labels().map(|(column, because)| (vec![column], because))?,
        Purpose::Features => judge.numbers(Role::Feature)?,
        Purpose::Predictions => judge.numbers(Role::Prediction)?,
        Purpose::Samples => (Vec::new(), String::new()),
    };
    Ok(judge.settled(chosen, because, purpose))
}

/// What a column is by what the file says of it, by its name, and by its content.
fn guess(table: &Table, number: usize, choice: &ReadOptions, purpose: Purpose) -> Guess {
    let (column, kind) = (&table.columns[number], table.kind(number));
    let with = |role: Role, because: &str| Guess { role: Some(role), because: because.into(), kind: kind.clone() };
    let named = choice.columns.features.contains(&column.name) || choice.columns.predictions.contains(&column.name);
    if named {
        return with(if purpose == Purpose::Predictions { Role::Prediction } else { Role::Feature }, "");
    }
    by_declaration(column, &kind)
        .or_else(|| by_missing_name(table, number, &kind))
        .or_else(|| by_name(table, number, &kind, purpose).map(|role| (role, String::new())))
        .or_else(|| by_content(table, number, &kind))
        .map_or_else(
            || Guess { role: None, because: String::new(), kind: kind.clone() },
            |(role, because)| with(role, &because),
        )
}

fn by_declaration(column: &Column, kind: &ColumnKind) -> Option<(Role, String)> {
    let declared = &column.declared;
    match () {
        () if declared.is_index => Some((Role::Id, "pandas' index".into())),
        () if declared.is_media && *kind == ColumnKind::Media => {
            Some((Role::MediaPath, "by the file's metadata".into()))
        }
        () if declared.is_media => Some((Role::MediaPath, "by the file's metadata".into())),
        () if declared.classes.is_some() && !kind.is_list() => {
            Some((Role::Label, "classes by the file's metadata".into()))
        }
        () if *kind == ColumnKind::Media => Some((Role::MediaPath, String::new())),
        () => None,
    }
}

/// Among columns with names, one without is an index that a program wrote beside them.
fn by_missing_name(table: &Table, number: usize, kind: &ColumnKind) -> Option<(Role, String)> {
    let column = &table.columns[number];
    if column.is_named || !table.has_names() || kind.is_list() || *kind == ColumnKind::Empty {
        return None;
    }
    let others_are_named = table.columns.iter().any(|column| column.is_named);
    let what = match kind {
        _ if counts(table, number) => "no name, counts its rows",
        ColumnKind::Integer => "no name, whole numbers",
        ColumnKind::Number if are_whole(table, number) => "no name, whole numbers",
        ColumnKind::Text => "no name, text",
        _ => return None,
    };
    (others_are_named || counts(table, number)).then(|| (Role::Id, what.into()))
}

fn by_name(table: &Table, number: usize, kind: &ColumnKind, purpose: Purpose) -> Option<Role> {
    let column = &table.columns[number];
    if !column.is_named {
        return None;
    }
    let can_be_label = match (purpose, kind) {
        (_, ColumnKind::Other(_) | ColumnKind::Media | ColumnKind::Time | ColumnKind::Empty) => false,
        (Purpose::Samples, _) => false,
        (Purpose::Labels, _) => true,
        (Purpose::Predictions, ColumnKind::Number) => false,
        // Beside x, y may be a coordinate.
        (Purpose::Features, ColumnKind::Number) => folded(&column.name) != "y",
        (_, kind) => !kind.is_list(),
    };
    let is_code = *kind == ColumnKind::Integer && purpose != Purpose::Labels;
    if can_be_label && label_rank(&column.name).is_some_and(|rank| rank < 3 || kind.is_text() || is_code) {
        return Some(Role::Label);
    }
    // Where some rows have no id, others write theirs with a fraction: `17.0`.
    let kind = if *kind == ColumnKind::Number && are_whole(table, number) { &ColumnKind::Integer } else { kind };
    role_by_name(&column.name, kind)
}

fn by_content(table: &Table, number: usize, kind: &ColumnKind) -> Option<(Role, String)> {
    match kind {
        ColumnKind::Integer | ColumnKind::Number if counts(table, number) => Some((Role::Id, "counts its rows".into())),
        ColumnKind::Time | ColumnKind::Empty | ColumnKind::OtherList | ColumnKind::Other(_) => {
            Some((Role::LeftOut, kind.words().into()))
        }
        _ => None,
    }
}

/// Rows that must count before they are taken for an index.
const COUNTED: usize = 3;
/// Rows that must go up in equal steps, from wherever on, before they are taken for an index.
const STEPPED: usize = 10;

/// Whether the cells of a column of whole numbers are 0, 1, 2 …, or 1, 2, 3 …, or go up in equal steps, as numbers of orders and
/// times of measurements do: they tell no more than the order of the rows.
fn counts(table: &Table, number: usize) -> bool {
    let cells = &table.sample[number];
    let value = |row: usize| cells[row].as_deref().and_then(whole);
    if cells.len() < COUNTED {
        return false;
    }
    let (Some(first), Some(second)) = (value(0), value(1)) else { return false };
    let Some(step) = second.checked_sub(first).filter(|step| *step > 0) else { return false };
    let is_index = step == 1 && (0..=1).contains(&first);
    let at = |row: usize| step.checked_mul(row as i64).and_then(|steps| first.checked_add(steps));
    (is_index || cells.len() >= STEPPED) && (1..cells.len()).all(|row| value(row).is_some() && value(row) == at(row))
}

/// Whether all cells of a column are whole numbers, however they are spelled.
fn are_whole(table: &Table, number: usize) -> bool {
    let cells = &table.sample[number];
    !cells.is_empty() && cells.iter().flatten().filter(|cell| !is_missing(cell)).all(|cell| whole(cell).is_some())
}

impl Judge<'_> {
    fn name(&self, column: usize) -> &str {
        &self.table.columns[column].name
    }

    /// What the user says comes before everything.
    fn obey(&mut self) -> Result<()> {
        for name in &self.choice.exclude {
            let column = self.table.position(name)?;
            self.set(column, Role::LeftOut, "as told");
        }
        let told = &self.choice.columns;
        let lists = [
            (&told.id, Role::Id),
            (&told.text, Role::Text),
            (&told.path, Role::MediaPath),
            (&told.split, Role::Split),
            (&told.ignore, Role::LeftOut),
        ];
        for (names, role) in lists {
            for name in names {
                if let Ok(column) = self.table.position(name) {
                    self.set(column, role, "as told");
                    if role == Role::Id {
                        self.id = Some(column);
                    }
                }
            }
        }
        Ok(())
    }

    fn set(&mut self, column: usize, role: Role, because: &str) {
        self.guesses[column].role = Some(role);
        self.guesses[column].because = because.into();
    }

    fn with_role(&self, role: Option<Role>) -> Vec<usize> {
        (0..self.guesses.len()).filter(|column| self.guesses[*column].role == role).collect()
    }

    /// The column of labels, and why it is that one.
    fn labels(&self) -> Result<(usize, String)> {
        if let Some(name) = &self.choice.array {
            return Ok((self.table.position(name)?, "as told".into()));
        }
        let declared: Vec<usize> = self
            .with_role(Some(Role::Label))
            .into_iter()
            .filter(|column| self.table.columns[*column].declared.classes.is_some())
            .collect();
        if let [column] = declared[..] {
            return Ok((column, self.guesses[column].because.clone()));
        }
        let named = self.best_named(if declared.is_empty() { None } else { Some(&declared) });
        match (&named[..], self.guesses.len()) {
            (&[column], _) => return Ok((column, String::new())),
            (_, 1) => return Ok((0, String::new())),
            ([], _) if declared.is_empty() => {}
            _ => return Err(self.unnamed("several columns may be the labels: name one with --labels-key")),
        }
        let likely = self.likely_labels();
        match likely[..] {
            [column] => Ok((column, "the only column that can be".into())),
            _ => Err(self.unnamed("name the column of labels with --labels-key")),
        }
    }

    fn unnamed(&self, problem: &str) -> Error {
        self.table.no_column(problem.into())
    }

    /// The columns with the name that labels have most commonly, of `among` or all.
    fn best_named(&self, among: Option<&[usize]>) -> Vec<usize> {
        let ranked = |column: usize| {
            let is_told = self.guesses[column]
                .role
                .is_some_and(|role| role != Role::Label && self.guesses[column].because == "as told");
            let column = &self.table.columns[column];
            label_rank(&column.name).filter(|_| column.is_named && !is_told)
        };
        let all: Vec<usize> = among.map_or_else(|| (0..self.guesses.len()).collect(), <[usize]>::to_vec);
        let best = all.iter().filter_map(|column| ranked(*column)).min();
        all.into_iter().filter(|column| best.is_some() && ranked(*column) == best).collect()
    }

    /// Columns of single values that are nothing else and repeat their values: dictionaries first, then text, then codes.
    fn likely_labels(&self) -> Vec<usize> {
        let open: Vec<usize> =
            self.with_role(None).into_iter().filter(|column| !self.guesses[*column].kind.is_list()).collect();
        let is = |kind: &ColumnKind| {
            open.iter().copied().filter(|column| self.guesses[*column].kind == *kind).collect::<Vec<usize>>()
        };
        let dictionaries: Vec<usize> =
            open.iter().copied().filter(|column| self.table.columns[*column].declared.is_dictionary).collect();
        let repeating =
            |columns: Vec<usize>| columns.into_iter().filter(|column| self.repeats(*column)).collect::<Vec<usize>>();
        let (texts, integers) = (is(&ColumnKind::Text), is(&ColumnKind::Integer));
        let repeated = [repeating(texts.clone()), repeating(integers.clone()), is(&ColumnKind::Boolean)];
        let steps = [dictionaries].into_iter().chain(repeated).chain([texts, integers]);
        steps.into_iter().find(|columns: &Vec<usize>| !columns.is_empty()).unwrap_or_default()
    }

    fn repeats(&self, column: usize) -> bool {
        let cells: Vec<&str> =
            self.table.sample[column].iter().flatten().map(String::as_str).filter(|cell| !is_missing(cell)).collect();
        let distinct: HashSet<&str> = cells.iter().copied().collect();
        2 * distinct.len() <= cells.len()
    }

    /// The columns that are features or predictions, and why.
    fn numbers(&self, role: Role) -> Result<(Vec<usize>, String)> {
        let told = if role == Role::Feature { &self.choice.columns.features } else { &self.choice.columns.predictions };
        if let Some(name) = &self.choice.array {
            return Ok((vec![self.table.position(name)?], "as told".into()));
        }
        let told: Vec<usize> = told.iter().filter_map(|name| self.table.position(name).ok()).collect();
        if !told.is_empty() {
            return Ok((told, "as told".into()));
        }
        let open = self.with_role(None);
        let lists: Vec<usize> = open.iter().copied().filter(|column| self.guesses[*column].kind.is_list()).collect();
        match (&lists[..], &self.telling(&lists, role)[..]) {
            (&[list], _) | (_, &[list]) => return Ok((vec![list], String::new())),
            ([], _) => {}
            _ => {
                return Err(
                    self.unnamed(&format!("several columns hold lists of numbers: name the {}", self.option(role)))
                );
            }
        }
        let singles: Vec<usize> =
            open.into_iter().filter(|column| self.guesses[*column].kind.is_scalar_number()).collect();
        let singles = self.of_common_beginning(singles, role);
        match singles.is_empty() {
            false => Ok((singles, String::new())),
            true => self.last_resort(role),
        }
    }

    fn option(&self, role: Role) -> &'static str {
        if role == Role::Feature { "one to read with --embeddings-key" } else { "one to read with --predictions-key" }
    }

    /// Columns of lists whose name tells that they are wanted.
    fn telling(&self, lists: &[usize], role: Role) -> Vec<usize> {
        let words: &[&str] = match role {
            Role::Feature => {
                &["embedding", "embeddings", "features", "feature", "vector", "emb", "x", "embed", "hidden_state"]
            }
            _ => &["pred_probs", "probs", "probabilities", "predictions", "pred_prob", "proba", "logits", "scores"],
        };
        lists.iter().copied().filter(|column| words.contains(&folded(self.name(*column)).as_str())).collect()
    }

    /// Of predictions, those that begin as predictions commonly do, where there are two or more.
    fn of_common_beginning(&self, columns: Vec<usize>, role: Role) -> Vec<usize> {
        const BEGINNINGS: [&str; 12] = [
            "prob_",
            "probs_",
            "proba_",
            "pred_prob_",
            "p_",
            "pred_",
            "prediction_",
            "logit_",
            "logits_",
            "score_",
            "prob.",
            "prob ",
        ];
        if role != Role::Prediction {
            return columns;
        }
        let of = |beginning: &str| -> Vec<usize> {
            columns.iter().copied().filter(|column| folded(self.name(*column)).starts_with(beginning)).collect()
        };
        BEGINNINGS.into_iter().map(of).find(|found| found.len() > 1).unwrap_or(columns)
    }

    /// Where nothing else is left, a column that counts is what there is.
    fn last_resort(&self, role: Role) -> Result<(Vec<usize>, String)> {
        let counting = |column: &usize| self.guesses[*column].because == "counts its rows";
        let counted: Vec<usize> = self.with_role(Some(Role::Id)).into_iter().filter(counting).collect();
        if !counted.is_empty() {
            return Ok((counted, "the only numbers there are".into()));
        }
        let what = if role == Role::Feature { "features" } else { "predictions" };
        Err(self.unnamed(&format!("no column is left that can be {what} (numbers, or lists of numbers)")))
    }

    fn settled(self, chosen: Vec<usize>, because: String, purpose: Purpose) -> Roles {
        let role = match purpose {
            Purpose::Features => Role::Feature,
            Purpose::Labels => Role::Label,
            Purpose::Predictions => Role::Prediction,
            Purpose::Samples => Role::LeftOut,
        };
        let lists = chosen.iter().any(|column| self.guesses[*column].kind.is_list());
        let column = |(number, guess): (usize, Guess)| {
            let name = self.table.columns[number].name.clone();
            if chosen.contains(&number) {
                return ReadColumn { name, role, because: because.clone() };
            }
            let (role, because) = settle(guess, purpose, lists, self.table.sample[number].as_slice());
            ReadColumn { name, role, because }
        };
        let id = self.id.filter(|id| !chosen.contains(id));
        let columns = self.guesses.into_iter().enumerate().map(column).collect();
        Roles { chosen, columns, id }
    }
}

/// What a column that is not read for the purpose is.
fn settle(guess: Guess, purpose: Purpose, lists: bool, cells: &[Option<String>]) -> (Role, String) {
    match (guess.role, purpose) {
        (Some(role), _) => (role, guess.because),
        (None, Purpose::Samples) => (Role::LeftOut, guess.kind.words().into()),
        (None, Purpose::Labels) if guess.kind.is_scalar_number() || guess.kind.is_list() => {
            (Role::LeftOut, NO_LABEL.into())
        }
        (None, _) if guess.kind == ColumnKind::Text => (Role::Text, example(cells)),
        (None, _) if lists => (Role::LeftOut, "beside a list of numbers".into()),
        (None, _) => (Role::LeftOut, guess.kind.words().into()),
    }
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
