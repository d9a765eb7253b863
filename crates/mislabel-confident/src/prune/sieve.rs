//! The filters at work: the flags of a dataset.

use std::ops::Range;

use mislabel_core::checks::same_length;
use mislabel_core::{ClassMembers, Error, Labels, ProbabilitySource, Result, Run};
use ndarray::Array1;
use rayon::prelude::*;

use crate::joint::confident_joint::{ConfidentCount, ConfidentJoint};
use crate::joint::standing::Standing;
use crate::prune::counts::{PruneCounts, checked_fraction};
use crate::prune::filter::Filter;
use crate::prune::swath::Swath;
use crate::prune::top_margins::TopMargins;
use crate::score::Score;

/// Probabilities read at a time when pruning by noise rate, unless they are in memory: 16 MiB.
const SWATH_VALUES: usize = 1 << 21;

/// The parameters that decide which labels are flagged: those of `ConfidentLearning` by the same names.
#[derive(Clone, Copy)]
pub(crate) struct Options<'a> {
    pub(crate) filter: Filter,
    pub(crate) noise_fraction: f64,
    pub(crate) remove_per_class: Option<&'a [usize]>,
    pub(crate) min_examples_per_class: usize,
    pub(crate) joint: Option<&'a ConfidentJoint>,
}

impl Options<'_> {
    /// The counts of a calibrated joint over labels of which so many are of each class, `(k,)`.
    pub(crate) fn prune_counts(&self, joint: ConfidentJoint, label_counts: &[f64]) -> Result<PruneCounts> {
        let counts = PruneCounts::new(joint, self.min_examples_per_class, self.noise_fraction);
        match self.remove_per_class {
            Some(remove) => counts.removing(remove, label_counts),
            None => Ok(counts),
        }
    }

    /// Whether samples of a class of this size may be pruned at all; one alone never is.
    pub(crate) fn is_prunable(&self, size: usize) -> bool {
        size > self.min_examples_per_class.max(1)
    }
}

/// What the filters look at: the samples' standings and confident classes under their given labels.
pub(crate) struct Sieve<'a> {
    pub(crate) options: Options<'a>,
    pub(crate) probabilities: &'a dyn ProbabilitySource,
    pub(crate) given: &'a Labels,
    pub(crate) count: &'a ConfidentCount,
    pub(crate) run: &'a Run<'a>,
}

impl Sieve<'_> {
    /// The flags, `(n,)`.
    pub(crate) fn flags(&self) -> Result<Array1<bool>> {
        self.check_options()?;
        Ok(Array1::from(match self.options.filter {
            Filter::PruneByNoiseRate => self.unless_predicted(self.pruned_by_noise_rate()?),
            Filter::PruneByClass => self.unless_predicted(self.pruned_by_class()?),
            Filter::Both => {
                let (by_class, by_rate) = (self.pruned_by_class()?, self.pruned_by_noise_rate()?);
                self.unless_predicted(by_class.iter().zip(by_rate).map(|(a, b)| *a && b).collect())
            }
            Filter::ConfidentLearning => self.count.off_diagonal(self.given),
            Filter::PredictedNotGiven => self.unless_predicted(vec![true; self.given.len()]),
            Filter::LowNormalizedMargin => self.lowest(Score::NormalizedMargin),
            Filter::LowSelfConfidence => self.lowest(Score::SelfConfidence),
        }))
    }

    fn check_options(&self) -> Result<()> {
        let Options { filter, noise_fraction, remove_per_class, .. } = self.options;
        checked_fraction(noise_fraction)?;
        if !filter.prunes() && noise_fraction != 1.0 {
            let requirement = "1 unless the filter prunes";
            return Err(Error::parameter("noise_fraction", noise_fraction, requirement));
        }
        if let (false, Some(remove)) = (filter.prunes(), remove_per_class) {
            let (value, requirement) = (remove.len() as f64, "left out unless the filter prunes");
            return Err(Error::parameter("remove_per_class", value, requirement));
        }
        Ok(())
    }

    fn unless_predicted(&self, mut flags: Vec<bool>) -> Vec<bool> {
        for ((flag, standing), &label) in flags.iter_mut().zip(&self.count.standings).zip(self.given.values()) {
            *flag &= !standing.is_nearly_predicted(label as usize);
        }
        flags
    }

    fn lowest(&self, score: Score) -> Vec<bool> {
        let wanted = self.count.off_diagonal(self.given).into_iter().filter(|flag| *flag).count();
        let scores: Vec<f64> = self.count.standings.iter().map(|standing| score.of_standing(standing)).collect();
        let mut flags = vec![false; scores.len()];
        for row in least((0..scores.len() as u32).collect(), wanted, |row| scores[row as usize]) {
            flags[row as usize] = true;
        }
        flags
    }

    fn prune_counts(&self) -> Result<PruneCounts> {
        let joint = match self.options.joint {
            Some(joint) => joint.clone(),
            None => self.count.joint.calibrated(self.given)?,
        };
        same_length("the confident joint", self.count.joint.class_count(), joint.class_count())?;
        let label_counts = joint.label_counts(self.given)?;
        self.options.prune_counts(joint, &label_counts)
    }

    fn pruned_by_class(&self) -> Result<Vec<bool>> {
        let counts = self.prune_counts()?;
        let members = self.given.members();
        let mut flags = vec![false; self.given.len()];
        for class in 0..members.class_count() {
            let rows = members.rows(class);
            let pruned = counts.to_prune_by_class(class, rows.len());
            if self.options.is_prunable(rows.len()) && pruned > 0 {
                for row in least(rows.to_vec(), pruned, |row| self.count.standings[row as usize].own) {
                    flags[row as usize] = true;
                }
            }
        }
        Ok(flags)
    }

    fn pruned_by_noise_rate(&self) -> Result<Vec<bool>> {
        let counts = self.prune_counts()?;
        let members = self.given.members();
        let mut classes: Vec<ClassTops<'_>> = (0..members.class_count())
            .filter(|&class| self.options.is_prunable(members.rows(class).len()))
            .map(|class| ClassTops::new(class, &members, &counts))
            .filter(|class| !class.tops.is_empty())
            .collect();
        if !classes.is_empty() {
            self.fill(&mut classes)?;
        }
        let mut flags = vec![false; self.given.len()];
        for row in classes.into_iter().flat_map(|class| class.tops).flat_map(TopMargins::into_rows) {
            flags[row] = true;
        }
        Ok(flags)
    }

    /// Shows every class those of its rows that may be among the wanted, a swath at a time: first those whose rival is the
    /// more probable, few in most data, then what the floors that these have left still let in.
    fn fill(&self, classes: &mut [ClassTops<'_>]) -> Result<()> {
        let (n, k) = self.probabilities.shape();
        let in_place = self.probabilities.in_memory().is_some_and(|rows| rows.is_standard_layout());
        let swath_rows = if in_place { n } else { (SWATH_VALUES / k).clamp(1, n) };
        let standings = &self.count.standings;
        let mut buffer = Vec::new();
        let stage = self.run.stage("pruning by noise rate", 2 * n);
        for suspect in [true, false] {
            for start in (0..n).step_by(swath_rows) {
                let rows = start..n.min(start + swath_rows);
                let leads: Vec<Vec<(f64, u32)>> =
                    classes.par_iter().map(|class| class.promising(rows.clone(), suspect, standings)).collect();
                let mut wanted: Vec<u32> = leads.iter().flatten().map(|(_, row)| *row).collect();
                if !wanted.is_empty() {
                    wanted.sort_unstable();
                    let swath = Swath::read(self.probabilities, rows.clone(), &wanted, &mut buffer)?;
                    let offers = classes.par_iter_mut().zip(leads);
                    offers.try_for_each(|(class, leads)| {
                        class.offer(&leads, &swath, standings);
                        stage.advance(0)
                    })?;
                }
                stage.advance(rows.len())?;
            }
        }
        Ok(())
    }
}

