//! Samples of a review as they are sent, and decisions that came back as a journal has them.

use std::collections::BTreeMap;

use mislabel_review::{Action, Board, Circumstances, Column, Decision as Decided, Event, Media as Seen, Samples};
use serde_json::{Map, Number, Value};
use twox_hash::XxHash3_128;

use crate::error::{Error, Place, Result};
use crate::model::classes::Classes;
use crate::model::decision::{Decision, Verdict};
use crate::model::sample::{Media, Sample};
use crate::model::sample_set::SampleSet;

/// What one reviewer decided elsewhere, as an operation of a journal.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ReviewOperation {
    /// The name of the operation: the same for the same decisions.
    pub op: String,
    /// Who decided.
    pub reviewer: String,
    /// The decisions and notes.
    pub actions: Vec<Action>,
}

impl ReviewOperation {
    fn new(reviewer: String, actions: Vec<Action>) -> Self {
        let hash = XxHash3_128::oneshot(format!("{reviewer} {actions:?}").as_bytes());
        Self { op: format!("import-{hash:032x}"), reviewer, actions }
    }
}

impl SampleSet {
    /// The samples `rows` of a review, in this order: what a method says of them, what they show, and what was decided so far,
    /// with notes and tags. A sample without an id is called by its index.
    ///
    /// ```
    /// use mislabel_core::{LabelIssues, LabelQuality, Labels};
    /// use mislabel_interchange::{Comparison, Reviewers, SampleSet};
    /// use mislabel_review::{Action, Board, Circumstances, Decision, Samples};
    ///
    /// let given = Labels::new(vec![0, 1], 2)?.with_class_names(["cat", "dog"])?;
    /// let suggested = given.with_values(vec![1, 1])?;
    /// let issues = LabelIssues::new(LabelQuality::new(vec![0.1, 0.9])?, vec![true, false], suggested, vec![0.0; 2])?;
    /// let samples = Samples::new(given, issues)?;
    /// let mut board = Board::new(samples.given_labels());
    /// let sent = SampleSet::of_review(&samples, &board, samples.ranking())?;
    ///
    /// let (decision, circumstances) = (Decision::Relabel(1), Circumstances::default());
    /// board.record("op 1", "ann", "2026-11-28T16:40:48Z", Action::Decide { row: 0, decision, circumstances })?;
    /// let back = SampleSet::of_review(&samples, &board, &[0])?;
    /// let comparison = Comparison::between(&sent, &back, Reviewers::Newest)?;
    /// assert_eq!((comparison.relabeled, comparison.suggestion.value()), (1, Some(1.0)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`SampleSet::new`], and [`Error::Repeated`] where class names repeat.
    pub fn of_review(samples: &Samples, board: &Board, rows: &[u32]) -> Result<Self> {
        let classes = Classes::new((0..samples.class_count()).map(|class| samples.class_name(class)))?;
        let moments: BTreeMap<u64, &Event> = board.events().iter().map(|event| (event.seq, event)).collect();
        Self::new(classes, rows.iter().map(|&row| sample(samples, board, &moments, row)).collect())
    }

    /// What the decisions of these samples are in the journal of a review of `samples`, reviewer by reviewer in the order of
    /// their names; `unnamed` decided where nobody is named. A journal takes each operation once, however often it is written.
    ///
    /// # Errors
    /// [`Error::Missing`] at a sample without an index, [`Error::OtherSample`] at an index or a given label that `samples` lack,
    /// [`Error::UnknownClass`] at a class that they lack.
    pub fn review_operations(&self, samples: &Samples, unnamed: &str) -> Result<Vec<ReviewOperation>> {
        let mut actions: BTreeMap<String, Vec<Action>> = BTreeMap::new();
        for sample in self.samples().iter().filter(|sample| !sample.decisions.is_empty()) {
            let row = self.row(sample, samples)?;
            for decision in &sample.decisions {
                let reviewer = decision.reviewer.as_deref().map(str::trim).filter(|name| !name.is_empty());
                let own = actions.entry(reviewer.unwrap_or(unnamed).into()).or_default();
                let decided = self.decided(sample, decision.verdict, samples, row)?;
                own.push(Action::Decide { row, decision: decided, circumstances: Circumstances::default() });
                let note = decision.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
                own.extend(note.map(|note| Action::Note { row, note: note.into() }));
            }
        }
        Ok(actions.into_iter().map(|(reviewer, actions)| ReviewOperation::new(reviewer, actions)).collect())
    }

