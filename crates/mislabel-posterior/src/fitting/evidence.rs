//! What the model looks at, sample by sample.

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{Error, Labels, NearestErrors, Result};
use ndarray::{Array2, ArrayView2};

/// Votes that every class has before any neighbor's.
const PSEUDO_VOTES: f64 = 0.5;

/// Errors under the nearest classes, the given labels, and what the neighbors are labeled.
pub(crate) struct Evidence<'a> {
    errors: &'a NearestErrors,
    pub(crate) given: &'a Labels,
    /// s: the root of the median of the least squared errors.
    unit: f64,
    /// Neighbors that carry the label of each class of a sample, its given class first, `(n, m + 1)`; none asked: no columns.
    votes: Array2<u16>,
    /// v by the number of votes, `(neighbors + 1,)`.
    log_shares: Vec<f64>,
    /// How often every sample counts, `(n,)`; once, when empty.
    pub(crate) weights: Vec<f64>,
}

/// A sample's classes and what speaks for each; the given class comes first, then its nearest others, then all the rest as one.
#[derive(Default)]
pub(crate) struct Outlook {
    /// The classes, but for the rest.
    pub(crate) classes: Vec<u32>,
    /// r of every class; the mean one for the rest.
    pub(crate) distance: Vec<f64>,
    /// v of every class; empty without neighbors.
    pub(crate) share: Vec<f64>,
    /// How many classes are the rest.
    pub(crate) rest: usize,
}

impl<'a> Evidence<'a> {
    /// Of `errors` and labels `given`, `(n,)`, and, where there are any, of the `neighbors`, `(n, q)` indices of samples.
    pub(crate) fn new(
        errors: &'a NearestErrors,
        given: &'a Labels,
        neighbors: Option<ArrayView2<'_, u32>>,
    ) -> Result<Self> {
        same_length("given labels", errors.len(), given.len())?;
        same_class_count("the given labels", errors.summary().class_count(), given.class_count())?;
        let (votes, log_shares) = match neighbors {
            None => (Array2::zeros((given.len(), 0)), Vec::new()),
            Some(neighbors) => (votes(errors, given, neighbors)?, log_shares(neighbors.ncols(), given.class_count())),
        };
        Ok(Self { errors, given, unit: unit(errors), votes, log_shares, weights: Vec::new() })
    }

    /// The same with errors measured in units of `unit`, as another fit had them.
    pub(crate) fn in_units_of(self, unit: f64) -> Self {
        Self { unit, ..self }
    }

    /// s, and how much larger errors under far classes are than the second least, on average.
    pub(crate) fn scales(&self) -> (f64, f64) {
        (self.unit, self.errors.summary().rest_ratio())
    }

    /// How often sample `row` counts.
    pub(crate) fn weight(&self, row: usize) -> f64 {
        self.weights.get(row).copied().unwrap_or(1.0)
    }

    /// Looks at sample `row`: errors in units of s, less the least, and votes.
    pub(crate) fn look(&self, row: usize, outlook: &mut Outlook) {
        let (summary, others) = (self.errors.summary(), self.errors.errors(row));
        let (own, per_unit) = (summary.own()[row], self.unit.recip());
        // The others ascend.
        let least = others.first().map_or(own, |first| own.min(f64::from(*first)));
        outlook.classes.clear();
        outlook.classes.push(self.given.values()[row]);
        outlook.classes.extend(self.errors.classes(row));
        outlook.distance.clear();
        outlook.distance.push((own - least) * per_unit);
        outlook.distance.extend(others.iter().map(|error| (f64::from(*error) - least) * per_unit));
        outlook.rest = summary.reconstructors() - outlook.classes.len();
        if outlook.rest > 0 {
            let farthest = others.last().map_or(own, |last| f64::from(*last));
            let known = own + others.iter().map(|error| f64::from(*error)).sum::<f64>();
            // None of the rest is nearer than those that are known, whatever rounding says.
            let mean = ((summary.estimated_sum(row) - known) / outlook.rest as f64).max(farthest);
            outlook.distance.push((mean - least) * per_unit);
        }
        outlook.share.clear();
        if let Some(no_votes) = self.log_shares.first() {
            let votes = self.votes.row(row);
            outlook.share.extend(votes.iter().map(|votes| self.log_shares[usize::from(*votes)]));
            outlook.share.extend((outlook.rest > 0).then_some(no_votes));
        }
    }
}

/// The votes of `neighbors` for every class that is looked at, `(n, m + 1)`.
fn votes(errors: &NearestErrors, given: &Labels, neighbors: ArrayView2<'_, u32>) -> Result<Array2<u16>> {
    let n = given.len();
    same_length("rows of neighbors", n, neighbors.nrows())?;
    let asked = neighbors.ncols();
    if asked == 0 || asked > usize::from(u16::MAX) {
        let requirement = "from 1 to 65535";
        return Err(Error::parameter("neighbors", asked, requirement));
    }
    let mut votes = Array2::zeros((n, errors.width() + 1));
    for (row, (neighbors, mut votes)) in neighbors.outer_iter().zip(votes.outer_iter_mut()).enumerate() {
        let (own, others) = (given.values()[row], errors.classes(row));
        for (column, &neighbor) in neighbors.iter().enumerate() {
            let Some(&label) = given.values().get(neighbor as usize) else {
                let (what, high) = ("neighbors", (n - 1) as f64);
                return Err(Error::OutOfRange { what, row, column, value: f64::from(neighbor), low: 0.0, high });
            };
            let place = match label == own {
                true => Some(0),
                false => others.iter().position(|class| *class == label).map(|place| place + 1),
            };
            if let Some(place) = place {
                votes[place] += 1;
            }
        }
    }
    Ok(votes)
}

/// ln((votes + ½)/(asked + ½k)) of every number of votes.
fn log_shares(asked: usize, classes: usize) -> Vec<f64> {
    let all = asked as f64 + PSEUDO_VOTES * classes as f64;
    (0..=asked).map(|votes| ((votes as f64 + PSEUDO_VOTES) / all).ln()).collect()
}

/// The root of the median of the least squared errors; 1 where most errors are 0.
fn unit(errors: &NearestErrors) -> f64 {
    let summary = errors.summary();
    let mut least: Vec<f64> =
        summary.own().iter().zip(summary.least_other()).map(|(own, other)| own.min(*other)).collect();
    let half = least.len() / 2;
    let median = *least.select_nth_unstable_by(half, f64::total_cmp).1;
    if median > 0.0 { median } else { 1.0 }
}
