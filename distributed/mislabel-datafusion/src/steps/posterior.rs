//! The steps of the posterior.

use mislabel_core::{Embeddings, Run};
use mislabel_posterior::{PosteriorModel, ShrinkageSample, SoftLinearPosterior};
use mislabel_reconstruct::{NearestClasses, RowScaling, SoftLinear, Strangers};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::functions::{NearRow, SeenBy, evidence, near_rows};
use crate::model::{Classes, Noise, keep_strangers};
use crate::session::{Engine, quoted};
use crate::steps::batches::{doubles, names, wholes};
use crate::steps::detection::{SUMMED, classes, explained};
use crate::steps::drawing::{drawn, drawn_of, share};
use crate::steps::fitting::{Fit, Fitting};
use crate::steps::posterior_report::{Accepted, PosteriorReport};
use crate::steps::run::{Progress, Steps};
use crate::steps::sums::sums;
use crate::steps::trimming::{Doubt, Dropped, LeftOut};
use crate::table::{Samples, Table};

/// Rows of a class, on average, that the label noise is fitted to at least.
const FITTED_OF_CLASS: usize = 128;

/// The posterior over a table: what [`SoftLinearPosterior`] does in memory, as queries. The model of the label noise is fitted to some
/// of the rows where there are more than [`PosteriorModel::sample`], and judges all.
#[derive(Clone, Debug, PartialEq)]
pub struct PosteriorDetection {
    /// The method. Neighbors, rules, and intervals are not for tables; `scaling` is that to unit length, and nothing is trimmed by χ.
    pub method: SoftLinearPosterior,
    /// Location of everything that the run keeps; empty, or of the same run.
    pub work: String,
    /// Whether a run that is there is gone on with.
    pub resume: bool,
    /// How many of the most suspect rows the report lists.
    pub top: usize,
    /// Seed of the draws of rows.
    pub seed: u64,
}

/// A fit of the label noise.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct NoiseFit {
    /// As functions name it.
    pub(super) named: String,
    /// ln P(given labels | errors) of the rows that it was fitted to.
    likelihood: f64,
    /// How many they are.
    pub(super) rows: u64,
}

impl PosteriorDetection {
    /// With everything kept at `work`.
    pub fn new(work: impl Into<String>) -> Self {
        Self { method: SoftLinearPosterior::default(), work: work.into(), resume: false, top: 100, seed: 0 }
    }

    /// Runs all steps that were not taken before.
    ///
    /// # Errors
    /// [`Error::Input`] before anything is asked of the engine where parameters or columns cannot be; what the engine and the
    /// store say.
    pub async fn run(&self, engine: &Engine, table: &Table, progress: &dyn Progress) -> Result<PosteriorReport> {
        self.check()?;
        engine.handshake().await?;
        let samples = table.open(engine).await?;
        let parameters = format!("{:?}, seed {}", self.method, self.seed);
        let place = (self.work.as_str(), self.resume);
        let steps = Steps::begin(engine, (table, &samples), place, parameters, progress).await?;
        explained(&steps, table, self.taken(&steps).await).await
    }

    /// Checks all parameters, without looking at any table.
    ///
    /// # Errors
    /// [`Error::Input`] and [`Error::Method`], naming the parameter.
    pub fn check(&self) -> Result<()> {
        let SoftLinearPosterior { evidence, metric, shrinkages, neighbors, rule, interval, .. } = &self.method;
        for shrinkage in shrinkages.iter().chain([&evidence.model.shrinkage]) {
            SoftLinear { shrinkage: *shrinkage, ..evidence.model.clone() }.alpha_for(1, vec![1.0])?;
        }
        let refused = |what: &str| Err(Error::Input(format!("over a table the posterior takes no {what}")));
        if evidence.model.scaling != RowScaling::UnitNorm {
            return refused("other scaling than that of rows to unit length");
        }
        if metric.is_some() {
            return refused("shared metric");
        }
        if !evidence.model.trim.is_empty() {
            return refused("thresholds to trim by");
        }
        if neighbors.is_some() || rule.is_some() || *interval {
            return refused("neighbors, rule, or interval");
        }
        if evidence.width == 0 {
            return refused("width of 0");
        }
        Ok(())
    }

