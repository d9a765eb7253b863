//! The steps of confident learning.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch};
use datafusion::arrow::datatypes::{Float64Type, Int64Type};
use mislabel_confident::{ConfidentJoint, ConfidentLearning, ConfidentThresholds, Filter};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::functions::rows::texts;
use crate::session::{Engine, quoted};
use crate::steps::confident_report::{ConfidentClassFigures, ConfidentReport, ConfidentSuspect, counts};
use crate::steps::detection::{label_of, plain_text};
use crate::steps::run::{Identity, Progress, Steps, version};
use crate::table::{Samples, Table};

/// Confident learning over a table of predicted probabilities, which must be out-of-sample: what [`ConfidentLearning`] does in
/// memory, as queries. [`Columns::embedding`](crate::Columns) names the lists of probabilities.
///
/// Where rows tie for the last place to be flagged, those with the lesser ids are. Thresholds may differ from those in memory by
/// the rounding of a sum of f64; they are the same in every bit however the table is cut.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfidentDetection {
    /// Which labels are flagged; not [`Filter::LowNormalizedMargin`] and [`Filter::LowSelfConfidence`].
    pub filter: Filter,
    /// Share of the estimated noise to prune, in [0, 1]; for filters that prune.
    pub noise_fraction: f64,
    /// Classes of at most so many rows are not pruned, and so many rows are kept of others.
    pub min_examples_per_class: usize,
    /// The class of every probability of a row; `None`: the labels that occur, numbers by value and texts by their bytes.
    pub classes: Option<Vec<String>>,
    /// Location of everything that the run keeps; empty, or of the same run.
    pub work: String,
    /// Whether a run that is there is gone on with.
    pub resume: bool,
    /// How many of the most suspect rows the report lists.
    pub top: usize,
}

/// The classes of a table in the order of the probabilities.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Given {
    names: Vec<String>,
    /// Rows of each.
    counts: Vec<u64>,
    unlabeled: u64,
}

/// How many rows to prune: number of given class, of true class, and how many. Of a class and itself: whatever they are truly
/// of.
type Wanted = Vec<(usize, usize, u64)>;

impl ConfidentDetection {
    /// With everything kept at `work`.
    pub fn new(work: impl Into<String>) -> Self {
        let ConfidentLearning { filter, noise_fraction, min_examples_per_class, .. } = ConfidentLearning::default();
        let (work, resume, top) = (work.into(), false, 100);
        Self { filter, noise_fraction, min_examples_per_class, classes: None, work, resume, top }
    }

    /// Runs all steps that were not taken before.
    ///
    /// # Errors
    /// [`Error::Input`] before anything is asked of the engine where parameters or columns cannot be; what the engine and the
    /// store say; the row of the first probabilities that are none.
    pub async fn run(&self, engine: &Engine, table: &Table, progress: &dyn Progress) -> Result<ConfidentReport> {
        self.check()?;
        engine.handshake().await?;
        let samples = table.open_probabilities(engine).await?;
        self.check_classes(&samples)?;
        let columns = &table.columns;
        let Self { filter, noise_fraction, min_examples_per_class, classes, .. } = self;
        let identity = Identity {
            version: version(),
            table: table.location.clone(),
            files: samples.files.clone(),
            columns: format!("{}, {}, {}", columns.id, columns.embedding, columns.label),
            parameters: format!("confident, {filter:?}, {noise_fraction:?}, {min_examples_per_class}, {classes:?}"),
        };
        let steps = Steps::begin((engine, &samples), &self.work, identity, self.resume, progress).await?;
        self.taken(&steps).await
    }

    fn check(&self) -> Result<()> {
        let fraction = self.noise_fraction;
        if matches!(self.filter, Filter::LowNormalizedMargin | Filter::LowSelfConfidence) {
            return Err(Error::Input(format!("over a table labels are not filtered by {}", self.filter.name())));
        }
        if !(0.0..=1.0).contains(&fraction) {
            return Err(mislabel_core::Error::parameter("noise_fraction", fraction, "between 0 and 1").into());
        }
        if !self.filter.prunes() && fraction != 1.0 {
            return Err(
                mislabel_core::Error::parameter("noise_fraction", fraction, "1 unless the filter prunes").into()
            );
        }
        Ok(())
    }