/// The pairs of one given class for which samples are to be pruned.
struct ClassTops<'a> {
    rows: &'a [u32],
    tops: Vec<TopMargins>,
}

impl<'a> ClassTops<'a> {
    fn new(class: usize, members: &'a ClassMembers, counts: &PruneCounts) -> Self {
        let rows = members.rows(class);
        let tops = counts.to_prune(class).into_iter();
        Self { rows, tops: tops.map(|(truth, wanted)| TopMargins::new(truth, wanted.min(rows.len()))).collect() }
    }

    /// The class's rows within `rows` whose lead is positive or 0 (if `suspect`) or negative (if not) and not below every
    /// floor, in order of falling leads.
    fn promising(&self, rows: Range<usize>, suspect: bool, standings: &[Standing]) -> Vec<(f64, u32)> {
        let place = |end: usize| self.rows.partition_point(|&row| (row as usize) < end);
        let lead = |&row: &u32| (standings[row as usize].lead(), row);
        let here = self.rows[place(rows.start)..place(rows.end)].iter().map(lead);
        let mut leads: Vec<(f64, u32)> =
            here.filter(|(lead, _)| (*lead >= 0.0) == suspect && !self.is_beyond(*lead)).collect();
        leads.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        leads
    }

    /// Offers rows of `swath` with their leads, in order of falling leads.
    ///
    /// No margin exceeds the lead of the best rival: when that is below all floors, so is all that follows.
    fn offer(&mut self, leads: &[(f64, u32)], swath: &Swath<'_>, standings: &[Standing]) {
        for &(lead, row) in leads {
            if self.is_beyond(lead) {
                return;
            }
            let (values, own) = (swath.row(row), standings[row as usize].own);
            for top in &mut self.tops {
                top.offer(row, values[top.truth] - own);
            }
        }
    }

    fn is_beyond(&self, lead: f64) -> bool {
        self.tops.iter().all(|top| lead < top.floor())
    }
}

/// The `wanted` rows with the least keys; of equal ones the earlier. At most all.
fn least(mut rows: Vec<u32>, wanted: usize, key: impl Fn(u32) -> f64) -> Vec<u32> {
    if (1..rows.len()).contains(&wanted) {
        rows.select_nth_unstable_by(wanted - 1, |&a, &b| (key(a) + 0.0).total_cmp(&(key(b) + 0.0)).then(a.cmp(&b)));
    }
    rows.truncate(wanted);
    rows
}
