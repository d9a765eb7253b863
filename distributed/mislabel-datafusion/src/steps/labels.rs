//! Labels and ids of a table, as every method counts and writes them.

use crate::error::{Error, Result};
use crate::session::quoted;
use crate::steps::batches::{names, wholes};
use crate::steps::run::Steps;
use crate::table::{Layout, Samples};

/// Ids of more rows than this are not looked through for doubles.
pub(super) const MOST_CHECKED_IDS: u64 = 10_000_000;

/// The folder that Hive and those who write like it put rows into whose label is null.
const HIVE_NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// The labels that occur, numbers by value and texts by their bytes.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    /// Each with its rows.
    pub(crate) classes: Vec<(String, u64)>,
    /// Rows without one.
    pub(crate) unlabeled: u64,
}

/// Counts labels, and refuses rows without an id, and ids that several rows have.
pub(super) async fn counted(steps: &Steps<'_>) -> Result<Counted> {
    let Samples { table, id, label, numbers, layout, .. } = steps.samples;
    let sql = format!("SELECT {label} AS label, count(*) AS n, count({id}) AS ids FROM {table} GROUP BY {label}");
    let mut counted = Counted::default();
    for batch in steps.engine.rows("counting classes", &sql).await? {
        for ((name, rows), ids) in names(&batch, 0)?.into_iter().zip(wholes(&batch, 1)).zip(wholes(&batch, 2)) {
            if rows != ids {
                let without = rows - ids;
                return Err(Error::Input(format!(
                    "{without} rows have no id (null in column {id}): every row needs one"
                )));
            }
            match name {
                Some(name) => counted.classes.push((name, rows as u64)),
                None => counted.unlabeled += rows as u64,
            }
        }
    }
    if let Some((nulls, rows)) = counted.classes.iter().find(|(name, _)| layout == &Layout::Hive && name == HIVE_NULL) {
        return Err(Error::Input(format!(
            "{rows} rows lie in a folder {}={nulls}, which is how writers store rows without a label: leave this folder out of the \
             table, for instance by moving it elsewhere",
            label.trim_matches('"')
        )));
    }
    match numbers {
        true => counted.classes.sort_by_key(|(name, _)| name.parse::<i128>().ok()),
        false => counted.classes.sort(),
    }
    if counted.classes.iter().map(|(_, rows)| rows).sum::<u64>() <= MOST_CHECKED_IDS {
        unique_ids(steps).await?;
    }
    Ok(counted)
}

/// Refuses ids that several rows have.
async fn unique_ids(steps: &Steps<'_>) -> Result<()> {
    let Samples { table, id, label, .. } = steps.samples;
    let sql = format!(
        "SELECT {id} AS id, count(*) AS n FROM {table} WHERE {label} IS NOT NULL GROUP BY {id} HAVING count(*) > 1 ORDER BY id LIMIT 1"
    );
    let twice = steps.engine.rows("looking for ids that occur twice", &sql).await?;
    let Some(batch) = twice.iter().find(|batch| batch.num_rows() > 0) else { return Ok(()) };
    let (id, rows) = (names(batch, 0)?[0].clone().unwrap_or_default(), wholes(batch, 1)[0]);
    Err(Error::Input(format!("{rows} rows have the id {id}: every row needs one of its own")))
}

/// Columns of the table of issues, as SQL.
pub(super) struct Written {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) suggested: String,
}

impl Samples {
    /// A label as SQL.
    pub(super) fn label_literal(&self, name: &str) -> String {
        if self.numbers { name.to_owned() } else { quoted(name) }
    }

    /// Columns `id`, `label` and `suggested` of the table called `table`, texts as any reader takes them, and the suggested class
    /// in the type of labels.
    pub(super) fn written(&self, table: &str) -> Written {
        let text = |column: &str| format!("arrow_cast({table}.{column}, 'Utf8')");
        let kept = |column: &str, number: bool| if number { format!("{table}.{column}") } else { text(column) };
        let suggested = if self.numbers { format!("CAST({table}.suggested AS BIGINT)") } else { text("suggested") };
        Written { id: kept("id", self.number_ids), label: kept("label", self.numbers), suggested }
    }
}
