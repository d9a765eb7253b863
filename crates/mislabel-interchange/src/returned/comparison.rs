//! How the decisions of people compare with the suggestions of methods.

use std::collections::HashSet;

use serde::Serialize;

use crate::error::Result;
use crate::model::decision::Verdict;
use crate::model::sample::Sample;
use crate::model::sample_set::SampleSet;
use crate::returned::reviewers::{Outcome, Reviewers, opinions};

/// A share of samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Share {
    /// Samples for which it holds.
    pub hits: usize,
    /// Samples it is about.
    pub of: usize,
}

impl Share {
    /// The share in [0, 1]; `None` where it is about no sample.
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| self.hits as f64 / self.of as f64)
    }

    fn count(&mut self, hit: bool) {
        self.hits += usize::from(hit);
        self.of += 1;
    }
}

/// How the flags and labels of one method compare with the decisions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MethodAgreement {
    /// Name of the method or model.
    pub method: String,
    /// Precision of the flags: of the flagged samples that were kept, relabeled or excluded, those that were not kept.
    pub precision: Share,
    /// Of the samples whose true label was decided, those for which the method had it.
    pub label: Share,
}

/// What came back: how many samples, what was decided, how often suggestions were right.
///
/// ```
/// use mislabel_interchange::{Classes, Comparison, Decision, Reviewers, Sample, SampleSet, Verdict};
///
/// let mut sample = Sample::new("a");
/// (sample.given, sample.suggested, sample.flagged) = (Some(0), Some(1), Some(true));
/// let sent = SampleSet::new(Classes::new(["cat", "dog"])?, vec![sample.clone(), Sample::new("b")])?;
/// sample.decisions = vec![Decision::new(Verdict::Relabel(1))];
/// let back = SampleSet::new(Classes::new(["cat", "dog"])?, vec![sample])?;
///
/// let comparison = Comparison::between(&sent, &back, Reviewers::Newest)?;
/// assert_eq!((comparison.relabeled, comparison.missing), (1, vec!["b".to_owned()]));
/// assert_eq!(comparison.methods[0].precision.value(), Some(1.0));
/// # Ok::<(), mislabel_interchange::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// Samples that were sent.
    pub sent: usize,
    /// Samples that came back.
    pub returned: usize,
    /// Ids of the samples that did not come back.
    pub missing: Vec<String>,
    /// Samples that came back without a decision.
    pub undecided: usize,
    /// Ids of the samples whose reviewers disagree.
    pub disputed: Vec<String>,
    /// Labels that were confirmed.
    pub kept: usize,
    /// Labels that were changed.
    pub relabeled: usize,
    /// Samples without a given label that got one.
    pub labeled: usize,
    /// Samples of which nobody could tell.
    pub unsure: usize,
    /// Samples that should not be in the dataset.
    pub excluded: usize,
    /// Of the samples with a suggestion other than the given label, and a decided label, those where it is the suggestion.
    pub suggestion: Share,
    /// Of the samples that several people decided about, those where all agree.
    pub reviewers: Share,
    /// The method of the suggestions first, then the models, by name.
    pub methods: Vec<MethodAgreement>,
}

impl Comparison {
    /// Compares `back`, what a tool gave back, with the samples that were `sent`.
    ///
    /// # Errors
    /// As [`SampleSet::with_decisions_of`].
    pub fn between(sent: &SampleSet, back: &SampleSet, rule: Reviewers) -> Result<Self> {
        let blank = sent.clone().map(|sample| sample.decisions.clear());
        let joined = blank.with_decisions_of(back)?;
        let returned = Returned::of(back);
        let mut comparison = Self { sent: sent.len(), returned: back.len(), ..Self::default() };
        comparison.methods.push(MethodAgreement { method: sent.method().into(), ..MethodAgreement::default() });
        for sample in joined.samples() {
            comparison.count(sample, returned.has(sample), rule);
        }
        comparison.methods[1..].sort_by(|a, b| a.method.cmp(&b.method));
        Ok(comparison)
    }

    fn count(&mut self, sample: &Sample, has_returned: bool, rule: Reviewers) {
        let opinions = opinions(&sample.decisions);
        if opinions.len() > 1 {
            self.reviewers.count(opinions.iter().all(|opinion| opinion.verdict == opinions[0].verdict));
        }
        match rule.outcome(&sample.decisions) {
            Outcome::Undecided if has_returned => self.undecided += 1,
            Outcome::Undecided => self.missing.push(sample.id.clone()),
            Outcome::Disputed => self.disputed.push(sample.id.clone()),
            Outcome::Decided(verdict) => self.count_verdict(sample, verdict),
        }
    }

    fn count_verdict(&mut self, sample: &Sample, verdict: Verdict) {
        let label = match verdict {
            Verdict::Keep => sample.given,
            Verdict::Relabel(label) => Some(label),
            Verdict::Unsure | Verdict::Exclude => None,
        };
        *match verdict {
            Verdict::Keep => &mut self.kept,
            Verdict::Relabel(_) if sample.given.is_none() => &mut self.labeled,
            Verdict::Relabel(_) => &mut self.relabeled,
            Verdict::Unsure => &mut self.unsure,
            Verdict::Exclude => &mut self.excluded,
        } += 1;
        if let (Some(label), Some(suggested)) = (label, sample.suggested.filter(|s| Some(*s) != sample.given)) {
            self.suggestion.count(label == suggested);
        }
        let is_wrong = (verdict != Verdict::Unsure).then_some(verdict != Verdict::Keep);
        self.methods[0].count(sample.flagged, sample.suggested, is_wrong, label);
        for prediction in &sample.predictions {
            let flagged = prediction.flagged.or(sample.given.map(|given| prediction.label != given));
            self.method(&prediction.model).count(flagged, Some(prediction.label), is_wrong, label);
        }
    }

    fn method(&mut self, name: &str) -> &mut MethodAgreement {
        let known = self.methods[1..].iter().position(|known| known.method == name);
        let place = known.map_or(self.methods.len(), |place| place + 1);
        if known.is_none() {
            self.methods.push(MethodAgreement { method: name.into(), ..MethodAgreement::default() });
        }
        &mut self.methods[place]
    }
}

impl MethodAgreement {
    fn count(&mut self, flagged: Option<bool>, label: Option<u32>, is_wrong: Option<bool>, decided: Option<u32>) {
        if let (Some(true), Some(is_wrong)) = (flagged, is_wrong) {
            self.precision.count(is_wrong);
        }
        if let (Some(label), Some(decided)) = (label, decided) {
            self.label.count(label == decided);
        }
    }
}

/// What identifies the samples that came back.
struct Returned<'a> {
    indices: HashSet<u64>,
    keys: HashSet<&'a str>,
}

impl<'a> Returned<'a> {
    fn of(back: &'a SampleSet) -> Self {
        let samples = back.samples();
        let paths = samples.iter().filter_map(Sample::path);
        Self {
            indices: samples.iter().filter_map(|sample| sample.index).collect(),
            keys: samples.iter().map(|sample| sample.id.as_str()).chain(paths).collect(),
        }
    }

    fn has(&self, sample: &Sample) -> bool {
        let by_index = sample.index.is_some_and(|index| self.indices.contains(&index));
        by_index || self.keys.contains(sample.id.as_str()) || sample.path().is_some_and(|path| self.keys.contains(path))
    }
}