    async fn taken(&self, steps: &Steps<'_>) -> Result<PosteriorReport> {
        steps.step("classes", classes(steps)).await?;
        let classes = Classes::load(&steps.store).await?;
        steps.known("mislabel_classes", "classes").await?;
        steps.step("sums", sums(steps, &classes, "sums", None)).await?;
        let NearestClasses { width, strangers: wanted, .. } = self.method.evidence;
        let seen = match wanted {
            0 => None,
            wanted => Some(SeenBy { seal: steps.step("strangers", self.strangers(steps, &classes)).await?, wanted }),
        };
        let shrinkage = steps.step("shrinkage", self.shrinkage(steps, &classes)).await?;
        let model = SoftLinear { shrinkage, ..self.method.evidence.model.clone() };
        let width = width.min(classes.names.len() - 1);
        let fitting = Fitting { steps, classes: &classes, model: &model, nearest: Some((width, seen)) };
        let mut accepted = self.round(&fitting, (0, None)).await?;
        let mut scores = self.scores(steps, &classes, (0, &accepted.1)).await?;
        let mut worth_a_fit = 1;
        let mut last: Option<String> = None;
        let mut dropped = Vec::new();
        for round in 0..self.method.refits {
            let (fit, noise) = &accepted;
            let condition = format!("quality < 0.5 OR own > {:e} * least", SoftLinearPosterior::DOUBTFUL_RATIO);
            let out = Doubt { round, scores: &scores, condition }.dropped(steps, &classes).await?;
            let anew = steps.step(&format!("anew-{round}"), doubted_anew(steps, &out, last.as_deref())).await?;
            if anew < worth_a_fit {
                break;
            }
            let (rows, named) = (out.rows, out.named((round, &fit.named)));
            let Some(without) = out.summed(steps, &classes, (round, &fit.named)).await? else { break };
            let next = self.round(&fitting, (round + 1, Some(without))).await?;
            if next.1.likelihood <= noise.likelihood {
                break;
            }
            dropped.push(rows);
            last = Some(named);
            accepted = next;
            scores = self.scores(steps, &classes, (round + 1, &accepted.1)).await?;
            worth_a_fit = classes.rows() / SoftLinearPosterior::SHARE_WORTH_A_FIT as u64 + 1;
        }
        let NoiseFit { named, rows, .. } = accepted.1;
        let accepted = Accepted { shrinkage, dropped, fitted: (named, rows), scores, top: self.top };
        steps.reported(classes.rows(), accepted.report(steps, &classes)).await
    }

    /// Fits classes without some rows, and the label noise to their errors.
    async fn round(
        &self,
        fitting: &Fitting<'_>,
        (round, without): (usize, Option<LeftOut>),
    ) -> Result<(Fit, NoiseFit)> {
        let fit = fitting.fitted(round, without).await?;
        let noise = self.noise(fitting.steps, fitting.classes, (round, &fit.named));
        let noise = fitting.steps.step(&format!("noise-{round}"), noise).await?;
        Ok((fit, noise))
    }

    /// The seed of one of the draws, as SQL has numbers.
    fn seed_of(&self, draw: u64) -> u64 {
        self.seed.wrapping_add(draw) & (i64::MAX as u64)
    }

    /// Draws rows on which classes measure what they leave out; their seal.
    async fn strangers(&self, steps: &Steps<'_>, classes: &Classes) -> Result<String> {
        let seed = self.seed_of(1);
        let rows = drawn(steps, classes, (Strangers::CANDIDATES, seed)).await?;
        keep_strangers(&steps.store, rows.rows.view(), &rows.codes).await
    }

    /// The shrinkage under which labels of drawn rows are likeliest.
    async fn shrinkage(&self, steps: &Steps<'_>, classes: &Classes) -> Result<f64> {
        let SoftLinearPosterior { shrinkages, evidence, .. } = &self.method;
        if shrinkages.len() < 2 {
            return Ok(shrinkages.first().copied().unwrap_or(evidence.model.shrinkage));
        }
        let counts: Vec<usize> = classes.counts.iter().map(|count| *count as usize).collect();
        let Some(ShrinkageSample { classes: codes, of_class }) = ShrinkageSample::drawn(&counts, evidence.model.seed)
        else {
            return Ok(shrinkages[0]);
        };
        let seed = self.seed_of(2);
        let mut rows = drawn_of(steps, classes, (&codes, of_class, seed)).await?;
        // The classes that were drawn are all that this choice knows.
        let place = |code: &u32| codes.binary_search(code).map_or(0, |place| place as u32);
        rows.codes = rows.codes.iter().map(place).collect();
        let labels = rows.labels(codes.len())?;
        Ok(self.method.shrinkage(&Embeddings::new(rows.rows.view())?, &labels, &Run::quiet())?)
    }

