//! The steps of the reconstruction error ratio.

use mislabel_reconstruct::{RowScaling, SoftLinear};
use mislabel_rer::Threshold;

use crate::error::{Error, Result};
use crate::model::Classes;
use crate::session::{Engine, name, quoted};
use crate::steps::batches::{file, names};
use crate::steps::fitting::Fitting;
use crate::steps::judging::notes;
use crate::steps::labels::counted;
use crate::steps::report::Report;
use crate::steps::run::{Progress, Steps};
use crate::steps::sums::sums;
use crate::steps::trimming::Doubt;
use crate::table::{Samples, Table};

/// Rows whose errors under all classes are summed where classes are searched, about.
pub(super) const SUMMED: f64 = 16_384.0;

/// Files that the codes of classes are spread over, so that several tasks take them.
const PARTS: usize = 32;

/// The reconstruction error ratio over a table: what [`SoftLinear`] and [`Rer`](mislabel_rer::Rer) do in memory, as queries.
#[derive(Clone, Debug, PartialEq)]
pub struct Detection {
    /// The reconstructors. `scaling` is that to unit length, `search` exact.
    pub model: SoftLinear,
    /// The threshold χ*: published or fixed.
    pub threshold: Threshold,
    /// Location of everything that the run keeps; empty, or of the same run.
    pub work: String,
    /// Whether a run that is there is gone on with.
    pub resume: bool,
    /// How many of the most suspect rows the report lists.
    pub top: usize,
    /// Seed of the draw of rows whose errors under all classes are summed.
    pub seed: u64,
}

impl Detection {
    /// With everything kept at `work`.
    pub fn new(work: impl Into<String>) -> Self {
        Self {
            model: SoftLinear::default(),
            threshold: Threshold::default(),
            work: work.into(),
            resume: false,
            top: 100,
            seed: 0,
        }
    }

    /// Runs all steps that were not taken before.
    ///
    /// # Errors
    /// [`Error::Input`] before anything is asked of the engine where parameters or columns cannot be; what the engine and the
    /// store say.
    pub async fn run(&self, engine: &Engine, table: &Table, progress: &dyn Progress) -> Result<Report> {
        self.check()?;
        engine.handshake().await?;
        let samples = table.open(engine).await?;
        let parameters = format!("{:?}, {:?}, seed {}", self.model, self.threshold, self.seed);
        let place = (self.work.as_str(), self.resume);
        let steps = Steps::begin(engine, (table, &samples), place, parameters, progress).await?;
        explained(&steps, table, self.taken(&steps).await).await
    }

    /// Checks all parameters, without looking at any table.
    ///
    /// # Errors
    /// [`Error::Input`] and [`Error::Method`], naming the parameter.
    pub fn check(&self) -> Result<()> {
        self.model.alpha_for(1, vec![1.0])?;
        if self.model.scaling != RowScaling::UnitNorm {
            return Err(Error::Input(
                "tables are searched with rows of unit length: scaling is not to be changed".to_owned(),
            ));
        }
        match self.threshold {
            Threshold::Published => Ok(()),
            Threshold::Fixed(value) if value.is_finite() && value > 0.0 => Ok(()),
            Threshold::Fixed(value) => {
                Err(Error::Input(format!("threshold = {value}: a fixed one is finite and positive")))
            }
            _ => Err(Error::Input("over a table the threshold is published or fixed".to_owned())),
        }
    }

    async fn taken(&self, steps: &Steps<'_>) -> Result<Report> {
        steps.step("classes", classes(steps)).await?;
        let classes = Classes::load(&steps.store).await?;
        steps.known("mislabel_classes", "classes").await?;
        steps.step("sums", sums(steps, &classes, "sums", None)).await?;
        let fitting = Fitting { steps, classes: &classes, model: &self.model, nearest: None };
        let (mut dropped, mut alphas, mut without) = (Vec::new(), Vec::new(), None);
        for (round, threshold) in self.model.trim.iter().enumerate() {
            let model = fitting.fitted(round, without.take()).await?;
            alphas.push(model.alpha);
            let all = format!("round-{round}/scores");
            steps.step(&format!("errors-{round}"), scores(steps, &classes, &model.named, &all)).await?;
            let doubt = Doubt { round, scores: &all, condition: format!("own > {threshold:e} * least") };
            let out = doubt.dropped(steps, &classes).await?;
            dropped.push(out.rows);
            without = out.summed(steps, &classes, (round, &model.named)).await?;
        }
        let last = self.model.trim.len();
        let model = fitting.fitted(last, without).await?;
        alphas.push(model.alpha);
        steps.step("scores", scores(steps, &classes, &model.named, "scores")).await?;
        steps.known("mislabel_scores", "scores").await?;
        let parts = (dropped, alphas, notes(&classes, steps.samples.layout));
        steps.reported(classes.rows(), self.report(steps, &classes, &model.named, parts)).await
    }
}

/// Writes the errors of all rows. What asks for some of them asks what was written: a function is called anew for every mention
/// of its result, in a condition, too.
async fn scores(steps: &Steps<'_>, classes: &Classes, model: &str, folder: &str) -> Result<u64> {
    let Samples { table, id, label, embedding, .. } = steps.samples;
    let query = format!(
        "SELECT id, label, get_field(s, 'own') AS own, get_field(s, 'least') AS least, get_field(s, 'second') AS second, get_field(s, 'sum') AS sum, get_field(s, 'suggested') AS \
         suggested FROM (SELECT {id} AS id, {label} AS label, mislabel_rer({embedding}, {label}, {}, {id}) AS s FROM {table} \
         WHERE {label} IS NOT NULL)",
        quoted(model)
    );
    steps.written_all("scoring", &query, folder, classes.rows()).await
}

/// An outcome with the row that made the engine fail, where a row did.
pub(super) async fn explained<T>(steps: &Steps<'_>, table: &Table, outcome: Result<T>) -> Result<T> {
    match outcome {
        Err(error @ Error::Engine { .. }) => Err(flawed_row(steps, table, error).await),
        other => other,
    }
}

async fn flawed_row(steps: &Steps<'_>, table: &Table, error: Error) -> Error {
    let flaw = format!("mislabel_flaw({}, {})", name(&table.columns.embedding), steps.samples.features);
    let Samples { table, id, label, .. } = steps.samples;
    let sql = format!(
        "SELECT {id} AS id, {flaw} AS flaw FROM {table} WHERE {label} IS NOT NULL AND {flaw} IS NOT NULL ORDER BY id LIMIT 1"
    );
    let Ok(found) = steps.engine.rows("looking for the row", &sql).await else { return error };
    let column = |at: usize| {
        let batch = found.iter().find(|batch| batch.num_rows() > 0)?;
        names(batch, at).ok()?.into_iter().next().flatten()
    };
    match (column(0), column(1)) {
        (Some(id), Some(flaw)) => {
            Error::Input(format!("the row with id {id}: {flaw}; mend it or leave it out of the table"))
        }
        _ => error,
    }
}

/// Counts classes, and keeps their codes where tasks find them.
pub(super) async fn classes(steps: &Steps<'_>) -> Result<()> {
    let Samples { features, numbers, .. } = steps.samples;
    let classes = Classes::of(counted(steps).await?, *numbers, *features)?;
    classes.save(&steps.store).await?;
    steps.store.clear("classes").await?;
    let parts = PARTS.min(classes.names.len());
    for part in 0..parts {
        let codes = (part..classes.names.len()).step_by(parts).map(|code| code as i64).collect();
        steps.store.put(&format!("classes/part-{part:02}.parquet"), file([("code", codes)])?).await?;
    }
    Ok(())
}
