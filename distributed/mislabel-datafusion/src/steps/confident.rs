//! The steps of confident learning.

use std::collections::BTreeMap;

use datafusion::arrow::array::RecordBatch;
use mislabel_confident::{ConfidentJoint, ConfidentLearning, ConfidentThresholds, Filter};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::session::Engine;
use crate::steps::batches::{Ranked, doubles, file, literal, names, ranked, wholes};
use crate::steps::confident_report::{ConfidentClassFigures, ConfidentReport, ConfidentSuspect, counts};
use crate::steps::labels::{Counted, Written, counted};
use crate::steps::run::{Progress, Steps};
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
        let Self { filter, noise_fraction, min_examples_per_class, classes, .. } = self;
        let parameters = format!("confident, {filter:?}, {noise_fraction:?}, {min_examples_per_class}, {classes:?}");
        let place = (self.work.as_str(), self.resume);
        let steps = Steps::begin(engine, (table, &samples), place, parameters, progress).await?;
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
        let report = self.report(steps, (&given, &thresholds), (&joint, wanted.is_empty()));
        steps.reported(given.rows(), report).await
    }

    /// Counts labels.
    async fn given(&self, steps: &Steps<'_>) -> Result<Given> {
        let Counted { classes, unlabeled } = counted(steps).await?;
        let names = self.classes.clone().unwrap_or_else(|| classes.iter().map(|(name, _)| name.clone()).collect());
        let mut left: BTreeMap<String, u64> = classes.into_iter().collect();
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
        let column = |of: fn(&(usize, usize, u64)) -> i64| wanted.iter().map(of).collect();
        let columns = [
            ("given", column(|(given, _, _)| *given as i64)),
            ("truth", column(|(_, truth, _)| *truth as i64)),
            ("most", column(|(_, _, most)| *most as i64)),
        ];
        steps.store.put("counts/part-0.parquet", file(columns)?).await?;
        Ok(wanted)
    }

    /// Writes all rows, and says what was found.
    async fn report(
        &self,
        steps: &Steps<'_>,
        (given, thresholds): (&Given, &[f64]),
        (joint, unpruned): (&Wanted, bool),
    ) -> Result<ConfidentReport> {
        let flag = match self.filter {
            Filter::ConfidentLearning => "coalesce(confident <> given, false)",
            Filter::PredictedNotGiven => "true",
            _ if unpruned => "false",
            Filter::PruneByClass => "coalesce(p.by_class, false)",
            Filter::Both => "coalesce(p.by_class AND p.by_rate, false)",
            _ => "coalesce(p.by_rate, false)",
        };
        let Written { id, label, suggested } = steps.samples.written("s");
        let joined = if unpruned { "" } else { " LEFT JOIN mislabel_pruned p ON s.id = p.id" };
        let all = format!(
            "SELECT {id} AS id, {label} AS label, {suggested} AS suggested, greatest(0.0, least(1.0, s.own)) AS quality, {flag} AND NOT \
             s.spared AS is_issue FROM mislabel_standings s{joined}"
        );
        steps.written_all("writing all rows", &all, "issues", given.rows()).await?;
        steps.known("mislabel_issues", "issues").await?;
        let flagged = flagged(steps).await?;
        let class = |((name, rows), threshold): ((&String, &u64), &f64)| {
            let (name, rows, flagged) = (name.clone(), *rows, flagged.get(name).copied().unwrap_or(0));
            ConfidentClassFigures { name, rows, threshold: *threshold, flagged }
        };
        let top = format!(
            "SELECT id, label, suggested, quality FROM mislabel_issues WHERE is_issue ORDER BY quality, id LIMIT {}",
            self.top
        );
        Ok(ConfidentReport {
            rows: given.rows(),
            unlabeled: given.unlabeled,
            flagged: flagged.values().sum(),
            classes: given.names.iter().zip(&given.counts).zip(thresholds).map(class).collect(),
            joint: joint.clone(),
            suspects: ranked(&steps.engine.rows("ranking", &top).await?)?.into_iter().map(suspect).collect(),
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
    fn rows(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// t_j, the mean of P_j over the rows given class j, `(k,)`.
async fn thresholds(steps: &Steps<'_>, given: &Given) -> Result<Vec<f64>> {
    let Samples { table, id, label, embedding, .. } = steps.samples;
    let sql = format!(
        "SELECT given, count(*) AS n, mislabel_mean_probability(own) AS mean FROM (SELECT get_field(s, 'given') AS given, \
         get_field(s, 'own') AS own FROM (SELECT mislabel_standing({embedding}, {label}, {}, {id}) AS s FROM {table} \
         WHERE {label} IS NOT NULL)) GROUP BY given",
        literal(&given.names)?
    );
    let (mut means, mut rows) = (vec![None; given.names.len()], 0);
    for batch in steps.engine.rows("averaging probabilities", &sql).await? {
        for ((class, count), mean) in wholes(&batch, 0).into_iter().zip(wholes(&batch, 1)).zip(doubles(&batch, 2)) {
            means[class as usize] = Some(mean);
            rows += count as u64;
        }
    }
    steps.all("averaging probabilities", rows, given.rows())?;
    Ok(ConfidentThresholds::of_means(&means)?.view().to_vec())
}

/// Writes how the label of every row stands, and which class the row is confidently of.
async fn scores(steps: &Steps<'_>, given: &Given, thresholds: &[f64]) -> Result<u64> {
    let Samples { table, id, label, embedding, .. } = steps.samples;
    let query = format!(
        "SELECT id, label, get_field(s, 'given') AS given, get_field(s, 'own') AS own, get_field(s, 'suggested') AS suggested, \
         get_field(s, 'spared') AS spared, confident FROM (SELECT {id} AS id, {label} AS label, mislabel_standing({embedding}, \
         {label}, {}, {id}) AS s, mislabel_confident_class({embedding}, {}) AS confident FROM {table} \
         WHERE {label} IS NOT NULL)",
        literal(&given.names)?,
        literal(&thresholds)?
    );
    steps.written_all("looking at all rows", &query, "scores", given.rows()).await
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
        literal(&given.names)?,
        literal(&truths.into_iter().collect::<Vec<_>>())?
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

pub(super) fn suspect(([id, label, suggested], quality): Ranked) -> ConfidentSuspect {
    ConfidentSuspect { id, label, suggested, quality }
}
