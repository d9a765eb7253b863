//! What the posterior over a table says in the end.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::model::Classes;
use crate::steps::batches::{double, doubles, names, ranked, wholes};
use crate::steps::judging::notes;
use crate::steps::labels::Written;
use crate::steps::report::{flagged_first, listed};
use crate::steps::run::Steps;

/// One class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PosteriorClassFigures {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// Mean probability that their labels are right.
    pub quality: f64,
    /// How many of its rows are flagged.
    pub flagged: u64,
}

/// What a run found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PosteriorReport {
    /// Rows that have a label.
    pub rows: u64,
    /// Rows without one, which were left alone.
    pub unlabeled: u64,
    /// The number of features d.
    pub features: usize,
    /// The shrinkage that was chosen.
    pub shrinkage: f64,
    /// Rows left out of each later fit of the classes.
    pub dropped: Vec<u64>,
    /// Rows that the model of the label noise was fitted to.
    pub fitted_rows: u64,
    /// Location of the fitted model, with which `mislabel_posterior` and `mislabel-worker score` judge other rows.
    pub model: String,
    /// The expected share of wrong labels, in [0, 1].
    pub noise_rate: f64,
    /// Rows whose labels are more likely wrong than right.
    pub flagged: u64,
    /// How many of them are expected to be wrong, as a share; `None` where none is flagged.
    pub precision: Option<f64>,
    /// Every class, in the order of codes.
    pub classes: Vec<PosteriorClassFigures>,
    /// The most suspect rows, the first first.
    pub suspects: Vec<super::ConfidentSuspect>,
    /// Folder with a row for every sample: `id`, `label`, `suggested`, `quality`, `is_issue`.
    pub table: String,
    /// What should be known of how it was come by.
    pub notes: Vec<String>,
}

/// What was come to, with the table of what it says of all rows.
pub(super) struct Accepted {
    pub(super) shrinkage: f64,
    pub(super) dropped: Vec<u64>,
    /// The fit of the label noise, as functions name it, and to how many rows.
    pub(super) fitted: (String, u64),
    /// The folder of that table.
    pub(super) scores: String,
    pub(super) top: usize,
}

impl Accepted {
    /// Writes all rows, and says what was found.
    pub(super) async fn report(self, steps: &Steps<'_>, classes: &Classes) -> Result<PosteriorReport> {
        steps.known("mislabel_scores", &self.scores).await?;
        let Written { id, label, suggested } = steps.samples.written("s");
        let all = format!(
            "SELECT {id} AS id, {label} AS label, {suggested} AS suggested, s.quality AS quality, s.quality < 0.5 AS is_issue FROM \
             (SELECT id, label, quality, CASE WHEN quality < 0.5 THEN other ELSE suggested END AS suggested FROM mislabel_scores) s"
        );
        steps.written_all("writing all rows", &all, "issues", classes.rows()).await?;
        steps.known("mislabel_issues", "issues").await?;
        let means = "SELECT mislabel_mean_probability(quality) AS quality FROM mislabel_issues";
        let noise_rate = 1.0 - double(&steps.engine.rows("estimating the noise rate", means).await?, "quality")?;
        let figures = figures(steps, classes).await?;
        let flagged = figures.iter().map(|class| class.flagged).sum();
        let precision = match flagged {
            0 => None,
            _ => {
                let mean = "SELECT mislabel_mean_probability(quality) AS quality FROM mislabel_issues WHERE is_issue";
                Some(1.0 - double(&steps.engine.rows("weighing flags", mean).await?, "quality")?)
            }
        };
        let top = format!(
            "SELECT id, label, suggested, quality FROM mislabel_issues ORDER BY quality, id LIMIT {}",
            self.top
        );
        let suspects = ranked(&steps.engine.rows("ranking", &top).await?)?;
        Ok(PosteriorReport {
            rows: classes.rows(),
            unlabeled: classes.unlabeled,
            features: classes.features,
            shrinkage: self.shrinkage,
            dropped: self.dropped,
            fitted_rows: self.fitted.1,
            model: self.fitted.0.split('#').next().unwrap_or_default().to_owned(),
            noise_rate,
            flagged,
            precision,
            classes: figures,
            suspects: suspects.into_iter().map(super::confident::suspect).collect(),
            table: steps.store.location_of("issues"),
            notes: notes(classes, steps.samples.layout),
        })
    }
}

async fn figures(steps: &Steps<'_>, classes: &Classes) -> Result<Vec<PosteriorClassFigures>> {
    let by_class = "SELECT label, mislabel_mean_probability(quality) AS quality, sum(CASE WHEN is_issue THEN 1 ELSE 0 END) AS flagged \
                    FROM mislabel_issues GROUP BY label";
    let mut found = Vec::new();
    for batch in steps.engine.rows("measuring classes", by_class).await? {
        let names = names(&batch, 0)?.into_iter().flatten();
        for ((name, quality), flagged) in names.zip(doubles(&batch, 1)).zip(wholes(&batch, 2)) {
            let code = classes.code(&name)?;
            let rows = classes.counts[code as usize];
            found.push((code, PosteriorClassFigures { name, rows, quality, flagged: flagged as u64 }));
        }
    }
    found.sort_by_key(|(code, _)| *code);
    Ok(found.into_iter().map(|(_, class)| class).collect())
}

impl PosteriorReport {
    /// The report in a few lines.
    pub fn text(&self) -> String {
        let mut lines = vec![flagged_first(self.flagged, self.rows)];
        if let Some(precision) = self.precision {
            lines.push(format!("About {:.0}% of these flags will be right.", 100.0 * precision));
        }
        lines.push(format!("Noise rate: {:.2}%.", 100.0 * self.noise_rate));
        let (names, d) = (self.classes.iter().map(|class| class.name.as_str()), self.features);
        lines.push(format!("Read: {} rows of {d} features, {}.", self.rows, listed(names.collect())));
        if self.unlabeled > 0 {
            lines.push(format!("{} rows without a label were left alone.", self.unlabeled));
        }
        if self.fitted_rows < self.rows {
            lines.push(format!("The label noise was learnt from {} rows drawn by their ids.", self.fitted_rows));
        }
        let worst = self.classes.iter().min_by(|one, other| one.quality.total_cmp(&other.quality));
        if let Some(worst) = worst.filter(|worst| worst.flagged > 0) {
            lines.push(format!(
                "Class of the lowest label quality: {} (mean {:.3}, {} flagged).",
                worst.name, worst.quality, worst.flagged
            ));
        }
        lines.extend(self.notes.iter().cloned());
        lines.push(format!("All rows: {}", self.table));
        lines.push(format!("Model, for other rows: {}", self.model));
        if !self.suspects.is_empty() {
            lines.push("Most suspect (id: given, suggested, probability that the label is right):".to_owned());
        }
        let suspects = self.suspects.iter().take(10);
        lines.extend(suspects.map(|row| format!("  {}: {}, {}, {:.3}", row.id, row.label, row.suggested, row.quality)));
        lines.join("\n")
    }
}
