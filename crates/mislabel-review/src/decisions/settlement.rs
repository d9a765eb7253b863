//! One answer for every sample, where several reviewers decided.

use std::collections::{BTreeMap, HashMap};

use mislabel_core::{PartialLabels, VerifiedLabels};

use crate::decisions::board::{Board, Verdict};
use crate::decisions::decision::Decision;
use crate::error::Result;

/// Whose decision counts where several reviewers decided on a sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Settlement {
    /// The newest.
    #[default]
    Newest,
    /// The one that more than half of the reviewers share; else none.
    Majority,
    /// The one that all share; else none.
    AllAgree,
}

impl Settlement {
    /// The decision on every sample that one counts for, by sample.
    pub fn decisions(self, board: &Board) -> Vec<(u32, Decision)> {
        let settled = |(row, newest): (u32, &Verdict)| {
            let decision = match self {
                Self::Newest => Some(newest.decision),
                Self::Majority => shared(&board.verdicts_of(row), |votes, all| 2 * votes > all),
                Self::AllAgree => shared(&board.verdicts_of(row), |votes, all| votes == all),
            };
            decision.map(|decision| (row, decision))
        };
        board.decided().filter_map(settled).collect()
    }

    /// The true labels that follow, by sample: of samples that were kept or relabeled, and of those without a label that got
    /// one.
    pub fn true_labels(self, board: &Board, given: &PartialLabels) -> BTreeMap<usize, u32> {
        let label = |(row, decision): (u32, Decision)| {
            let row = row as usize;
            Some((row, decision.label(given.class(row))?))
        };
        self.decisions(board).into_iter().filter_map(label).collect()
    }

    /// The true labels of the samples that have a given one, numbered among these. Of the others there is no label to verify:
    /// [`true_labels`](Self::true_labels) has them, too.
    ///
    /// # Errors
    /// [`Error::Core`](crate::Error::Core) when the board is of other classes.
    pub fn verified(self, board: &Board, given: &PartialLabels) -> Result<VerifiedLabels> {
        let told = self.true_labels(board, given).into_iter();
        let (places, labels) = told.filter_map(|(row, label)| Some((given.place(row)?, label))).unzip();
        Ok(VerifiedLabels::new(places, labels, given.labelled())?)
    }
}

fn shared(verdicts: &[Verdict], enough: impl Fn(usize, usize) -> bool) -> Option<Decision> {
    let mut votes: HashMap<Decision, usize> = HashMap::new();
    verdicts.iter().for_each(|verdict| *votes.entry(verdict.decision).or_default() += 1);
    votes.into_iter().find(|(_, count)| enough(*count, verdicts.len())).map(|(decision, _)| decision)
}
