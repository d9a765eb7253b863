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
use crate::table::text::cells::{comma_number, number};

/// Rows whose predictions are summed up.
const ROWS_SUMMED: usize = 100;
/// What rounding may take from or add to one probability.
const SLACK: f64 = 0.0051;
/// Columns of which some may stand beside the predictions.
const MOST_TRIED: usize = 300;

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

    /// Ids, then paths, then what counts rows: a program may have written that after the rows were put in another order.
    fn likely_ids(&self) -> Vec<usize> {
        let all = self.with_role(Some(Role::Id));
        let within = |id: &usize| self.table.columns[*id].is_within();
        let ids: Vec<usize> = all.iter().copied().filter(|id| !within(id) || all.iter().all(within)).collect();
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
        if let Some(problem) = self.one_hot() {
            return Err(self.unnamed(&problem));
        }
        let likely = self.likely_labels();
        match likely[..] {
            [column] => Ok((column, "the only column that can be".into())),
            _ => Err(self.unnamed("name the column of labels with --labels-key")),
        }
    }

    /// What to do about columns that have a 1 for the class of the sample and 0 for all others.
    fn one_hot(&self) -> Option<String> {
        let open = self.with_role(None);
        let numbers: Vec<usize> =
            open.iter().copied().filter(|column| self.guesses[*column].kind.is_scalar_number()).collect();
        let cell = |row: usize, column: &usize| match self.table.sample[*column].get(row)?.as_deref()? {
            "0" | "0.0" | "False" | "false" | "FALSE" => Some(0),
            "1" | "1.0" | "True" | "true" | "TRUE" => Some(1),
            _ => None,
        };
        let rows = numbers.first().map_or(0, |column| self.table.sample[*column].len());
        let ones = |row: usize| numbers.iter().map(|column| cell(row, column)).sum::<Option<usize>>();
        let is_one_hot = numbers.len() > 1 && numbers.len() == open.len() && rows > 1;
        (is_one_hot && (0..rows).all(|row| ones(row) == Some(1))).then(|| {
            "its columns have a 1 for the class of each row (one-hot): write one column with the class (in pandas idxmax(axis=1))"
                .into()
        })
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
            // What is within another column may be of that, and no label of the sample.
            label_rank(column.own_name()).map(|rank| (column.is_within(), rank)).filter(|_| column.is_named && !is_told)
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
        let open = self.outer(self.with_role(None));
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
        let singles = if role == Role::Prediction { self.of_one_distribution(singles) } else { singles };
        match singles.is_empty() {
            false => Ok((singles, String::new())),
            true => self.last_resort(role),
        }
    }

    /// Of columns of numbers or lists those that are in no other column; where there is none of these, all.
    fn outer(&self, columns: Vec<usize>) -> Vec<usize> {
        let counts = |column: &&usize| {
            let kind = &self.guesses[**column].kind;
            !self.table.columns[**column].is_within() && (kind.is_list() || kind.is_scalar_number())
        };
        match columns.iter().any(|column| counts(&column)) {
            true => columns.iter().filter(counts).copied().collect(),
            false => columns,
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
        lists
            .iter()
            .copied()
            .filter(|column| words.contains(&folded(self.table.columns[*column].own_name()).as_str()))
            .collect()
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
            columns
                .iter()
                .copied()
                .filter(|column| folded(self.table.columns[*column].own_name()).starts_with(beginning))
                .collect()
        };
        BEGINNINGS.into_iter().map(of).find(|found| found.len() > 1).unwrap_or(columns)
    }

    /// Of columns that do not sum to 1, those that do without what a program writes beside them: the number of the likeliest
    /// class, its probability, whether it is right.
    fn of_one_distribution(&self, columns: Vec<usize>) -> Vec<usize> {
        let values: Vec<Vec<f64>> = columns.iter().map(|column| self.numbers_of(*column)).collect();
        let sums_to_one = |left: &[usize]| {
            let rows = values.first().map_or(0, Vec::len);
            let sum =
                |row: usize| left.iter().map(|place| values[*place].get(row).copied().unwrap_or(f64::NAN)).sum::<f64>();
            left.len() > 1 && rows > 1 && (0..rows).all(|row| (sum(row) - 1.0).abs() < SLACK * left.len() as f64)
        };
        let all: Vec<usize> = (0..columns.len()).collect();
        if columns.len() > MOST_TRIED || sums_to_one(&all) {
            return columns;
        }
        let is_whole = |place: &usize| values[*place].iter().all(|value| value.fract() == 0.0);
        let fractions: Vec<usize> = all.iter().copied().filter(|place| !is_whole(place)).collect();
        let without = |places: &[usize], place: usize| -> Vec<usize> {
            places.iter().copied().filter(|other| *other != place).collect()
        };
        let tried = [all.clone(), fractions].into_iter().flat_map(|places| {
            let fewer: Vec<Vec<usize>> = places.iter().map(|place| without(&places, *place)).collect();
            [places].into_iter().chain(fewer)
        });
        let found = tried.into_iter().find(|places| sums_to_one(places));
        found.unwrap_or(all).into_iter().map(|place| columns[place]).collect()
    }

    /// The numbers of the first rows of a column; none where a cell is no number.
    fn numbers_of(&self, column: usize) -> Vec<f64> {
        let number = |cell: &Option<String>| match cell.as_deref()? {
            "True" | "true" | "TRUE" => Some(1.0),
            "False" | "false" | "FALSE" => Some(0.0),
            cell => number(cell).or_else(|| comma_number(cell)),
        };
        self.table.sample[column].iter().take(ROWS_SUMMED).map(number).collect::<Option<_>>().unwrap_or_default()
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
