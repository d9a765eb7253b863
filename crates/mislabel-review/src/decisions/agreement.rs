//! How well reviewers agree.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::decisions::board::Board;
use crate::decisions::decision::Decision;
use crate::decisions::share::Share;
use crate::samples::samples::Samples;

/// Two reviewers, on the samples that both decided on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Agreement {
    /// One reviewer, the first by name.
    pub one: String,
    /// The other.
    pub other: String,
    /// How many decisions are the same: the same class, or both unsure, or both excluded.
    pub same: Share,
    /// [Cohen's κ](https://doi.org/10.1177/001316446002000104): agreement beyond that of chance, 1 at best; `None` where
    /// both always decide the same one thing.
    pub kappa: Option<f64>,
}

/// A decision as agreement counts it: keeping a label is deciding for its class.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Answer {
    Class(u32),
    Unsure,
    Exclude,
}

impl Agreement {
    /// Of all pairs of reviewers who decided on the same samples.
    pub fn of(board: &Board, samples: &Samples) -> Vec<Self> {
        let mut pairs: BTreeMap<(String, String), Vec<(Answer, Answer)>> = BTreeMap::new();
        for (row, _) in board.decided() {
            let verdicts = board.verdicts_of(row);
            let answer = |decision| answer(decision, samples.given_labels().class(row as usize));
            for (place, one) in verdicts.iter().enumerate() {
                for other in &verdicts[place + 1..] {
                    let names = (one.reviewer.clone(), other.reviewer.clone());
                    pairs.entry(names).or_default().push((answer(one.decision), answer(other.decision)));
                }
            }
        }
        pairs.into_iter().filter_map(|((one, other), answers)| Self::between(one, other, &answers)).collect()
    }

    fn between(one: String, other: String, answers: &[(Answer, Answer)]) -> Option<Self> {
        let same = Share::new(answers.iter().filter(|(a, b)| a == b).count(), answers.len())?;
        Some(Self { one, other, same, kappa: kappa(same.share, answers) })
    }
}

fn answer(decision: Decision, given: Option<u32>) -> Answer {
    match (decision, decision.label(given)) {
        (Decision::Exclude, _) => Answer::Exclude,
        (_, Some(class)) => Answer::Class(class),
        (_, None) => Answer::Unsure,
    }
}

/// κ = (p − e)/(1 − e), with e the agreement of two who decide by chance as often for each answer.
fn kappa(same: f64, answers: &[(Answer, Answer)]) -> Option<f64> {
    let mut counts: HashMap<Answer, (f64, f64)> = HashMap::new();
    for (one, other) in answers {
        counts.entry(*one).or_default().0 += 1.0;
        counts.entry(*other).or_default().1 += 1.0;
    }
    let square = (answers.len() * answers.len()) as f64;
    let chance = counts.values().map(|(one, other)| one * other).sum::<f64>() / square;
    (chance < 1.0).then(|| (same - chance) / (1.0 - chance))
}
