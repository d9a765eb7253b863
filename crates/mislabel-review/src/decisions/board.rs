//! Where a review stands: the decisions that hold after everything that happened.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use mislabel_core::PartialLabels;

use crate::decisions::decision::Decision;
use crate::decisions::event::{Action, Circumstances, Event};
use crate::error::{Error, Result};

/// The decisions that hold. Of a reviewer the last decision on a sample holds, unless it was taken back.
///
/// ```
/// use mislabel_core::Labels;
/// use mislabel_review::{Action, Board, Circumstances, Decision};
///
/// let given = Labels::new(vec![0, 1], 2)?.into();
/// let mut board = Board::new(&given);
///
/// let circumstances = Circumstances::default();
/// board.record("op 1", "ann", "", Action::Decide { row: 1, decision: Decision::Relabel(0), circumstances })?;
/// assert_eq!(board.verdict(1).map(|verdict| verdict.decision), Some(Decision::Relabel(0)));
///
/// let (first, last) = board.last_operation("ann").unwrap();
/// board.record("op 2", "ann", "", Action::Undo { first, last })?;
/// assert!(board.verdict(1).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Board {
    samples: usize,
    classes: usize,
    /// Samples without a label, ascending.
    unlabelled: Arc<[usize]>,
    events: Vec<Event>,
    undone: BTreeSet<u64>,
    /// The events of every sample that has some, as places in `events`.
    of_row: BTreeMap<u32, Vec<usize>>,
    tags: BTreeMap<String, BTreeSet<u32>>,
    operations: HashMap<String, Vec<usize>>,
    verdicts: BTreeMap<u32, Verdict>,
}

/// The decision on a sample that holds, the newest of all reviewers.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Verdict {
    /// The decision.
    pub decision: Decision,
    /// Who decided.
    pub reviewer: String,
    /// The number of the event.
    pub seq: u64,
    /// What the reviewer saw.
    pub circumstances: Circumstances,
}

impl Board {
    /// Nothing decided yet on the samples with the `given` labels.
    pub fn new(given: &PartialLabels) -> Self {
        Self {
            samples: given.len(),
            classes: given.labelled().class_count(),
            unlabelled: given.unlabelled().into(),
            events: Vec::new(),
            undone: BTreeSet::new(),
            of_row: BTreeMap::new(),
            tags: BTreeMap::new(),
            operations: HashMap::new(),
            verdicts: BTreeMap::new(),
        }
    }