    fn row(&self, sample: &Sample, samples: &Samples) -> Result<u32> {
        let place = Place::sample(&sample.id);
        let index =
            sample.index.ok_or_else(|| Error::missing(&place, "index", "join the samples with those of the review"))?;
        let row = u32::try_from(index).ok().filter(|row| (*row as usize) < samples.len());
        let row = row.ok_or_else(|| Error::NotSent { id: sample.id.clone() })?;
        let sent = samples.given(row as usize).map(|class| samples.class_name(class));
        match sample.given.map(|given| self.classes().name(given)) {
            Some(found) if sent.as_deref() != Some(found) => {
                let sent = sent.map_or_else(|| "no label".into(), Into::into);
                Err(Error::OtherSample { index, field: "given label", found: found.into(), sent })
            }
            _ => Ok(row),
        }
    }

    fn decided(&self, sample: &Sample, verdict: Verdict, samples: &Samples, row: u32) -> Result<Decided> {
        let Verdict::Relabel(label) = verdict else {
            return Ok(match verdict {
                Verdict::Unsure => Decided::Unsure,
                Verdict::Exclude => Decided::Exclude,
                _ => Decided::Keep,
            });
        };
        let name = self.classes().name(label);
        let unknown = || Error::UnknownClass {
            place: Place::sample(&sample.id),
            field: "the label that came back".into(),
            class: name.into(),
            classes: samples.class_count(),
        };
        let class = (0..samples.class_count()).find(|class| samples.class_name(*class) == name).ok_or_else(unknown)?;
        Ok(if Some(class) == samples.given(row as usize) { Decided::Keep } else { Decided::Relabel(class as u32) })
    }
}

fn sample(samples: &Samples, board: &Board, moments: &BTreeMap<u64, &Event>, row: u32) -> Sample {
    let place = row as usize;
    let media = match samples.media() {
        Seen::Files(paths) => Some(Media::Path(paths.get(place).into())),
        Seen::Texts(texts) => Some(Media::Text(texts.get(place).into())),
        _ => None,
    };
    let notes = board.notes(row).join("\n");
    let decision = |verdict: mislabel_review::Verdict| Decision {
        reviewer: Some(verdict.reviewer),
        time: moments.get(&verdict.seq).and_then(|event| event.time.parse().ok()),
        note: (!notes.is_empty()).then(|| notes.clone()),
        ..Decision::new(match verdict.decision {
            Decided::Keep => Verdict::Keep,
            Decided::Relabel(class) => Verdict::Relabel(class),
            Decided::Exclude => Verdict::Exclude,
            _ => Verdict::Unsure,
        })
    };
    let mut verdicts = board.verdicts_of(row);
    verdicts.sort_by_key(|verdict| verdict.seq);
    let tags = board.tags().filter(|(_, rows)| rows.contains(&row)).map(|(name, _)| name.to_owned());
    Sample {
        index: Some(row.into()),
        media,
        given: samples.given_labels().class(place),
        suggested: samples.suggested(place).map(|class| class as u32),
        quality: samples.quality(place),
        score: samples.score(place),
        flagged: samples.quality(place).map(|_| samples.flagged(place)),
        decisions: verdicts.into_iter().map(decision).collect(),
        tags: tags.collect(),
        columns: columns(samples, place),
        ..Sample::new(samples.id(place).map_or_else(|| row.to_string(), Into::into))
    }
}

/// The further columns of a sample; a value that is missing is left out.
fn columns(samples: &Samples, row: usize) -> Map<String, Value> {
    let value = |column: &Column| match column {
        Column::Numbers(values) => Number::from_f64(values[row]).map(Value::Number),
        other => Some(other.text(row)).filter(|text| !text.is_empty()).map(Value::String),
    };
    samples.columns().filter_map(|(name, column)| Some((name.to_owned(), value(column)?))).collect()
}
