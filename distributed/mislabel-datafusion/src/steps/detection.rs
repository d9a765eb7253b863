//! The steps of the reconstruction error ratio.

use std::collections::HashMap;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, UInt64Type};
use mislabel_reconstruct::{RowSums, SoftLinear};
use mislabel_rer::{NoiseRate, Threshold};

use crate::error::{Error, Result};
use crate::functions::rows::texts;
use crate::functions::{Done, Task, WIDTH, Work, quantile, sums_object};
use crate::model::{Classes, Manifest, own_models_memory};
use crate::session::{Engine, name, quoted};
use crate::steps::report::{ClassFigures, Report, Suspect};
use crate::steps::run::{Identity, Progress, Steps, version};
use crate::table::{Columns, Layout, Samples, Table};

/// Rows whose errors under all classes are summed where classes are searched, about.
const SUMMED: f64 = 16_384.0;

/// Ids of more rows than this are not looked through for doubles.
const MOST_CHECKED_IDS: u64 = 10_000_000;

/// Bytes of sums that are moved together where rows lie by class.
const SUMS_AT_ONCE: usize = 64 << 20;

/// Files that the codes of classes are spread over, so that several tasks take them.
const PARTS: usize = 32;

/// Classes whose means give the point that is subtracted from rows.
const CENTERED: usize = 256;

