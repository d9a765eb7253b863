//! Sums of classes, and the work that is done with them.

use std::collections::HashMap;

use datafusion::arrow::array::RecordBatch;
use mislabel_reconstruct::RowSums;

use crate::error::{Error, Result};
use crate::functions::{Done, Task, Work, sums_object};
use crate::model::{Classes, VERSION, from_json};
use crate::session::quoted;
use crate::steps::batches::{literal, names};
use crate::steps::run::Steps;
use crate::table::{Layout, Samples};

/// Bytes of sums that are moved together where rows lie by class.
const SUMS_AT_ONCE: usize = 64 << 20;

/// Classes whose means give the point that is subtracted from rows.
const CENTERED: usize = 256;

/// Writes the sums of all classes, of all rows or of those in a folder of dropped ones, and makes sure that each was written
/// once and of as many rows as there are. How many rows each has.
pub(super) async fn sums(
    steps: &Steps<'_>,
    classes: &Classes,
    folder: &str,
    dropped: Option<&str>,
) -> Result<Vec<(u32, u64)>> {
    let Samples { table, id, label, embedding, .. } = steps.samples;
    steps.store.clear(folder).await?;
    let task = Task {
        version: VERSION.to_owned(),
        work: steps.store.location().to_owned(),
        sums: folder.to_owned(),
        without: None,
        fewer: Vec::new(),
        what: Work::Variance,
    };
    let only = dropped.map_or_else(String::new, |named| {
        format!(" AND mislabel_without({id}, {}, {})", quoted(steps.store.location()), quoted(named))
    });
    let mut done = Vec::new();
    for range in ranges(steps.samples, classes) {
        let sql = format!(
            "SELECT mislabel_keep_sums(label, sums, {}) AS done FROM (SELECT {label} AS label, class_moments({embedding}, {}) AS \
             sums FROM {table} WHERE {label} IS NOT NULL{only}{range} GROUP BY {label})",
            literal(&task)?,
            classes.bits
        );
        done.extend(answers(&steps.engine.rows("summing classes", &sql).await?)?);
    }
    let mut seen = HashMap::new();
    for done in &done {
        if seen.insert(done.code, done.count).is_some() {
            let name = &classes.names[done.code as usize];
            return Err(Error::Input(format!(
                "class {name} was summed twice: the files are not sorted by label as was said"
            )));
        }
    }
    for (code, count) in classes.counts.iter().enumerate().filter(|_| dropped.is_none()) {
        let found = seen.get(&(code as u32)).copied().unwrap_or(0);
        if found != *count {
            let name = &classes.names[code];
            return Err(Error::Lost(format!(
                "{found} of {count} rows of class {name} were summed: did the table change?"
            )));
        }
    }
    let mut counts: Vec<(u32, u64)> = seen.into_iter().collect();
    counts.sort_unstable();
    Ok(counts)
}

/// Conditions that part the classes, so that the sums of one part are few enough to be moved at once. Where rows lie by class,
/// each part reads its own files alone; else there is one part.
fn ranges(samples: &Samples, classes: &Classes) -> Vec<String> {
    let together = match samples.layout {
        Layout::Any => classes.names.len(),
        Layout::Sorted | Layout::Hive => (SUMS_AT_ONCE / (8 * RowSums::entries_of(classes.features))).max(1),
    };
    let parts: Vec<&[String]> = classes.names.chunks(together).collect();
    let range = |part: &&[String]| match (part.first(), part.last()) {
        (Some(first), Some(last)) if parts.len() > 1 => {
            format!(
                " AND {} BETWEEN {} AND {}",
                samples.label,
                samples.label_literal(first),
                samples.label_literal(last)
            )
        }
        _ => String::new(),
    };
    parts.iter().map(range).collect()
}

/// Has a task done for every class; what it says of each, in order.
pub(super) async fn worked(steps: &Steps<'_>, classes: &Classes, doing: &str, task: &Task) -> Result<Vec<Done>> {
    let sql = format!("SELECT mislabel_work(code, {}) AS done FROM mislabel_classes", literal(task)?);
    let mut done = answers(&steps.engine.rows(doing, &sql).await?)?;
    done.sort_by_key(|done| done.code);
    done.dedup();
    if done.len() != classes.names.len() || done.iter().enumerate().any(|(code, done)| done.code as usize != code) {
        return Err(Error::Lost(format!("{doing}: {} answers for {} classes", done.len(), classes.names.len())));
    }
    Ok(done)
}

/// A point in the middle of all rows: the mean of some classes.
pub(super) async fn center(steps: &Steps<'_>, classes: &Classes) -> Result<Vec<f64>> {
    let d = classes.features;
    let (mut sums, mut rows) = (vec![0.0; d], 0.0);
    for code in 0..classes.names.len().min(CENTERED) {
        let bytes = steps.store.head(&sums_object("sums", code as u32), 8 * (1 + d as u64)).await?;
        let entries: Vec<i64> = bytes.as_chunks::<8>().0.iter().map(|word| i64::from_le_bytes(*word)).collect();
        rows += entries[0] as f64;
        sums.iter_mut().zip(&entries[1..]).for_each(|(sum, entry)| *sum += *entry as f64);
    }
    let unit = rows * f64::from(1_u32 << classes.bits);
    Ok(sums.into_iter().map(|sum| sum / unit).collect())
}

fn answers(batches: &[RecordBatch]) -> Result<Vec<Done>> {
    let mut all = Vec::new();
    for batch in batches {
        for answer in names(batch, 0)?.iter().flatten() {
            all.push(from_json(answer.as_bytes(), "the answer of a task")?);
        }
    }
    Ok(all)
}
