//! Several reviewers, one verdict.

use std::fmt;
use std::str::FromStr;

use crate::model::decision::{Decision, Verdict};

/// Which verdict counts where several people decided about a sample. Of one person, the newest decision counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reviewers {
    /// The newest decision; the last one of the file where there are no times.
    #[default]
    Newest,
    /// What more than half of the reviewers say.
    Majority,
    /// What all reviewers say.
    Unanimous,
}

/// What a sample's decisions come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Nobody decided.
    Undecided,
    /// The verdict that counts.
    Decided(Verdict),
    /// The reviewers disagree.
    Disputed,
}

/// A name that no rule has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no rule {0:?}: it must be newest, majority or unanimous")]
pub struct UnknownRule(String);

impl Reviewers {
    /// The verdict of `decisions`.
    pub fn outcome(self, decisions: &[Decision]) -> Outcome {
        let opinions = opinions(decisions);
        let Some(newest) = opinions.last() else {
            return Outcome::Undecided;
        };
        let most = opinions.iter().map(|opinion| (opinion.verdict, votes(&opinions, opinion.verdict)));
        let (verdict, votes) = most.max_by_key(|(_, votes)| *votes).unwrap_or((newest.verdict, 1));
        match self {
            Self::Newest => Outcome::Decided(newest.verdict),
            Self::Majority if 2 * votes > opinions.len() => Outcome::Decided(verdict),
            Self::Unanimous if votes == opinions.len() => Outcome::Decided(verdict),
            Self::Majority | Self::Unanimous => Outcome::Disputed,
        }
    }
}

fn votes(opinions: &[&Decision], verdict: Verdict) -> usize {
    opinions.iter().filter(|opinion| opinion.verdict == verdict).count()
}

/// The newest decision of every reviewer, the newest of all last. Decisions without a name are of different people.
pub(crate) fn opinions(decisions: &[Decision]) -> Vec<&Decision> {
    let mut ordered: Vec<&Decision> = decisions.iter().collect();
    ordered.sort_by_key(|decision| decision.time);
    let later = |row: usize| &ordered[row + 1..];
    let overruled = |row: usize| {
        let reviewer = &ordered[row].reviewer;
        reviewer.is_some() && later(row).iter().any(|other| other.reviewer == *reviewer)
    };
    (0..ordered.len()).filter(|&row| !overruled(row)).map(|row| ordered[row]).collect()
}

impl fmt::Display for Reviewers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Newest => "newest",
            Self::Majority => "majority",
            Self::Unanimous => "unanimous",
        })
    }
}

impl FromStr for Reviewers {
    type Err = UnknownRule;

    fn from_str(name: &str) -> Result<Self, UnknownRule> {
        let rules = [Self::Newest, Self::Majority, Self::Unanimous];
        rules.into_iter().find(|rule| rule.to_string() == name).ok_or_else(|| UnknownRule(name.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Reviewers};
    use crate::{Decision, Timestamp, Verdict};

    fn decision(reviewer: &str, time: i64, verdict: Verdict) -> Decision {
        let time = Some(Timestamp::from_milliseconds(time).unwrap());
        Decision { reviewer: Some(reviewer.into()), time, ..Decision::new(verdict) }
    }

    #[test]
    fn of_one_person_the_newest_decision_counts() {
        let twice = [decision("ann", 2, Verdict::Keep), decision("ann", 1, Verdict::Relabel(1))];
        for rule in [Reviewers::Newest, Reviewers::Majority, Reviewers::Unanimous] {
            assert_eq!(rule.outcome(&twice), Outcome::Decided(Verdict::Keep), "{rule}");
        }
    }

    #[test]
    fn a_tie_has_no_majority() {
        let tie = [decision("ann", 1, Verdict::Keep), decision("bob", 2, Verdict::Relabel(1))];
        assert_eq!(Reviewers::Majority.outcome(&tie), Outcome::Disputed);
        assert_eq!(Reviewers::Unanimous.outcome(&tie), Outcome::Disputed);
        assert_eq!(Reviewers::Newest.outcome(&tie), Outcome::Decided(Verdict::Relabel(1)));
        let mut three = tie.to_vec();
        three.push(decision("cid", 0, Verdict::Keep));
        assert_eq!(Reviewers::Majority.outcome(&three), Outcome::Decided(Verdict::Keep));
        assert_eq!(Reviewers::Majority.outcome(&[]), Outcome::Undecided);
    }
}
