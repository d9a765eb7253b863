//! Trim and refit: the rows that a fit finds suspect.

use crate::error::{Error, Result};
use crate::model::Classes;
use crate::steps::batches::{names, wholes};
use crate::steps::detection::scores;
use crate::steps::run::Steps;
use crate::steps::sums::sums;

/// Rows left out of a fit.
#[derive(Clone, Debug)]
pub(super) struct LeftOut {
    /// Classes that have any.
    pub(super) classes: Vec<u32>,
    /// Folder of their sums.
    pub(super) sums: String,
    /// Folder of their ids.
    pub(super) folder: String,
    pub(super) rows: u64,
}

/// The rows that a fit finds suspect, and their sums.
pub(super) async fn left_out(
    steps: &Steps<'_>,
    classes: &Classes,
    model: &str,
    (round, threshold): (usize, f64),
) -> Result<LeftOut> {
    let folder = format!("round-{round}/suspects");
    let all = format!("round-{round}/scores");
    steps.step(&format!("errors-{round}"), scores(steps, classes, model, &all)).await?;
    let step = format!("suspects-{round}");
    let found = steps.step(&step, async {
        steps.known("mislabel_round", &all).await?;
        let query = format!("SELECT id, label, own, least FROM mislabel_round WHERE own > {threshold:e} * least");
        steps.written("looking for suspect rows", &query, &folder).await
    });
    let found = found.await?;
    let step = format!("dropped-{round}");
    let dropped = steps.step(&step, async {
        if found == 0 {
            return Ok((Vec::new(), folder.clone(), 0));
        }
        steps.known("mislabel_suspects", &folder).await?;
        half_stays(steps, classes, (round, &folder, found)).await
    });
    let (fewer, folder, rows) = dropped.await?;
    let sums_folder = format!("round-{round}/sums");
    if rows > 0 {
        // The count tells one filling of the folder from another.
        let named = format!("{folder}#{rows} of round {round} after {}", model.rsplit('#').next().unwrap_or(""));
        let out = sums(steps, classes, &sums_folder, Some(&named));
        let counts = steps.step(&format!("sums-without-{round}"), out).await?;
        let summed: u64 = counts.iter().map(|(_, count)| count).sum();
        if summed != rows {
            return Err(Error::Lost(format!("{summed} of {rows} dropped rows were summed: did the table change?")));
        }
    }
    Ok(LeftOut { classes: fewer, sums: sums_folder, folder, rows })
}

/// Drops suspects, but leaves at least half of every class, and two of it, its least suspect ones; of two that are as suspect,
/// the one with the lesser id stays. Classes that lose any, the folder of ids, and how many.
async fn half_stays(
    steps: &Steps<'_>,
    classes: &Classes,
    (round, folder, found): (usize, &str, u64),
) -> Result<(Vec<u32>, String, u64)> {
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
        return Ok((codes, folder.to_owned(), found));
    }
    limited.sort();
    let literal = |name: &str| steps.samples.label_literal(name);
    let listed: Vec<String> = limited.iter().map(|(name, _)| literal(name)).collect();
    let most: String = limited.iter().map(|(name, most)| format!(" WHEN {} THEN {most}", literal(name))).collect();
    let listed = listed.join(", ");
    let query = format!(
        "SELECT id, label FROM mislabel_suspects WHERE label NOT IN ({listed}) UNION ALL SELECT id, label FROM (SELECT id, label, \
         row_number() OVER (PARTITION BY label ORDER BY own / greatest(least, 2.2250738585072014e-308) DESC, id DESC) AS place \
         FROM mislabel_suspects WHERE label IN ({listed})) WHERE place <= CASE label{most} ELSE 0 END"
    );
    let folder = format!("round-{round}/dropped");
    let rows = steps.written("leaving half of every class", &query, &folder).await?;
    Ok((codes, folder, rows))
}