    /// Records an action under the next number.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub fn record(&mut self, op: &str, reviewer: &str, time: &str, action: Action) -> Result<&Event> {
        let (seq, op, reviewer) = (self.last_seq() + 1, op.to_owned(), reviewer.to_owned());
        self.apply(Event { seq, op, time: time.into(), reviewer, action })
    }

    /// Takes an event in.
    ///
    /// # Errors
    /// [`Error::Unknown`] at a sample, a class, or an event that does not exist, [`Error::NothingToKeep`] where a label is kept
    /// that a sample does not have; nothing changes then.
    pub fn apply(&mut self, event: Event) -> Result<&Event> {
        self.check(&event)?;
        let place = self.events.len();
        self.operations.entry(event.op.clone()).or_default().push(place);
        let touched = match &event.action {
            Action::Decide { row, .. } | Action::Clear { row } | Action::Note { row, .. } => {
                self.of_row.entry(*row).or_default().push(place);
                vec![*row]
            }
            Action::Tag { tag, rows, on } => {
                tagged(self.tags.entry(tag.clone()).or_default(), rows, *on);
                Vec::new()
            }
            Action::Undo { first, last } => self.take_back(*first, *last),
        };
        self.events.push(event);
        touched.into_iter().for_each(|row| self.settle(row));
        Ok(&self.events[place])
    }

    fn check(&self, event: &Event) -> Result<()> {
        known("event before", self.last_seq(), event.seq as usize)?;
        self.check_action(&event.action)
    }

    /// Checks that everything exists that `action` names, a label to keep too.
    pub(crate) fn check_action(&self, action: &Action) -> Result<()> {
        action.rows().iter().try_for_each(|row| known("sample", u64::from(*row), self.samples))?;
        match action {
            Action::Decide { decision: Decision::Relabel(class), .. } => {
                known("class", u64::from(*class), self.classes)
            }
            Action::Decide { row, decision: Decision::Keep, .. }
                if self.unlabelled.binary_search(&(*row as usize)).is_ok() =>
            {
                Err(Error::NothingToKeep { sample: *row })
            }
            Action::Undo { last, .. } => known("event", *last, self.last_seq() as usize + 1),
            _ => Ok(()),
        }
    }

    /// Takes the events `first` to `last` back; gives the samples they were on.
    fn take_back(&mut self, first: u64, last: u64) -> Vec<u32> {
        let places = self.events_between(first, last);
        let mut rows = Vec::new();
        let mut tags = BTreeSet::new();
        for event in places.into_iter().map(|place| &self.events[place]) {
            self.undone.insert(event.seq);
            match &event.action {
                Action::Tag { tag, .. } => drop(tags.insert(tag.clone())),
                action => rows.extend(action.rows()),
            }
        }
        tags.iter().for_each(|tag| self.retag(tag));
        rows
    }

    /// The events `first` to `last`, of the one operation that begins with `first`, as places.
    fn events_between(&self, first: u64, last: u64) -> Vec<usize> {
        let begin = self.events.partition_point(|event| event.seq < first);
        let Some(op) = self.events.get(begin).map(|event| &event.op) else { return Vec::new() };
        let of_operation = self.operations.get(op).into_iter().flatten().copied();
        of_operation.filter(|&place| (first..=last).contains(&self.events[place].seq)).collect()
    }

    /// The samples that `tag` is on, anew.
    fn retag(&mut self, name: &str) {
        let mut set = BTreeSet::new();
        for event in self.events.iter().filter(|event| !self.undone.contains(&event.seq)) {
            match &event.action {
                Action::Tag { tag, rows, on } if tag == name => tagged(&mut set, rows, *on),
                _ => {}
            }
        }
        self.tags.insert(name.into(), set);
    }

    /// Finds the decision on `row` that holds.
    fn settle(&mut self, row: u32) {
        let newest = self.verdicts_of(row).into_iter().max_by_key(|verdict| verdict.seq);
        match newest {
            Some(verdict) => drop(self.verdicts.insert(row, verdict)),
            None => drop(self.verdicts.remove(&row)),
        }
    }

    /// The events on `row` that hold, oldest first.
    fn events_of(&self, row: u32) -> impl Iterator<Item = &Event> {
        let places = self.of_row.get(&row).into_iter().flatten();
        places.map(|&place| &self.events[place]).filter(|event| !self.undone.contains(&event.seq))
    }

    /// The decision of every reviewer on sample `row` that holds, by the names of the reviewers.
    pub fn verdicts_of(&self, row: u32) -> Vec<Verdict> {
        let mut latest = BTreeMap::new();
        for Event { seq, reviewer, action, .. } in self.events_of(row) {
            match action {
                Action::Decide { decision, circumstances, .. } => {
                    let circumstances = circumstances.clone();
                    let verdict = Verdict { decision: *decision, reviewer: reviewer.clone(), seq: *seq, circumstances };
                    latest.insert(reviewer, verdict);
                }
                Action::Clear { .. } => drop(latest.remove(reviewer)),
                _ => {}
            }
        }
        latest.into_values().collect()
    }

    /// The decision on sample `row` that holds, the newest of all reviewers.
    pub fn verdict(&self, row: u32) -> Option<&Verdict> {
        self.verdicts.get(&row)
    }

    /// All samples with a decision that holds, ascending, with the newest one.
    pub fn decided(&self) -> impl ExactSizeIterator<Item = (u32, &Verdict)> {
        self.verdicts.iter().map(|(&row, verdict)| (row, verdict))
    }

    /// The decision of `reviewer` on sample `row` that holds.
    pub fn verdict_by(&self, row: u32, reviewer: &str) -> Option<Verdict> {
        self.verdicts_of(row).into_iter().find(|verdict| verdict.reviewer == reviewer)
    }

    /// Whether two reviewers decided differently on sample `row`.
    pub fn is_disputed(&self, row: u32) -> bool {
        self.verdicts.contains_key(&row)
            && self.verdicts_of(row).windows(2).any(|pair| pair[0].decision != pair[1].decision)
    }

    /// Who decided on sample `row`.
    pub(crate) fn reviewers(&self, row: u32) -> Vec<String> {
        self.verdicts_of(row).into_iter().map(|verdict| verdict.reviewer).collect()
    }

    /// The notes on sample `row`: the last of every reviewer, unless empty.
    pub fn notes(&self, row: u32) -> Vec<String> {
        let mut latest = BTreeMap::new();
        for event in self.events_of(row) {
            if let Action::Note { note, .. } = &event.action {
                latest.insert(&event.reviewer, note);
            }
        }
        latest.into_values().filter(|note| !note.is_empty()).cloned().collect()
    }

    /// The samples that something happened to, ascending.
    pub(crate) fn touched(&self) -> impl Iterator<Item = u32> {
        self.of_row.keys().copied()
    }

    /// The samples that something happened to in events after `seq`.
    pub fn changed_since(&self, seq: u64) -> BTreeSet<u32> {
        let place = self.events.partition_point(|event| event.seq <= seq);
        let mut rows = BTreeSet::new();
        for event in &self.events[place..] {
            match event.action {
                Action::Undo { first, last } => {
                    let places = self.events_between(first, last).into_iter();
                    places.for_each(|place| rows.extend(self.events[place].action.rows()));
                }
                _ => rows.extend(event.action.rows()),
            }
        }
        rows
    }

    /// The samples with the tag `name`.
    pub fn tag(&self, name: &str) -> Option<&BTreeSet<u32>> {
        self.tags.get(name)
    }

    /// All tags with their samples, by name.
    pub fn tags(&self) -> impl Iterator<Item = (&str, &BTreeSet<u32>)> {
        self.tags.iter().map(|(name, rows)| (name.as_str(), rows))
    }

    /// The number of the last event; 0 before the first.
    pub fn last_seq(&self) -> u64 {
        self.events.last().map_or(0, |event| event.seq)
    }

    /// All that happened, in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The events of the operation `op` that were recorded.
    pub(crate) fn operation(&self, op: &str) -> impl Iterator<Item = &Event> {
        self.operations.get(op).into_iter().flatten().map(|&place| &self.events[place])
    }

    /// The first and the last event of the last operation of `reviewer` that can be taken back.
    pub fn last_operation(&self, reviewer: &str) -> Option<(u64, u64)> {
        let undoable = |event: &&Event| {
            event.reviewer == reviewer
                && !matches!(event.action, Action::Undo { .. })
                && !self.undone.contains(&event.seq)
        };
        let last = self.events.iter().rev().find(undoable)?;
        let first = self.operation(&last.op).next()?;
        Some((first.seq, last.seq))
    }
}

fn known(what: &'static str, value: u64, count: usize) -> Result<()> {
    if value < count as u64 { Ok(()) } else { Err(Error::Unknown { what, value, count }) }
}

fn tagged(set: &mut BTreeSet<u32>, rows: &[u32], on: bool) {
    for row in rows {
        match on {
            true => set.insert(*row),
            false => set.remove(row),
        };
    }
}