/// Shares at which the report gives quantiles of χ.
const SHARES: [f64; 5] = [0.01, 0.25, 0.5, 0.75, 0.99];

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
        let columns = &table.columns;
        let identity = Identity {
            version: version(),
            table: table.location.clone(),
            files: samples.files.clone(),
            columns: format!("{}, {}, {}", columns.id, columns.embedding, columns.label),
            parameters: format!("{:?}, {:?}, seed {}", self.model, self.threshold, self.seed),
        };
        let steps = Steps::begin((engine, &samples), &self.work, identity, self.resume, progress).await?;
        let outcome = self.taken(&steps, table).await;
        match outcome {
            Err(error @ Error::Engine { .. }) => Err(self.explained(&steps, columns, error).await),
            other => other,
        }
    }

    /// Checks all parameters, without looking at any table.
    ///
    /// # Errors
    /// [`Error::Input`] and [`Error::Method`], naming the parameter.
    pub fn check(&self) -> Result<()> {
        self.model.alpha_for(1, vec![1.0])?;
        if self.model.scaling != mislabel_reconstruct::RowScaling::UnitNorm {
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

    async fn taken(&self, steps: &Steps<'_>, table: &Table) -> Result<Report> {
        let classes = steps.step("classes", classes(steps)).await?;
        let classes =
            Classes::load(&steps.store).await.map(|kept| if kept.names == classes.names { kept } else { classes })?;
        steps.known("mislabel_classes", "classes").await?;
        let all = sums(steps, &classes, "sums", None);
        steps.step("sums", all).await?;
        let (mut dropped, mut alphas, mut without) = (Vec::new(), Vec::new(), None);
        for (round, threshold) in self.model.trim.iter().enumerate() {
            let model = self.fitted(steps, &classes, round, without.take()).await?;
            alphas.push(f64::from_bits(model.alpha));
            let left_out = Self::left_out(steps, &classes, &model, (round, *threshold)).await?;
            dropped.push(left_out.rows);
            without = (left_out.rows > 0).then_some(left_out);
        }
        let last = self.model.trim.len();
        let model = self.fitted(steps, &classes, last, without).await?;
        alphas.push(f64::from_bits(model.alpha));
        let scores = steps.step("scores", scores(steps, &classes, &model.named)).await?;
        steps.known("mislabel_scores", &scores.folder).await?;
        let notes = notes(&classes, table.layout);
        let parts = (dropped, alphas, notes);
        steps.step("report", self.report(steps, &classes, &model.named, parts)).await
    }

    /// The row that made the engine fail, where a row did.
    async fn explained(&self, steps: &Steps<'_>, columns: &Columns, error: Error) -> Error {
        let Samples { table, id, label, features, .. } = steps.samples;
        let flaw = format!("mislabel_flaw({}, {features})", name(&columns.embedding));
        let sql = format!(
            "SELECT {id} AS id, {flaw} AS flaw FROM {table} WHERE {label} IS NOT NULL AND {flaw} IS NOT NULL ORDER BY id LIMIT 1"
        );
        let Ok(found) = steps.engine.rows("looking for the row", &sql).await else { return error };
        let column = |at: usize| {
            let batch = found.iter().find(|batch| batch.num_rows() > 0)?;
            texts(batch.column(at), "a column").ok()?.into_iter().next().flatten()
        };
        match (column(0), column(1)) {
            (Some(id), Some(flaw)) => {
                Error::Input(format!("the row with id {id}: {flaw}; mend it or leave it out of the table"))
            }
            _ => error,
        }
    }

    /// Fits all classes to what is left.
    async fn fitted(
        &self,
        steps: &Steps<'_>,
        classes: &Classes,
        round: usize,
        without: Option<LeftOut>,
    ) -> Result<Fit> {
        let name = format!("fit-{round}");
        steps
            .step(&name, async {
                let folder = format!("model-{round}");
                steps.store.clear(&folder).await?;
                let (without, fewer, dropped) = match without {
                    Some(out) => (Some(out.sums), out.classes, Some(out.folder)),
                    None => (None, Vec::new(), None),
                };
                let task = |what: Work| Task {
                    version: version(),
                    work: steps.store.location().to_owned(),
                    sums: "sums".to_owned(),
                    without: without.clone(),
                    fewer: fewer.clone(),
                    what,
                };
                let known = worked(steps, classes, "measuring classes", &task(Work::Variance)).await?;
                let several = known.iter().filter(|done| done.count > 1);
                let variances = several.map(|done| f64::from_bits(done.variance)).collect();
                let alpha = self.model.alpha_for(classes.features, variances)?;
                let what = Work::Fit {
                    alpha: alpha.to_bits(),
                    components: self.model.components,
                    tail: self.model.tail.to_bits(),
                    seed: self.model.seed,
                    folder: folder.clone(),
                };
                let done = worked(steps, classes, "fitting classes", &task(what)).await?;
                let center = center(steps, classes).await?;
                let seals = done.into_iter().map(|done| done.seals).collect();
                let all = classes.rows() as f64 <= SUMMED;
                let manifest = Manifest::new(&steps.store, (dropped, alpha), &center, seals, (all, WIDTH));
                let named = manifest.save(&steps.store, &folder).await?;
                Ok(Fit { named, alpha: alpha.to_bits() })
            })
            .await
    }

    /// The rows that a fit finds suspect, and their sums.
    async fn left_out(
        steps: &Steps<'_>,
        classes: &Classes,
        model: &Fit,
        (round, threshold): (usize, f64),
    ) -> Result<LeftOut> {
        let folder = format!("round-{round}/suspects");
        let step = format!("suspects-{round}");
        let suspects = steps.step(&step, async {
            let Samples { table, id, label, embedding, .. } = steps.samples;
            let query = format!(
                "SELECT id, label, get_field(s, 'own') AS own, get_field(s, 'least') AS least FROM (SELECT {id} AS id, {label} AS label, \
                 mislabel_rer({embedding}, {label}, {}, {id}) AS s FROM {table} WHERE {label} IS NOT NULL) \
                 WHERE get_field(s, 'own') > {threshold:e} * get_field(s, 'least')",
                quoted(&model.named)
            );
            steps.written("looking for suspect rows", &query, &folder).await
        });
        let found = suspects.await?;
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
            let named =
                format!("{folder}#{rows} of round {round} after {}", model.named.rsplit('#').next().unwrap_or(""));
            let out = sums(steps, classes, &sums_folder, Some(&named));
            let counts = steps.step(&format!("sums-without-{round}"), out).await?;
            let summed: u64 = counts.iter().map(|(_, count)| count).sum();
            if summed != rows {
                return Err(Error::Lost(format!("{summed} of {rows} dropped rows were summed: did the table change?")));
            }
        }
        Ok(LeftOut { classes: fewer, sums: sums_folder, folder, rows })
    }

    async fn report(
        &self,
        steps: &Steps<'_>,
        classes: &Classes,
        model: &str,
        (dropped, alphas, notes): (Vec<u64>, Vec<f64>, Vec<String>),
    ) -> Result<Report> {
        let engine = steps.engine;
        let histogram = "SELECT mislabel_histogram(greatest(own, least)) AS h FROM mislabel_scores";
        let errors = binary(&engine.rows("measuring errors", histogram).await?)?;
        // Errors below 2⁻²³ of the median are rounding, as in mislabel-rer.
        let floor = quantile(&errors, 0.5)
            .map_or(f64::MIN_POSITIVE, |median| (median * f64::from(f32::EPSILON)).max(f64::MIN_POSITIVE));
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
        let (above, ratios) = (whole(&rows, "above")?, binary_of(&rows, "h")?);

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
        let typed = label_of(&steps.samples.label_type);
        let (id, label) = (plain_text("id", steps.samples.number_ids), plain_text("label", steps.samples.numbers));
        let all = format!(
            "SELECT {id} AS id, {label} AS label, {typed} AS suggested, {chi} AS ratio, 1.0 / (1.0 + {chi}) AS quality, {chi} > {threshold:e} AS is_issue \
             FROM mislabel_scores"
        );
        let written = steps.written("writing all rows", &all, "issues").await?;
        if written != classes.rows() {
            return Err(Error::Lost(format!(
                "{written} of {} rows were written: nothing may be lost or doubled",
                classes.rows()
            )));
        }
        let top = format!(
            "SELECT id, label, suggested, {chi} AS ratio FROM mislabel_scores ORDER BY ratio DESC, id LIMIT {}",
            self.top
        );
        let suspects = suspects(&engine.rows("ranking", &top).await?)?;
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
                "SELECT mislabel_mean({own}) AS chi_0, mislabel_mean({least}) AS chi_rand, count(sum) AS summed FROM {from} \
                 WHERE sum IS NOT NULL"
            )
        };
        let rows = steps.engine.rows("estimating the noise rate", &means("mislabel_scores")).await?;
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

