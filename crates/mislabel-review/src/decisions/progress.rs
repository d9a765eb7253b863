//! How far a review has come, and what it says of the method so far.

use serde::Serialize;

use crate::decisions::board::{Board, Verdict};
use crate::decisions::decision::Decision;
use crate::decisions::share::Share;
use crate::samples::samples::Samples;

/// Counts of decisions that hold, the newest on every sample.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Progress {
    /// Samples with a decision.
    pub decided: usize,
    /// Labels found right.
    pub kept: usize,
    /// Labels found wrong.
    pub relabeled: usize,
    /// Samples without a label that got one.
    pub labeled: usize,
    /// Samples on which the reviewer was not sure.
    pub unsure: usize,
    /// Samples to be left out.
    pub excluded: usize,
    /// Samples without a given label.
    pub unlabelled: usize,
    /// Flagged samples, and how many of them are decided.
    pub flagged: usize,
    /// Flagged samples with a decision.
    pub flagged_decided: usize,
    /// Of the flagged labels that were decided right or wrong, how many are wrong: the precision so far. It speaks of the
    /// samples that were looked at; where these are the most suspect ones, the rest will be lower.
    pub precision: Option<Share>,
    /// Of the labels found wrong, how often the suggested class was the right one.
    pub suggestion: Option<Share>,
    /// Of the control samples, how many labels are wrong.
    pub controls: Option<Share>,
    /// Agreement with the suggestion where it was shown, of labels found right or wrong.
    pub accepted_shown: Option<Share>,
    /// The same where it was hidden: a lower share says that suggestions sway the reviewer.
    pub accepted_blind: Option<Share>,
}

impl Progress {
    /// As far as `board` has come with `samples`. O(n + decisions).
    pub fn of(board: &Board, samples: &Samples) -> Self {
        let unlabelled = samples.given_labels().unlabelled().len();
        let mut progress = Self { flagged: samples.issues().flagged(), unlabelled, ..Self::default() };
        let mut told = Vec::new();
        for (row, verdict) in board.decided() {
            progress.count(row as usize, verdict.decision, samples);
            told.extend(Told::new(row, verdict, samples));
        }
        let share = |among: &dyn Fn(&Told) -> bool, so: &dyn Fn(&Told) -> bool| {
            let among: Vec<&Told> = told.iter().filter(|told| among(told)).collect();
            Share::new(among.iter().filter(|told| so(told)).count(), among.len())
        };
        let suggested = |told: &Told| told.suggested;
        progress.precision = share(&|told| told.flagged, &|told| told.wrong);
        progress.suggestion = share(&|told| told.wrong && told.flagged, &suggested);
        progress.controls = share(&|told| told.control, &|told| told.wrong);
        progress.accepted_shown = share(&|told| told.flagged && !told.blind, &suggested);
        progress.accepted_blind = share(&|told| told.flagged && told.blind, &suggested);
        progress
    }

    fn count(&mut self, row: usize, decision: Decision, samples: &Samples) {
        self.decided += 1;
        self.flagged_decided += usize::from(samples.flagged(row));
        match decision {
            Decision::Keep => self.kept += 1,
            Decision::Relabel(_) if samples.is_unlabelled(row) => self.labeled += 1,
            Decision::Relabel(_) => self.relabeled += 1,
            Decision::Unsure => self.unsure += 1,
            Decision::Exclude => self.excluded += 1,
        }
    }
}

/// A sample with a label whose true label was told.
struct Told {
    wrong: bool,
    /// Whether the true label is the suggested one.
    suggested: bool,
    flagged: bool,
    blind: bool,
    control: bool,
}

impl Told {
    fn new(row: u32, verdict: &Verdict, samples: &Samples) -> Option<Self> {
        let sample = row as usize;
        let given = samples.given_labels().class(sample);
        let label = verdict.decision.label(given)?;
        Some(Self {
            wrong: verdict.decision.says_wrong(given)?,
            suggested: samples.suggested(sample) == Some(label as usize),
            flagged: samples.flagged(sample),
            blind: verdict.circumstances.blind,
            control: verdict.circumstances.control,
        })
    }
}