    /// Fits the label noise to the errors of drawn rows, or of all.
    async fn noise(&self, steps: &Steps<'_>, classes: &Classes, (round, model): (usize, &str)) -> Result<NoiseFit> {
        let Samples { table, id, label, embedding, .. } = steps.samples;
        let (model_name, seed) = (quoted(model), self.seed_of(0));
        let k = classes.names.len();
        let wanted = self.method.model.sample.max(FITTED_OF_CLASS * k);
        let (below, summed) = (share(wanted, classes.rows()), SUMMED / classes.rows() as f64);
        let query = |function: &str, draws: &str| {
            format!(
                "SELECT mislabel_draw(id, {seed}) AS draw, id, s FROM (SELECT {id} AS id, {function}({embedding}, {label}, {model_name}, {id}) \
                 AS s FROM {table} WHERE {label} IS NOT NULL AND {draws})"
            )
        };
        let draw = format!("mislabel_draw({id}, {seed})");
        // Of some, errors under all classes; of the others, under those that a search leaves.
        let parts = match summed < below && summed < 1.0 {
            true => vec![
                query("mislabel_nearest_all", &format!("{draw} < {summed:e}")),
                query("mislabel_nearest", &format!("{draw} >= {summed:e} AND {draw} < {below:e}")),
            ],
            false => vec![query("mislabel_nearest_all", &format!("{draw} < {below:e}"))],
        };
        let mut found: Vec<(f64, String, NearRow)> = Vec::new();
        for sql in &parts {
            for batch in steps.engine.rows("looking at drawn rows", sql).await? {
                let ids = names(&batch, 1)?.into_iter().map(Option::unwrap_or_default);
                let keys = doubles(&batch, 0).into_iter().zip(ids);
                found.extend(keys.zip(near_rows(batch.column(2))).map(|((draw, id), row)| (draw, id, row)));
            }
        }
        if below > 1.0 {
            steps.all("looking at drawn rows", found.len() as u64, classes.rows())?;
        }
        found.sort_by(|one, other| one.0.total_cmp(&other.0).then_with(|| one.1.cmp(&other.1)));
        found.truncate(wanted);
        let rows: Vec<NearRow> = found.into_iter().map(|(_, _, row)| row).collect();
        let (errors, given) = evidence(&rows, (k, k))?;
        let model_of_noise = PosteriorModel { sample: wanted, ..self.method.model };
        let posterior = model_of_noise.posterior(&errors, &given, &Run::quiet())?;
        let folder = format!("noise-{round}");
        let named = Noise::keep(&steps.store, &folder, (model, posterior.fitted())).await?;
        Ok(NoiseFit { named, likelihood: posterior.log_likelihood(), rows: rows.len() as u64 })
    }

    /// Writes what a fit says of all rows; the folder.
    async fn scores(&self, steps: &Steps<'_>, classes: &Classes, (round, noise): (usize, &NoiseFit)) -> Result<String> {
        let folder = format!("round-{round}/scores");
        let Samples { table, id, label, embedding, .. } = steps.samples;
        let query = format!(
            "SELECT id, label, get_field(s, 'own') AS own, get_field(s, 'least') AS least, get_field(s, 'quality') AS quality, \
             get_field(s, 'suggested') AS suggested, get_field(s, 'other') AS other FROM (SELECT {id} AS id, {label} AS label, \
             mislabel_posterior({embedding}, {label}, {}, {id}) AS s FROM {table} WHERE {label} IS NOT NULL)",
            quoted(&noise.named)
        );
        let name = format!("scores-{round}");
        steps.step(&name, steps.written_all("scoring", &query, &folder, classes.rows())).await?;
        Ok(folder)
    }
}

/// How many rows are dropped that were not dropped `last`.
async fn doubted_anew(steps: &Steps<'_>, out: &Dropped, last: Option<&str>) -> Result<u64> {
    let Some(last) = last.filter(|_| out.rows > 0) else { return Ok(out.rows) };
    steps.known("mislabel_dropped", &out.folder).await?;
    let sql = format!(
        "SELECT count(*) AS n FROM mislabel_dropped WHERE NOT mislabel_without(id, {}, {})",
        quoted(steps.store.location()),
        quoted(last)
    );
    let batches = steps.engine.rows("comparing suspects", &sql).await?;
    Ok(batches.iter().flat_map(|batch| wholes(batch, 0)).sum::<i64>() as u64)
}