    fn check_classes(&self, samples: &Samples) -> Result<()> {
        let Some(classes) = &self.classes else { return Ok(()) };
        let number = |name: &&String| name.parse::<i64>().is_ok_and(|number| number.to_string() == **name);
        let mut seen = std::collections::HashSet::new();
        if let Some(twice) = classes.iter().find(|name| !seen.insert(*name)) {
            return Err(Error::Input(format!("class {twice:?} is listed twice")));
        }
        if let Some(other) = classes.iter().find(|name| samples.numbers && !number(name)) {
            return Err(Error::Input(format!("class {other:?} is listed, and labels are whole numbers")));
        }
        Ok(())
    }

    async fn taken(&self, steps: &Steps<'_>) -> Result<ConfidentReport> {
        let given = steps.step("classes", self.given(steps)).await?;
        let thresholds = steps.step("thresholds", thresholds(steps, &given)).await?;
        steps.step("scores", scores(steps, &given, &thresholds)).await?;
        steps.known("mislabel_standings", "scores").await?;
        let joint = steps.step("joint", joint(steps)).await?;
        let wanted = steps.step("counts", self.wanted(steps, &given, &joint)).await?;
        if !wanted.is_empty() {
            steps.step("pruned", pruned(steps, &given, &wanted)).await?;
            steps.known("mislabel_pruned", "pruned").await?;
        }
        let report = steps.step("report", self.report(steps, &given, (&joint, wanted.is_empty()))).await?;
        let classes = report.classes.into_iter().zip(&thresholds);
        // JSON may lose the last bit of a number.
        let classes = classes.map(|(class, bits)| ConfidentClassFigures { threshold: f64::from_bits(*bits), ..class });
        Ok(ConfidentReport { classes: classes.collect(), ..report })
    }

    /// Counts labels.
    async fn given(&self, steps: &Steps<'_>) -> Result<Given> {
        let Samples { table, id, label, numbers, .. } = steps.samples;
        let sql = format!("SELECT {label} AS label, count(*) AS n, count({id}) AS ids FROM {table} GROUP BY {label}");
        let (mut found, mut unlabeled) = (BTreeMap::new(), 0);
        for batch in steps.engine.rows("counting classes", &sql).await? {
            let (names, [rows, ids]) = (names(&batch, 0)?, [1, 2].map(|at| wholes(&batch, at)));
            for ((name, rows), ids) in names.into_iter().zip(rows).zip(ids) {
                if rows != ids {
                    let without = rows - ids;
                    return Err(Error::Input(format!(
                        "{without} rows have no id (null in column {id}): every row needs one"
                    )));
                }
                // Numbers by value, texts by their bytes.
                let value = |name: &str| numbers.then(|| name.parse::<i128>().unwrap_or(0));
                match name {
                    Some(name) => *found.entry((value(&name), name)).or_default() += rows as u64,
                    None => unlabeled += rows as u64,
                }
            }
        }
        let names = self.classes.clone().unwrap_or_else(|| found.keys().map(|(_, name)| name.clone()).collect());
        let mut left: BTreeMap<String, u64> = found.into_iter().map(|((_, name), rows)| (name, rows)).collect();
        let counts = names.iter().map(|name| left.remove(name).unwrap_or(0)).collect();
        if let Some((name, rows)) = left.first_key_value() {
            let listed = names.len();
            return Err(Error::Input(format!(
                "label {name:?} of {rows} rows is none of the {listed} classes that are listed"
            )));
        }
        fitting(steps.samples, Given { names, counts, unlabeled })
    }

    /// How many rows to prune, also as a table; nothing for filters that do not prune.
    async fn wanted(&self, steps: &Steps<'_>, given: &Given, joint: &[(usize, usize, u64)]) -> Result<Wanted> {
        let method = ConfidentLearning {
            filter: self.filter,
            noise_fraction: self.noise_fraction,
            min_examples_per_class: self.min_examples_per_class,
            ..ConfidentLearning::default()
        };
        let joint = ConfidentJoint::of_confident_classes(counts(joint, given.names.len()))?;
        let sizes: Vec<usize> = given.counts.iter().map(|count| *count as usize).collect();
        let all = method.prune_counts(&joint, &sizes)?;
        let asked = |given: usize, truth: usize| match self.filter {
            Filter::PruneByNoiseRate => given != truth,
            Filter::PruneByClass => given == truth,
            Filter::Both => true,
            _ => false,
        };
        let pairs = all.indexed_iter().filter(|((given, truth), most)| **most > 0 && asked(*given, *truth));
        let wanted: Wanted = pairs.map(|((given, truth), most)| (given, truth, *most as u64)).collect();
        steps.store.clear("counts").await?;
        steps.store.put("counts/part-0.parquet", file(&wanted)?).await?;
        Ok(wanted)
    }

