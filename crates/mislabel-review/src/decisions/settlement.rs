//! One answer for every sample, where several reviewers decided.

use std::collections::HashMap;

use mislabel_core::{Labels, VerifiedLabels};

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

    /// The true labels that follow: of samples that were kept or relabeled.
    ///
    /// # Errors
    /// [`Error::Core`](crate::Error::Core) when the board is of other samples or classes.
    pub fn verified(self, board: &Board, given: &Labels) -> Result<VerifiedLabels> {
        let told = self.decisions(board).into_iter().filter_map(|(row, decision)| {
            let label = decision.label(*given.values().get(row as usize)?)?;
            Some((row as usize, label))
        });
        let (rows, labels) = told.unzip();
        Ok(VerifiedLabels::new(rows, labels, given)?)
    }
}

fn shared(verdicts: &[Verdict], enough: impl Fn(usize, usize) -> bool) -> Option<Decision> {
    let mut votes: HashMap<Decision, usize> = HashMap::new();
    verdicts.iter().for_each(|verdict| *votes.entry(verdict.decision).or_default() += 1);
    votes.into_iter().find(|(_, count)| enough(*count, verdicts.len())).map(|(decision, _)| decision)
}