/// A fitted model.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Fit {
    /// As functions name it.
    named: String,
    /// Bits of α.
    alpha: u64,
}

/// Rows left out of a fit.
#[derive(Clone, Debug)]
struct LeftOut {
    /// Classes that have any.
    classes: Vec<u32>,
    /// Folder of their sums.
    sums: String,
    /// Folder of their ids.
    folder: String,
    rows: u64,
}

/// Where the scores are.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Scores {
    folder: String,
}

/// Counts classes, and keeps their codes where tasks find them.
async fn classes(steps: &Steps<'_>) -> Result<Classes> {
    let Samples { table, id, label, features, numbers, .. } = steps.samples;
    let sql = format!("SELECT {label} AS label, count(*) AS n, count({id}) AS ids FROM {table} GROUP BY {label}");
    let mut found: Vec<(Option<String>, u64)> = Vec::new();
    for batch in steps.engine.rows("counting classes", &sql).await? {
        let names = texts(batch.column(0), "labels").map_err(Error::engine("reading labels"))?;
        let counts = [1, 2].map(|column| batch.column(column).as_primitive::<Int64Type>().values().to_vec());
        for (row, name) in names.into_iter().enumerate() {
            if counts[0][row] != counts[1][row] {
                let without = counts[0][row] - counts[1][row];
                return Err(Error::Input(format!(
                    "{without} rows have no id (null in column {id}): every row needs one"
                )));
            }
            found.push((name, counts[0][row] as u64));
        }
    }
    let classes = Classes::of(found, *numbers, *features)?;
    unique_ids(steps, &classes).await?;
    classes.save(&steps.store).await?;
    steps.store.clear("classes").await?;
    let parts = PARTS.min(classes.names.len());
    for part in 0..parts {
        let codes = (part..classes.names.len()).step_by(parts).map(|code| code as i64).collect();
        steps.store.put(&format!("classes/part-{part:02}.parquet"), codes_file(codes)?).await?;
    }
    Ok(classes)
}

/// Refuses ids that several rows have, where the table is small enough to hold all of them.
async fn unique_ids(steps: &Steps<'_>, classes: &Classes) -> Result<()> {
    if classes.rows() > MOST_CHECKED_IDS {
        return Ok(());
    }
    let Samples { table, id, label, .. } = steps.samples;
    let sql = format!(
        "SELECT {id} AS id, count(*) AS n FROM {table} WHERE {label} IS NOT NULL GROUP BY {id} HAVING count(*) > 1 ORDER BY id LIMIT 1"
    );
    let twice = steps.engine.rows("looking for ids that occur twice", &sql).await?;
    let Some(batch) = twice.iter().find(|batch| batch.num_rows() > 0) else { return Ok(()) };
    let ids = texts(batch.column(0), "ids").map_err(Error::engine("reading ids"))?;
    let (id, rows) = (ids[0].clone().unwrap_or_default(), batch.column(1).as_primitive::<Int64Type>().value(0));
    Err(Error::Input(format!("{rows} rows have the id {id}: every row needs one of its own")))
}

