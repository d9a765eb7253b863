//! Samples that came back and the ones that were sent.

use std::collections::HashMap;

use crate::error::{Error, Place, Result};
use crate::model::decision::{Decision, Verdict};
use crate::model::sample::Sample;
use crate::model::sample_set::SampleSet;
use crate::returned::reviewers::{Outcome, Reviewers, opinions};

/// Finds samples that were sent: by index, by id, by path.
struct Sent<'a> {
    set: &'a SampleSet,
    index: HashMap<u64, usize>,
    id: HashMap<&'a str, usize>,
    path: HashMap<&'a str, usize>,
}

impl<'a> Sent<'a> {
    fn of(set: &'a SampleSet) -> Self {
        let rows = || set.samples().iter().enumerate();
        Self {
            set,
            index: rows().filter_map(|(row, sample)| Some((sample.index?, row))).collect(),
            id: rows().map(|(row, sample)| (sample.id.as_str(), row)).collect(),
            path: rows().filter_map(|(row, sample)| Some((sample.path()?, row))).collect(),
        }
    }

    fn row(&self, back: &Sample) -> Result<usize> {
        let by_index = back.index.and_then(|index| self.index.get(&index));
        let by_key = || self.id.get(back.id.as_str()).or_else(|| self.path.get(back.path()?));
        let Some(&row) = by_index.or_else(by_key) else {
            return Err(Error::NotSent { id: back.id.clone() });
        };
        self.check(&self.set.samples()[row], back)?;
        Ok(row)
    }

    /// The same index must be the same sample.
    fn check(&self, sent: &Sample, back: &Sample) -> Result<()> {
        let same_path = sent.path().zip(back.path()).is_some_and(|(sent, back)| is_tail(sent, back));
        // Where a tool gave no id, a reader calls the sample by its index.
        let by_index = back.index.is_some_and(|index| index.to_string() == back.id);
        if sent.id == back.id || same_path || by_index {
            return Ok(());
        }
        let index = back.index.or(sent.index).unwrap_or_default();
        Err(Error::OtherSample { index, field: "id", found: back.id.clone(), sent: sent.id.clone() })
    }
}

/// Whether one path is the end of the other: a tool may have made it absolute.
fn is_tail(a: &str, b: &str) -> bool {
    let tail = |long: &str, short: &str| {
        long.strip_suffix(short).is_some_and(|rest| rest.is_empty() || rest.ends_with(['/', '\\']))
    };
    tail(a, b) || tail(b, a)
}

impl SampleSet {
    /// The samples with at most one decision each: the newest one of those that say what counts by `rule`; none where the
    /// reviewers disagree.
    #[must_use]
    pub fn settled(self, rule: Reviewers) -> Self {
        self.map(|sample| {
            let Outcome::Decided(verdict) = rule.outcome(&sample.decisions) else {
                sample.decisions.clear();
                return;
            };
            let counts = opinions(&sample.decisions).into_iter().rfind(|decision| decision.verdict == verdict).cloned();
            sample.decisions = counts.into_iter().collect();
        })
    }

    /// These samples with the decisions of `back`, a set that a tool gave back; samples that did not come back keep the
    /// decisions that they have.
    ///
    /// Samples are matched by index, or else by id, or else by path. A decision for the given label of a sample is
    /// [`Verdict::Keep`], whether or not the tool knew the given label.
    ///
    /// # Errors
    /// [`Error::NotSent`] at a sample of `back` that is not among these, [`Error::OtherSample`] where index and id, or
    /// the given labels, contradict each other, [`Error::UnknownClass`] at a class that these samples lack.
    pub fn with_decisions_of(self, back: &Self) -> Result<Self> {
        let rows = {
            let sent = Sent::of(&self);
            back.samples().iter().map(|sample| sent.row(sample)).collect::<Result<Vec<usize>>>()?
        };
        let method = self.method().to_owned();
        let (classes, mut samples, _) = self.into_parts();
        for (came, &row) in back.samples().iter().zip(&rows) {
            let place = Place::sample(&came.id);
            let class = |label: u32| {
                let (class, classes_len) = (back.classes().name(label), classes.len());
                let refuse = || Error::UnknownClass {
                    place: place.clone(),
                    field: "the label that came back".into(),
                    class: class.into(),
                    classes: classes_len,
                };
                classes.index(class).ok_or_else(refuse)
            };
            let sample = &mut samples[row];
            if let (Some(sent), Some(found)) = (sample.given, came.given)
                && class(found)? != sent
            {
                let [found, sent] = [back.classes().name(found), classes.name(sent)].map(String::from);
                let index = sample.index.unwrap_or_default();
                return Err(Error::OtherSample { index, field: "given label", found, sent });
            }
            let decisions = came.decisions.iter().map(|decision| {
                let verdict = match decision.verdict {
                    Verdict::Relabel(label) => Verdict::chosen(sample.given, class(label)?),
                    Verdict::Keep if sample.given.is_none() => match came.given {
                        Some(label) => Verdict::Relabel(class(label)?),
                        None => Verdict::Keep,
                    },
                    verdict => verdict,
                };
                Ok(Decision { verdict, ..decision.clone() })
            });
            let decisions = decisions.collect::<Result<Vec<Decision>>>()?;
            if !decisions.is_empty() {
                sample.decisions = decisions;
            }
        }
        Ok(Self::new(classes, samples)?.with_method(method))
    }
}
