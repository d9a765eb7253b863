//! Rows drawn by their ids, so that the same ones are drawn from whatever files they lie in.

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::Float32Type;
use mislabel_core::Labels;
use ndarray::Array2;

use crate::error::{Error, Result};
use crate::model::Classes;
use crate::steps::batches::{doubles, names};
use crate::steps::run::Steps;
use crate::table::Samples;

/// Drawn rows, in the order of their draws, `(m, d)`, and the codes of their labels, `(m,)`.
pub(super) struct Drawn {
    pub(super) rows: Array2<f32>,
    pub(super) codes: Vec<u32>,
}

impl Drawn {
    /// The labels among k classes.
    pub(super) fn labels(&self, classes: usize) -> Result<Labels> {
        Ok(Labels::new(self.codes.clone(), classes)?)
    }
}

/// The share of so many rows below which draws are looked at, so that `wanted` of them are almost surely there; 2 for all.
pub(super) fn share(wanted: usize, of: u64) -> f64 {
    let wanted = wanted as f64;
    let share = (wanted + 8.0 * wanted.sqrt() + 8.0) / (of as f64).max(1.0);
    if share < 1.0 { share } else { 2.0 }
}

/// The rows of least draws of all classes together, `wanted` of them or all that there are.
pub(super) async fn drawn(steps: &Steps<'_>, classes: &Classes, (wanted, seed): (usize, u64)) -> Result<Drawn> {
    let below = format!("{:e}", share(wanted, classes.rows()));
    let rows = below_draw(steps, &below, seed).await?;
    gathered(rows.into_iter().take(wanted), classes)
}

/// The rows of least draws of each of some classes, `of_class` of each or all that there are.
pub(super) async fn drawn_of(
    steps: &Steps<'_>,
    classes: &Classes,
    (codes, of_class, seed): (&[u32], usize, u64),
) -> Result<Drawn> {
    let case = |code: &u32| {
        let (name, count) = (&classes.names[*code as usize], classes.counts[*code as usize]);
        format!(" WHEN {} THEN {:e}", steps.samples.label_literal(name), share(of_class, count))
    };
    let cases: String = codes.iter().map(case).collect();
    let below = format!("CASE {}{cases} ELSE -1.0 END", steps.samples.label);
    let mut taken = vec![0; classes.names.len()];
    let mut some = Vec::new();
    for row in below_draw(steps, &below, seed).await? {
        let code = classes.code(&row.label)? as usize;
        if taken[code] < of_class {
            taken[code] += 1;
            some.push(row);
        }
    }
    gathered(some.into_iter(), classes)
}

struct Row {
    draw: f64,
    id: String,
    label: String,
    features: Vec<f32>,
}

/// All rows whose draw is below what an expression says, by draws.
async fn below_draw(steps: &Steps<'_>, below: &str, seed: u64) -> Result<Vec<Row>> {
    let Samples { table, id, label, embedding, .. } = steps.samples;
    let sql = format!(
        "SELECT mislabel_draw({id}, {seed}) AS draw, {id} AS id, {label} AS label, {embedding} AS embedding FROM {table} \
         WHERE {label} IS NOT NULL AND mislabel_draw({id}, {seed}) < {below}"
    );
    let mut all = Vec::new();
    for batch in steps.engine.rows("drawing rows", &sql).await? {
        all.append(&mut rows(&batch)?);
    }
    all.sort_by(|one, other| one.draw.total_cmp(&other.draw).then_with(|| one.id.cmp(&other.id)));
    Ok(all)
}

fn rows(batch: &RecordBatch) -> Result<Vec<Row>> {
    let (draws, ids, labels) = (doubles(batch, 0), names(batch, 1)?, names(batch, 2)?);
    let lists = batch.column(3).as_fixed_size_list();
    let row = |(at, ((draw, id), label)): (usize, ((f64, Option<String>), Option<String>))| {
        let id = id.unwrap_or_default();
        let list = lists.is_valid(at).then(|| lists.value(at));
        let list = list.ok_or_else(|| Error::Input(format!("the row with id {id}: the embedding is null")))?;
        let values = list.as_primitive::<Float32Type>();
        let features: Vec<f32> = values.values().to_vec();
        if values.null_count() > 0 || features.iter().any(|value| !value.is_finite()) {
            return Err(Error::Input(format!("the row with id {id}: its embedding holds a number that is not finite")));
        }
        Ok(Row { draw, id, label: label.unwrap_or_default(), features })
    };
    draws.into_iter().zip(ids).zip(labels).enumerate().map(row).collect()
}

fn gathered(some: impl Iterator<Item = Row>, classes: &Classes) -> Result<Drawn> {
    let (mut values, mut codes) = (Vec::new(), Vec::new());
    for row in some {
        codes.push(classes.code(&row.label)?);
        values.extend(row.features);
    }
    let rows = Array2::from_shape_vec((codes.len(), classes.features), values)
        .map_err(|error| Error::Damaged(format!("drawn rows: {error}")))?;
    Ok(Drawn { rows, codes })
}