    /// Writes all rows, and says what was found.
    async fn report(
        &self,
        steps: &Steps<'_>,
        given: &Given,
        (joint, unpruned): (&Wanted, bool),
    ) -> Result<ConfidentReport> {
        let (typed, rows) = (label_of(&steps.samples.label_type), given.counts.iter().sum());
        let flag = match self.filter {
            Filter::ConfidentLearning => "coalesce(confident <> given, false)",
            Filter::PredictedNotGiven => "true",
            _ if unpruned => "false",
            Filter::PruneByClass => "coalesce(p.by_class, false)",
            Filter::Both => "coalesce(p.by_class AND p.by_rate, false)",
            _ => "coalesce(p.by_rate, false)",
        };
        let (id, label) = (plain_text("s.id", steps.samples.number_ids), plain_text("s.label", steps.samples.numbers));
        let joined = if unpruned { "" } else { " LEFT JOIN mislabel_pruned p ON s.id = p.id" };
        let all = format!(
            "SELECT {id} AS id, {label} AS label, {typed} AS suggested, greatest(0.0, least(1.0, s.own)) AS quality, {flag} AND NOT \
             s.spared AS is_issue FROM mislabel_standings s{joined}"
        );
        whole(steps.written("writing all rows", &all, "issues").await?, given, "written")?;
        steps.known("mislabel_issues", "issues").await?;
        let flagged = flagged(steps).await?;
        let class = |(name, rows): (&String, &u64)| {
            let (name, rows, flagged) = (name.clone(), *rows, flagged.get(name).copied().unwrap_or(0));
            ConfidentClassFigures { name, rows, threshold: 0.0, flagged }
        };
        let top = format!(
            "SELECT id, label, suggested, quality FROM mislabel_issues WHERE is_issue ORDER BY quality, id LIMIT {}",
            self.top
        );
        Ok(ConfidentReport {
            rows,
            unlabeled: given.unlabeled,
            flagged: flagged.values().sum(),
            classes: given.names.iter().zip(&given.counts).map(class).collect(),
            joint: joint.clone(),
            suspects: suspects(&steps.engine.rows("ranking", &top).await?)?,
            table: steps.store.location_of("issues"),
        })
    }
}

/// Refuses classes of which rows do not have as many probabilities.
fn fitting(samples: &Samples, given: Given) -> Result<Given> {
    let (found, classes) = (samples.features, given.names.len());
    if classes < 2 {
        return Err(Error::Input(format!("there is {classes} class: two or more are needed to compare any")));
    }
    if found != 0 && found != classes {
        return Err(Error::Input(format!(
            "column {} has lists of {found} numbers for {classes} classes: one for each class is needed; list the classes if some \
             have no rows",
            samples.embedding
        )));
    }
    if given.counts.iter().all(|count| *count == 0) {
        return Err(Error::Input("no row has a label".to_owned()));
    }
    Ok(given)
}

impl Given {
    /// The classes as functions take them.
    fn literal(&self) -> Result<String> {
        Ok(quoted(&text(&self.names)?))
    }