fn codes_file(codes: Vec<i64>) -> Result<Vec<u8>> {
    use datafusion::arrow::array::{ArrayRef, Int64Array};
    use datafusion::parquet::arrow::ArrowWriter;

    let failed = |error: String| Error::Damaged(format!("codes of classes cannot be written: {error}"));
    let codes: ArrayRef = std::sync::Arc::new(Int64Array::from(codes));
    let batch = RecordBatch::try_from_iter([("code", codes)]).map_err(|error| failed(error.to_string()))?;
    let mut writer =
        ArrowWriter::try_new(Vec::new(), batch.schema(), None).map_err(|error| failed(error.to_string()))?;
    writer.write(&batch).map_err(|error| failed(error.to_string()))?;
    writer.into_inner().map_err(|error| failed(error.to_string()))
}

/// Writes the sums of all classes, of all rows or of those in a folder of dropped ones, and makes sure that each was written
/// once and of as many rows as there are. How many rows each has.
async fn sums(steps: &Steps<'_>, classes: &Classes, folder: &str, dropped: Option<&str>) -> Result<Vec<(u32, u64)>> {
    let Samples { table, id, label, embedding, .. } = steps.samples;
    steps.store.clear(folder).await?;
    let task = Task {
        version: version(),
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
            quoted(&text(&task)?),
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
    let literal = |name: &String| if classes.numbers { name.clone() } else { quoted(name) };
    let parts: Vec<&[String]> = classes.names.chunks(together).collect();
    let range = |part: &&[String]| match (part.first(), part.last()) {
        (Some(first), Some(last)) if parts.len() > 1 => {
            format!(" AND {} BETWEEN {} AND {}", samples.label, literal(first), literal(last))
        }
        _ => String::new(),
    };
    parts.iter().map(range).collect()
}

/// Has a task done for every class; what it says of each, in order.
async fn worked(steps: &Steps<'_>, classes: &Classes, doing: &str, task: &Task) -> Result<Vec<Done>> {
    let sql = format!("SELECT mislabel_work(code, {}) AS done FROM mislabel_classes", quoted(&text(task)?));
    let mut done = answers(&steps.engine.rows(doing, &sql).await?)?;
    done.sort_by_key(|done| done.code);
    done.dedup();
    if done.len() != classes.names.len() || done.iter().enumerate().any(|(code, done)| done.code as usize != code) {
        return Err(Error::Lost(format!("{doing}: {} answers for {} classes", done.len(), classes.names.len())));
    }
    Ok(done)
}

/// A point in the middle of all rows: the mean of some classes.
async fn center(steps: &Steps<'_>, classes: &Classes) -> Result<Vec<f64>> {
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
        let names = texts(batch.column(0), "labels").map_err(Error::engine("reading labels"))?;
        let counts = batch.column(1).as_primitive::<Int64Type>().values();
        for (name, count) in names.into_iter().flatten().zip(counts) {
            let code = classes.code(&name)?;
            let all = classes.counts[code as usize];
            let most = all - all.div_ceil(2).max(2).min(all);
            if *count as u64 > most {
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
    let literal = |name: &str| if classes.numbers { name.to_owned() } else { quoted(name) };
    let names: Vec<String> = limited.iter().map(|(name, _)| literal(name)).collect();
    let most: String = limited.iter().map(|(name, most)| format!(" WHEN {} THEN {most}", literal(name))).collect();
    let names = names.join(", ");
    let query = format!(
        "SELECT id, label FROM mislabel_suspects WHERE label NOT IN ({names}) UNION ALL SELECT id, label FROM (SELECT id, label, \
         row_number() OVER (PARTITION BY label ORDER BY own / greatest(least, 2.2250738585072014e-308) DESC, id DESC) AS place \
         FROM mislabel_suspects WHERE label IN ({names})) WHERE place <= CASE label{most} ELSE 0 END"
    );
    let folder = format!("round-{round}/dropped");
    let rows = steps.written("leaving half of every class", &query, &folder).await?;
    Ok((codes, folder, rows))
}

/// Writes the errors of all rows.
async fn scores(steps: &Steps<'_>, classes: &Classes, model: &str) -> Result<Scores> {
    let Samples { table, id, label, embedding, .. } = steps.samples;
    let query = format!(
        "SELECT id, label, get_field(s, 'own') AS own, get_field(s, 'least') AS least, get_field(s, 'second') AS second, get_field(s, 'sum') AS sum, get_field(s, 'suggested') AS \
         suggested FROM (SELECT {id} AS id, {label} AS label, mislabel_rer({embedding}, {label}, {}, {id}) AS s FROM {table} \
         WHERE {label} IS NOT NULL)",
        quoted(model)
    );
    let folder = "scores".to_owned();
    let written = steps.written("scoring", &query, &folder).await?;
    if written != classes.rows() {
        return Err(Error::Lost(format!("{written} of {} rows were scored: did the table change?", classes.rows())));
    }
    Ok(Scores { folder })
}

/// What should be said of how the table lies.
fn notes(classes: &Classes, layout: Layout) -> Vec<String> {
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

fn text(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Damaged(format!("a task cannot be written: {error}")))
}

fn answers(batches: &[RecordBatch]) -> Result<Vec<Done>> {
    let mut all = Vec::new();
    for batch in batches {
        let answers = texts(batch.column(0), "answers").map_err(Error::engine("reading answers"))?;
        for answer in answers.iter().flatten() {
            all.push(crate::model::from_json(answer.as_bytes(), "the answer of a task")?);
        }
    }
    Ok(all)
}

/// The first value of a column.
fn first<'a>(batches: &'a [RecordBatch], column: &str) -> Result<&'a dyn Array> {
    let batch = batches.iter().find(|batch| batch.num_rows() > 0);
    let column = batch.and_then(|batch| batch.column_by_name(column)).filter(|column| column.is_valid(0));
    column.map(AsRef::as_ref).ok_or_else(|| Error::Damaged("the table of scores is empty".to_owned()))
}

fn double(batches: &[RecordBatch], column: &str) -> Result<f64> {
    Ok(first(batches, column)?.as_primitive::<Float64Type>().value(0))
}

fn whole(batches: &[RecordBatch], column: &str) -> Result<u64> {
    let found = first(batches, column)?;
    Ok(match found.data_type() {
        DataType::UInt64 => found.as_primitive::<UInt64Type>().value(0),
        _ => found.as_primitive::<Int64Type>().value(0) as u64,
    })
}

fn binary(batches: &[RecordBatch]) -> Result<Vec<u8>> {
    binary_of(batches, "h")
}

fn binary_of(batches: &[RecordBatch], column: &str) -> Result<Vec<u8>> {
    Ok(first(batches, column)?.as_binary::<i32>().value(0).to_vec())
}

fn figures(classes: &Classes, batches: &[RecordBatch]) -> Result<Vec<ClassFigures>> {
    let mut found = Vec::new();
    for batch in batches {
        let names = texts(batch.column(0), "labels").map_err(Error::engine("reading labels"))?;
        let difficulty = batch.column(1).as_primitive::<Float64Type>();
        let flagged = batch.column(2).as_primitive::<Int64Type>();
        for (row, name) in names.into_iter().enumerate() {
            let name = name.unwrap_or_default();
            let code = classes.code(&name)?;
            let (rows, difficulty) = (classes.counts[code as usize], difficulty.value(row));
            found.push((code, ClassFigures { name, rows, difficulty, flagged: flagged.value(row) as u64 }));
        }
    }
    found.sort_by_key(|(code, _)| *code);
    Ok(found.into_iter().map(|(_, class)| class).collect())
}

fn suspects(batches: &[RecordBatch]) -> Result<Vec<Suspect>> {
    let mut all = Vec::new();
    for batch in batches {
        let column = |at: usize| texts(batch.column(at), "a column").map_err(Error::engine("reading suspects"));
        let (ids, labels, suggested) = (column(0)?, column(1)?, column(2)?);
        let ratios = batch.column(3).as_primitive::<Float64Type>();
        for row in 0..batch.num_rows() {
            let text = |column: &[Option<String>]| column[row].clone().unwrap_or_default();
            let (id, label, suggested) = (text(&ids), text(&labels), text(&suggested));
            all.push(Suspect { id, label, suggested, ratio: ratios.value(row) });
        }
    }
    Ok(all)
}

/// The suggested class in the type of labels.
pub(super) fn label_of(label: &DataType) -> String {
    match label {
        found if found.is_integer() => "CAST(suggested AS BIGINT)".to_owned(),
        _ => plain_text("suggested", false),
    }
}

/// A column of names as any reader takes it: texts as plain ones.
pub(super) fn plain_text(column: &str, numbers: bool) -> String {
    if numbers { column.to_owned() } else { format!("arrow_cast({column}, 'Utf8')") }
}
