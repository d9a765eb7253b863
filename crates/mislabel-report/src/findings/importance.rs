//! Which samples matter most to a classifier, and which least: the view of coreset services.

use mislabel_core::{ClassMembers, EmbeddingSource, Embeddings, LabelIssues, Labels, Result, Run};
use mislabel_coreset::{ClassLeverage, Importance as _, Samples as Weighed};
use serde::Serialize;

use crate::findings::distribution::Histogram;
use crate::findings::subset::{gathered, of_every_class};

/// Multiplications of the importance of all samples beyond which a sample of them is taken.
const AFFORDABLE: f64 = 1e11;
/// Samples that are taken then.
const SAMPLED: usize = 20_000;
/// Bins of the histogram.
const BINS: usize = 30;
/// Samples of either end that a class shows.
const SHOWN: usize = 6;
/// Importances below the first and beyond the second share of the samples fall into the outermost bins.
const WITHIN: [f64; 2] = [0.001, 0.999];

/// How important samples are among those of their given class: class leverage over its mean in the class.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ImportanceView {
    /// The samples that were measured, `(m,)`, ascending.
    pub samples: Vec<u32>,
    /// Their importance over the mean of their class: 1 for an average sample, `(m,)`.
    pub importance: Vec<f64>,
    /// How it is distributed; the outermost bins have all beyond.
    pub histogram: Histogram,
    /// The mean importance of flagged labels and of others; `None` where there is none.
    pub mean_flagged: Option<f64>,
    /// The same of other labels.
    pub mean_others: Option<f64>,
    /// The classes shown.
    pub classes: Vec<ClassImportance>,
}

/// The most and the least important samples of a class.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ClassImportance {
    /// The class.
    pub class: u32,
    /// Its most important samples, the most important first.
    pub most: Vec<MeasuredSample>,
    /// Its least important samples, the least important first.
    pub least: Vec<MeasuredSample>,
}

/// A sample and how important it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MeasuredSample {
    /// The sample's number.
    pub sample: u32,
    /// Its importance over the mean of its class.
    pub importance: f64,
    /// Whether its label is flagged.
    pub flagged: bool,
}

impl ImportanceView {
    /// Of the samples of `source`, `(n, d)`, with a look at the classes `shown`.
    pub(crate) fn new(
        source: &dyn EmbeddingSource,
        given: &Labels,
        issues: &LabelIssues,
        shown: &[u32],
        seed: u64,
        run: &Run<'_>,
    ) -> Result<Self> {
        let (samples, importance) = measured(source, given, seed, run)?;
        let flag = |place: usize| issues.is_issue()[samples[place] as usize];
        let mean = |flagged: bool| {
            let of: Vec<f64> =
                (0..samples.len()).filter(|place| flag(*place) == flagged).map(|place| importance[place]).collect();
            (!of.is_empty()).then(|| of.iter().sum::<f64>() / of.len() as f64)
        };
        let range = WITHIN.map(|share| quantile(&importance, share));
        let values = importance.iter().enumerate().map(|(place, value)| (*value, flag(place)));
        Ok(Self {
            histogram: Histogram::new(BINS, range, values),
            mean_flagged: mean(true),
            mean_others: mean(false),
            classes: shown.iter().map(|class| ends(*class, &samples, &importance, given, issues)).collect(),
            samples,
            importance,
        })
    }
}

/// The samples that are measured, and their importance over the mean of their class.
fn measured(source: &dyn EmbeddingSource, given: &Labels, seed: u64, run: &Run<'_>) -> Result<(Vec<u32>, Vec<f64>)> {
    let members = given.members();
    if cost(&members, source.shape().1) <= AFFORDABLE {
        let importance = relative(source, given, run)?;
        return Ok(((0..given.len() as u32).collect(), importance));
    }
    let samples = of_every_class(&members, given.len(), SAMPLED, seed);
    let rows = gathered(source, &samples)?;
    let labels = given.with_values(samples.iter().map(|row| given.values()[*row as usize]).collect())?;
    let importance = relative(&Embeddings::new(rows.view())?, &labels, run)?;
    Ok((samples, importance))
}

/// Multiplications of class leverage: n_c·d·min(n_c, d) of every class.
fn cost(members: &ClassMembers, features: usize) -> f64 {
    let of_class = |class: usize| {
        let rows = members.rows(class).len();
        rows as f64 * features as f64 * rows.min(features) as f64
    };
    (0..members.class_count()).map(of_class).sum()
}

fn relative(source: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<Vec<f64>> {
    let importance = ClassLeverage::default().importance(&Weighed::new(source, given)?, run)?;
    let mut sums = vec![0.0; given.class_count()];
    for (value, class) in importance.iter().zip(given.values()) {
        sums[*class as usize] += value;
    }
    let counts = given.counts();
    let over_mean = |(value, class): (&f64, &u32)| {
        let mean = sums[*class as usize] / counts[*class as usize] as f64;
        if mean > 0.0 { value / mean } else { 1.0 }
    };
    Ok(importance.iter().zip(given.values()).map(over_mean).collect())
}

fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    let place = ((sorted.len() - 1) as f64 * share) as usize;
    *sorted.select_nth_unstable_by(place, f64::total_cmp).1
}

fn ends(class: u32, samples: &[u32], importance: &[f64], given: &Labels, issues: &LabelIssues) -> ClassImportance {
    let of_class = samples.iter().zip(importance).filter(|(row, _)| given.values()[**row as usize] == class);
    let sample = |(row, importance): (&u32, &f64)| MeasuredSample {
        sample: *row,
        importance: *importance,
        flagged: issues.is_issue()[*row as usize],
    };
    let mut ranked: Vec<MeasuredSample> = of_class.map(sample).collect();
    ranked.sort_by(|a, b| b.importance.total_cmp(&a.importance).then(a.sample.cmp(&b.sample)));
    // In a small class no sample is at both ends.
    let shown = SHOWN.min(ranked.len().div_ceil(2));
    let least = ranked.iter().rev().take(SHOWN.min(ranked.len() - shown)).copied().collect();
    ranked.truncate(shown);
    ClassImportance { class, most: ranked, least }
}
