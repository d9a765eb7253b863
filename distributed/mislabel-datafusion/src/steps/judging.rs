//! What all scores say: noise rate, threshold, difficulty, issues.

use datafusion::arrow::array::RecordBatch;
use mislabel_rer::{NoiseRate, Threshold};

use crate::error::Result;
use crate::functions::quantile;
use crate::model::{Classes, own_models_memory};
use crate::session::quoted;
use crate::steps::batches::{Ranked, binary, double, doubles, names, ranked, whole, wholes};
use crate::steps::detection::{Detection, SUMMED};
use crate::steps::labels::{MOST_CHECKED_IDS, Written};
use crate::steps::report::{ClassFigures, Report, Suspect};
use crate::steps::run::Steps;
use crate::table::{Layout, Samples};

/// Shares at which the report gives quantiles of χ.
const SHARES: [f64; 5] = [0.01, 0.25, 0.5, 0.75, 0.99];

impl Detection {
    pub(super) async fn report(
        &self,
        steps: &Steps<'_>,
        classes: &Classes,
        model: &str,
        (dropped, alphas, notes): (Vec<u64>, Vec<f64>, Vec<String>),
    ) -> Result<Report> {
        let engine = steps.engine;
        let histogram = "SELECT mislabel_histogram(greatest(own, least)) AS h FROM mislabel_scores";
        let errors = binary(&engine.rows("measuring errors", histogram).await?, "h")?;
        // Errors below 2⁻²³ of the median are rounding, as in mislabel-rer; and those below what rounding moves the mean of rows that
        // are all alike.
        let rounding = (classes.features as f64).sqrt() / f64::from(1_u32 << classes.bits);
        let floor = quantile(&errors, 0.5).map_or(rounding, |median| (median * f64::from(f32::EPSILON)).max(rounding));
        let ratio = |above: &str, below: &str| {
            format!("greatest(1e-12, least(1e12, greatest({above}, {floor:e}) / greatest({below}, {floor:e})))")
        };
        let chi = ratio("own", "least");
        let sql = format!(
            "SELECT mislabel_mean({chi}) AS difficulty, max({chi}) AS largest, \
             sum(CASE WHEN {chi} > 1.0 THEN 1 ELSE 0 END) AS above, mislabel_histogram({chi}) AS h FROM mislabel_scores"
        );
        let rows = engine.rows("measuring ratios", &sql).await?;
        let (difficulty, largest) = (double(&rows, "difficulty")?, double(&rows, "largest")?);
        let (above, ratios) = (whole(&rows, "above")?, binary(&rows, "h")?);

        let (chi_0, chi_rand, noise_rows) = self.shares(steps, classes, model, &ratio).await?;
        let noise = NoiseRate::from_shares(chi_0, chi_rand);
        let threshold = match self.threshold {
            Threshold::Fixed(value) => value,
            _ => Threshold::published(largest, &noise)?,
        };
        let by_class = format!(
            "SELECT label, mislabel_mean({chi}) AS difficulty, sum(CASE WHEN {chi} > {threshold:e} THEN 1 ELSE 0 END) AS flagged \
             FROM mislabel_scores GROUP BY label"
        );
        let by_class = figures(classes, &engine.rows("measuring classes", &by_class).await?)?;
        let Written { id, label, suggested } = steps.samples.written("mislabel_scores");
        let all = format!(
            "SELECT {id} AS id, {label} AS label, {suggested} AS suggested, {chi} AS ratio, 1.0 / (1.0 + {chi}) AS quality, {chi} > {threshold:e} AS is_issue \
             FROM mislabel_scores"
        );
        steps.written_all("writing all rows", &all, "issues", classes.rows()).await?;
        let top = format!(
            "SELECT id, label, suggested, {chi} AS ratio FROM mislabel_scores ORDER BY ratio DESC, id LIMIT {}",
            self.top
        );
        let suspects = ranked(&engine.rows("ranking", &top).await?)?.into_iter().map(suspect).collect();
        Ok(Report {
            rows: classes.rows(),
            unlabeled: classes.unlabeled,
            features: classes.features,
            dropped,
            alphas,
            chi_0,
            chi_rand,
            noise_rows,
            noise_rate: noise.rate(),
            threshold,
            flagged: by_class.iter().map(|class| class.flagged).sum(),
            share_above_one: above as f64 / classes.rows() as f64,
            difficulty,
            quantiles: SHARES.iter().filter_map(|share| Some((*share, quantile(&ratios, *share)?))).collect(),
            classes: by_class,
            suspects,
            table: steps.store.location_of("issues"),
            notes,
        })
    }

