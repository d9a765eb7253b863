//! Drop and refit: the rows that a fit finds suspect.

use crate::error::{Error, Result};
use crate::model::Classes;
use crate::steps::batches::{names, wholes};
use crate::steps::run::Steps;
use crate::steps::sums::sums;

/// Which rows a round doubts, by the table of what it said of all.
pub(super) struct Doubt<'a> {
    pub(super) round: usize,
    /// Folder of that table: `id`, `label`, `own`, `least`, and what else the condition names.
    pub(super) scores: &'a str,
    pub(super) condition: String,
}

/// Rows to leave out of a fit.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct Dropped {
    /// Classes that have any.
    classes: Vec<u32>,
    /// Folder of their ids.
    pub(super) folder: String,
    pub(super) rows: u64,
}

/// The same with their sums.
#[derive(Clone, Debug)]
pub(super) struct LeftOut {
    /// Classes that have any.
    pub(super) classes: Vec<u32>,
    /// Folder of their sums.
    pub(super) sums: String,
    /// Folder of their ids.
    pub(super) folder: String,
}

impl Doubt<'_> {
    /// The doubted rows, but for those that must stay: at least half of every class, and two of it.
    pub(super) async fn dropped(&self, steps: &Steps<'_>, classes: &Classes) -> Result<Dropped> {
        let round = self.round;
        let folder = format!("round-{round}/suspects");
        let step = format!("suspects-{round}");
        let found = steps.step(&step, async {
            steps.known("mislabel_round", self.scores).await?;
            let query = format!("SELECT id, label FROM mislabel_round WHERE {}", self.condition);
            steps.written("looking for suspect rows", &query, &folder).await
        });
        let found = found.await?;
        let step = format!("dropped-{round}");
        let dropped = steps.step(&step, async {
            if found == 0 {
                return Ok(Dropped { classes: Vec::new(), folder: folder.clone(), rows: 0 });
            }
            steps.known("mislabel_suspects", &folder).await?;
            steps.known("mislabel_round", self.scores).await?;
            self.half_stays(steps, classes, (&folder, found)).await
        });
        dropped.await
    }

    /// Drops suspects, but leaves at least half of every class, and two of it, its least suspect ones by χ; of two that are as
    /// suspect, the one with the lesser id stays.
    async fn half_stays(&self, steps: &Steps<'_>, classes: &Classes, (folder, found): (&str, u64)) -> Result<Dropped> {
        let sql = "SELECT label, count(*) AS n FROM mislabel_suspects GROUP BY label";
        let (mut codes, mut limited) = (Vec::new(), Vec::new());
        for batch in steps.engine.rows("counting suspects", sql).await? {
            for (name, count) in names(&batch, 0)?.into_iter().flatten().zip(wholes(&batch, 1)) {
                let code = classes.code(&name)?;
                let all = classes.counts[code as usize];
                let most = all - all.div_ceil(2).max(2).min(all);
                if count as u64 > most {
                    limited.push((name, most));
                }
                if most > 0 {
                    codes.push(code);
                }
            }
        }
        codes.sort_unstable();
        if limited.is_empty() {
            return Ok(Dropped { classes: codes, folder: folder.to_owned(), rows: found });
        }
        limited.sort();
        let literal = |name: &str| steps.samples.label_literal(name);
        let listed: Vec<String> = limited.iter().map(|(name, _)| literal(name)).collect();
        let most: String = limited.iter().map(|(name, most)| format!(" WHEN {} THEN {most}", literal(name))).collect();
        let listed = listed.join(", ");
        let query = format!(
            "SELECT id, label FROM mislabel_suspects WHERE label NOT IN ({listed}) UNION ALL SELECT id, label FROM (SELECT id, label, \
             row_number() OVER (PARTITION BY label ORDER BY own / greatest(least, 2.2250738585072014e-308) DESC, id DESC) AS place \
             FROM mislabel_round WHERE label IN ({listed})) WHERE place <= CASE label{most} ELSE 0 END"
        );
        let folder = format!("round-{}/dropped", self.round);
        let rows = steps.written("leaving half of every class", &query, &folder).await?;
        Ok(Dropped { classes: codes, folder, rows })
    }
}

impl Dropped {
    /// The folder as functions name it: the mark tells one filling of it from another.
    pub(super) fn named(&self, (round, model): (usize, &str)) -> String {
        let seal = model.rsplit('#').next().unwrap_or("");
        format!("{}#{} of round {round} after {seal}", self.folder, self.rows)
    }

    /// The same with their sums; `None` where nothing is dropped.
    pub(super) async fn summed(
        self,
        steps: &Steps<'_>,
        classes: &Classes,
        (round, model): (usize, &str),
    ) -> Result<Option<LeftOut>> {
        if self.rows == 0 {
            return Ok(None);
        }
        let folder = format!("round-{round}/sums");
        let named = self.named((round, model));
        let out = sums(steps, classes, &folder, Some(&named));
        let counts = steps.step(&format!("sums-without-{round}"), out).await?;
        let summed: u64 = counts.iter().map(|(_, count)| count).sum();
        if summed != self.rows {
            let dropped = self.rows;
            return Err(Error::Lost(format!("{summed} of {dropped} dropped rows were summed: did the table change?")));
        }
        Ok(Some(LeftOut { classes: self.classes, sums: folder, folder: self.folder }))
    }
}