    fn rows(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// Makes sure that a step saw every row once.
fn whole(found: u64, given: &Given, what: &str) -> Result<u64> {
    let rows = given.rows();
    match found == rows {
        true => Ok(found),
        false => Err(Error::Lost(format!("{found} of {rows} rows were {what}: did the table change?"))),
    }
}

/// The bits of t_j, the mean of P_j over the rows given class j, `(k,)`.
async fn thresholds(steps: &Steps<'_>, given: &Given) -> Result<Vec<u64>> {
    let Samples { table, id, label, embedding, .. } = steps.samples;
    let sql = format!(
        "SELECT given, count(*) AS n, mislabel_mean_probability(own) AS mean FROM (SELECT get_field(s, 'given') AS given, \
         get_field(s, 'own') AS own FROM (SELECT mislabel_standing({embedding}, {label}, {}, {id}) AS s FROM {table} \
         WHERE {label} IS NOT NULL)) GROUP BY given",
        given.literal()?
    );
    let (mut means, mut rows) = (vec![None; given.names.len()], 0);
    for batch in steps.engine.rows("averaging probabilities", &sql).await? {
        let means_here = batch.column(2).as_primitive::<Float64Type>().values();
        for ((class, count), mean) in wholes(&batch, 0).into_iter().zip(wholes(&batch, 1)).zip(means_here) {
            means[class as usize] = Some(*mean);
            rows += count as u64;
        }
    }
    whole(rows, given, "averaged")?;
    Ok(ConfidentThresholds::of_means(&means)?.view().iter().map(|threshold| threshold.to_bits()).collect())
}

/// Writes how the label of every row stands, and which class the row is confidently of.
async fn scores(steps: &Steps<'_>, given: &Given, thresholds: &[u64]) -> Result<u64> {
    let Samples { table, id, label, embedding, .. } = steps.samples;
    let thresholds: Vec<String> = thresholds.iter().map(|bits| format!("{:?}", f64::from_bits(*bits))).collect();
    let query = format!(
        "SELECT id, label, get_field(s, 'given') AS given, get_field(s, 'own') AS own, get_field(s, 'suggested') AS suggested, \
         get_field(s, 'spared') AS spared, confident FROM (SELECT {id} AS id, {label} AS label, mislabel_standing({embedding}, \
         {label}, {}, {id}) AS s, mislabel_confident_class({embedding}, '[{}]') AS confident FROM {table} \
         WHERE {label} IS NOT NULL)",
        given.literal()?,
        thresholds.join(", ")
    );
    whole(steps.written("looking at all rows", &query, "scores").await?, given, "looked at")
}

/// Counts pairs of given and confident class.
async fn joint(steps: &Steps<'_>) -> Result<Wanted> {
    let sql = "SELECT given, confident, count(*) AS n FROM mislabel_standings WHERE confident IS NOT NULL GROUP BY given, confident";
    triples(&steps.engine.rows("counting confident classes", sql).await?)
}

/// Writes which rows are to be pruned, and why: for every pair of classes those with the greatest margins, for every class those
/// of the least probable labels. How many there are.
async fn pruned(steps: &Steps<'_>, given: &Given, wanted: &Wanted) -> Result<u64> {
    steps.known("mislabel_counts", "counts").await?;
    let by_rate: Wanted = wanted.iter().copied().filter(|(given, truth, _)| given != truth).collect();
    let mut candidates =
        vec!["SELECT id, given, given AS truth, 0.0 - own AS margin FROM mislabel_standings".to_owned()];
    for side in ["ahead", "behind"] {
        let pairs = if side == "ahead" { by_rate.clone() } else { open(steps, &by_rate, candidates.len() > 1).await? };
        if !pairs.is_empty() && margins(steps, given, &pairs, side).await? > 0 {
            candidates.push(format!("SELECT id, given, truth, margin FROM mislabel_margins_{side}"));
        }
    }
    let query = format!(
        "SELECT id, bool_or(given = truth) AS by_class, bool_or(given <> truth) AS by_rate FROM (SELECT c.id AS id, c.given AS given, \
         c.truth AS truth, w.most AS most, row_number() OVER (PARTITION BY c.given, c.truth ORDER BY c.margin DESC, c.id) AS place \
         FROM ({}) c JOIN mislabel_counts w ON c.given = w.given AND c.truth = w.truth) WHERE place <= most GROUP BY id",
        candidates.join(" UNION ALL ")
    );
    steps.written("pruning", &query, "pruned").await
}

/// Writes margins of pairs of classes, of rows on one side: those whose other class is at least as probable as the given one,
/// few in most tables, or those behind. How many there are.
async fn margins(steps: &Steps<'_>, given: &Given, pairs: &Wanted, side: &str) -> Result<u64> {
    let Samples { table, id, label, embedding, .. } = steps.samples;
    let mut truths: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    pairs.iter().for_each(|(given, truth, _)| truths.entry(*given).or_default().push(*truth));
    let query = format!(
        "SELECT id, get_field(m, 'given') AS given, get_field(m, 'truth') AS truth, get_field(m, 'margin') AS margin FROM (SELECT {id} \
         AS id, unnest(mislabel_margins({embedding}, {label}, {}, {}, '{side}')) AS m FROM {table} WHERE {label} IS NOT NULL)",
        given.literal()?,
        quoted(&text(&truths.into_iter().collect::<Vec<_>>())?)
    );
    let folder = format!("margins-{side}");
    let rows = steps.written("measuring margins", &query, &folder).await?;
    // Of no rows there is no file.
    if rows > 0 {
        steps.known(&format!("mislabel_margins_{side}"), &folder).await?;
    }
    Ok(rows)
}

/// The pairs for which fewer rows are ahead than are wanted.
async fn open(steps: &Steps<'_>, pairs: &Wanted, any_ahead: bool) -> Result<Wanted> {
    if !any_ahead {
        return Ok(pairs.clone());
    }
    let sql = "SELECT given, truth, count(*) AS n FROM mislabel_margins_ahead GROUP BY given, truth";
    let found = triples(&steps.engine.rows("counting margins", sql).await?)?;
    let found: BTreeMap<_, _> = found.into_iter().map(|(given, truth, count)| ((given, truth), count)).collect();
    let ahead = |given: usize, truth: usize| found.get(&(given, truth)).copied().unwrap_or(0);
    Ok(pairs.iter().copied().filter(|(given, truth, most)| ahead(*given, *truth) < *most).collect())
}

/// How many rows of every class are flagged, where any are.
async fn flagged(steps: &Steps<'_>) -> Result<BTreeMap<String, u64>> {
    let sql = "SELECT label, count(*) AS n FROM mislabel_issues WHERE is_issue GROUP BY label";
    let mut flagged = BTreeMap::new();
    for batch in steps.engine.rows("counting issues", sql).await? {
        flagged.extend(
            names(&batch, 0)?.into_iter().flatten().zip(wholes(&batch, 1).into_iter().map(|count| count as u64)),
        );
    }
    Ok(flagged)
}

fn names(batch: &RecordBatch, column: usize) -> Result<Vec<Option<String>>> {
    texts(batch.column(column), "names").map_err(Error::engine("reading names"))
}

fn wholes(batch: &RecordBatch, column: usize) -> Vec<i64> {
    batch.column(column).as_primitive::<Int64Type>().values().to_vec()
}

/// Pairs of classes with a count, in order.
fn triples(batches: &[RecordBatch]) -> Result<Wanted> {
    let mut all = Vec::new();
    for batch in batches {
        let [given, other, count] = [0, 1, 2].map(|column| wholes(batch, column));
        all.extend((0..batch.num_rows()).map(|row| (given[row] as usize, other[row] as usize, count[row] as u64)));
    }
    all.sort_unstable();
    Ok(all)
}

fn suspects(batches: &[RecordBatch]) -> Result<Vec<ConfidentSuspect>> {
    let mut all = Vec::new();
    for batch in batches {
        let [ids, labels, suggested] = [names(batch, 0)?, names(batch, 1)?, names(batch, 2)?];
        let qualities = batch.column(3).as_primitive::<Float64Type>().values();
        for (((id, label), suggested), quality) in ids.into_iter().zip(labels).zip(suggested).zip(qualities) {
            let [id, label, suggested] = [id, label, suggested].map(Option::unwrap_or_default);
            all.push(ConfidentSuspect { id, label, suggested, quality: *quality });
        }
    }
    Ok(all)
}

/// Counts of pairs of classes as a Parquet file.
fn file(pairs: &Wanted) -> Result<Vec<u8>> {
    use datafusion::parquet::arrow::ArrowWriter;

    let failed = |error: String| Error::Damaged(format!("counts of classes cannot be written: {error}"));
    let column = |of: fn(&(usize, usize, u64)) -> i64| Arc::new(Int64Array::from_iter_values(pairs.iter().map(of)));
    let columns: [(&str, ArrayRef); 3] = [
        ("given", column(|(given, _, _)| *given as i64)),
        ("truth", column(|(_, truth, _)| *truth as i64)),
        ("most", column(|(_, _, most)| *most as i64)),
    ];
    let batch = RecordBatch::try_from_iter(columns).map_err(|error| failed(error.to_string()))?;
    let mut writer =
        ArrowWriter::try_new(Vec::new(), batch.schema(), None).map_err(|error| failed(error.to_string()))?;
    writer.write(&batch).map_err(|error| failed(error.to_string()))?;
    writer.into_inner().map_err(|error| failed(error.to_string()))
}

fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Damaged(format!("a literal cannot be written: {error}")))
}