    /// χ₀, χ_rand, and of how many rows: of all whose errors under all classes are summed, or of a sample.
    async fn shares(
        &self,
        steps: &Steps<'_>,
        classes: &Classes,
        model: &str,
        ratio: &(dyn Fn(&str, &str) -> String + Sync),
    ) -> Result<(f64, f64, u64)> {
        let rest = format!("((sum - least(own, least)) / {})", classes.names.len() - 1);
        let means = |from: &str| {
            let (own, least) = (ratio("own", &rest), ratio("least(own, least)", &rest));
            format!(
                "SELECT mislabel_mean({own}) AS chi_0, mislabel_mean({least}) AS chi_rand, count(sum) AS summed FROM {from}"
            )
        };
        let stored = "mislabel_scores WHERE sum IS NOT NULL";
        let rows = steps.engine.rows("estimating the noise rate", &means(stored)).await?;
        let summed = whole(&rows, "summed")?;
        if summed > 0 {
            return Ok((double(&rows, "chi_0")?, double(&rows, "chi_rand")?, summed));
        }
        let Samples { table, id, label, embedding, .. } = steps.samples;
        let share = SUMMED / classes.rows() as f64;
        let from = format!(
            "(SELECT get_field(s, 'own') AS own, get_field(s, 'least') AS least, get_field(s, 'sum') AS sum FROM (SELECT mislabel_rer_all({embedding}, {label}, {}, \
             {id}) AS s FROM {table} WHERE {label} IS NOT NULL AND mislabel_draw({id}, {}) < {share:e}))",
            quoted(model),
            self.seed
        );
        let rows = steps.engine.rows("estimating the noise rate", &means(&from)).await?;
        Ok((double(&rows, "chi_0")?, double(&rows, "chi_rand")?, whole(&rows, "summed")?))
    }
}

fn figures(classes: &Classes, batches: &[RecordBatch]) -> Result<Vec<ClassFigures>> {
    let mut found = Vec::new();
    for batch in batches {
        let names = names(batch, 0)?.into_iter().flatten();
        for ((name, difficulty), flagged) in names.zip(doubles(batch, 1)).zip(wholes(batch, 2)) {
            let code = classes.code(&name)?;
            let rows = classes.counts[code as usize];
            found.push((code, ClassFigures { name, rows, difficulty, flagged: flagged as u64 }));
        }
    }
    found.sort_by_key(|(code, _)| *code);
    Ok(found.into_iter().map(|(_, class)| class).collect())
}

fn suspect(([id, label, suggested], ratio): Ranked) -> Suspect {
    Suspect { id, label, suggested, ratio }
}

/// What should be said of how the table lies.
pub(super) fn notes(classes: &Classes, layout: Layout) -> Vec<String> {
    let d = classes.features as u64;
    let k = classes.names.len() as u64;
    let (states, own) = (k * 4 * d * (d + 1), k * 8 * d * (d + 1));
    let mut notes = Vec::new();
    if classes.rows() > MOST_CHECKED_IDS {
        notes.push("Ids were not looked through for doubles: rows are too many.".to_owned());
    }
    if layout == Layout::Any && states > 1 << 30 {
        notes.push(format!(
            "Sums of all {k} classes were held for every part of the table: {:.1} GB each. Files sorted by label (--layout sorted) \
             need those of one class.",
            states as f64 / 1e9
        ));
    }
    if layout == Layout::Any && own > own_models_memory() {
        notes.push(format!(
            "Models of the classes' own samples take {:.1} GB, of which a process keeps {:.1}: they were read again and again. Sort \
             the files by label (--layout sorted), or give more memory (--own-models-memory).",
            own as f64 / 1e9,
            own_models_memory() as f64 / 1e9
        ));
    }
    notes
}
