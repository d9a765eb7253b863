//! Which columns of a table are read for a purpose.

use std::collections::HashSet;

use crate::choice::ReadOptions;
use crate::error::{Error, Result};
use crate::table::column::ColumnKind;
use crate::table::dataset::Table;
use crate::table::guess::Guess;
use crate::table::names::{folded, is_missing, label_rank};
use crate::table::numbering::{COUNTS, Numbering};
use crate::table::role::Role;

/// A table whose columns are told apart.
pub(crate) struct Judge<'a> {
    pub(crate) table: &'a Table,
    choice: &'a ReadOptions,
    pub(crate) guesses: Vec<Guess>,
    /// The columns that tell the samples apart, best first, whatever the user wants left out of all else.
    ids: Vec<usize>,
}

impl<'a> Judge<'a> {
    /// What the columns are by `guesses`, and what the user says of them, which comes before everything.
    pub(crate) fn new(table: &'a Table, choice: &'a ReadOptions, guesses: Vec<Guess>) -> Result<Self> {
        let mut judge = Self { table, choice, guesses, ids: Vec::new() };
        judge.ids = judge.likely_ids();
        judge.obey()?;
        Ok(judge)
    }

    /// The columns that tell the samples apart, best first.
    pub(crate) fn ids(&self) -> &[usize] {
        &self.ids
    }

    fn name(&self, column: usize) -> &str {
        &self.table.columns[column].name
    }

    /// Ids, then paths, then what counts rows: a program may have written that after the rows were put in another order.
    fn likely_ids(&self) -> Vec<usize> {
        let ids = self.with_role(Some(Role::Id));
        let counts = |id: &usize| self.guesses[*id].because.ends_with(COUNTS);
        let (counting, others): (Vec<usize>, Vec<usize>) = ids.into_iter().partition(counts);
        [others, self.with_role(Some(Role::MediaPath)), counting].concat()
    }

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
                        self.ids = vec![column];
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
    pub(crate) fn labels(&self) -> Result<(usize, String)> {
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
    pub(crate) fn numbers(&self, role: Role) -> Result<(Vec<usize>, String)> {
        let told = if role == Role::Feature { &self.choice.columns.features } else { &self.choice.columns.predictions };
        if let Some(name) = &self.choice.array {
            return Ok((vec![self.table.position(name)?], "as told".into()));
        }
        let told: Vec<usize> = told.iter().map(|name| self.table.position(name)).collect::<Result<_>>()?;
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

    /// Where nothing else is left, a column that numbers the rows is what there is.
    fn last_resort(&self, role: Role) -> Result<(Vec<usize>, String)> {
        let has_name = |column: &usize| self.table.columns[*column].is_named || !self.table.has_names();
        let numbers_rows = |column: &usize| Numbering::is_reason(&self.guesses[*column].because) && has_name(column);
        let counted: Vec<usize> = self.with_role(Some(Role::Id)).into_iter().filter(numbers_rows).collect();
        if !counted.is_empty() {
            return Ok((counted, "the only numbers there are".into()));
        }
        let what = if role == Role::Feature { "features" } else { "predictions" };
        Err(self.unnamed(&format!("no column is left that can be {what} (numbers, or lists of numbers)")))
    }
}
