//! What answers must be like, and what must be refused.

use crate::cases::case::Case;
use crate::laws::answer::Answer;
use crate::laws::verdicts::{Law, Scoring, accepted, answered, broken, unpanicked};
use crate::violation::Breach;

/// On any valid input a judge returns an answer that belongs to the input, n samples over the same classes, or an error of the
/// input. It never panics, and it returns no error of its own output: a quality that is NaN, a score that is infinite, a
/// suggestion that is no class. Refusals come before scores.
///
/// # Errors
/// The violation.
pub fn answers_are_well_formed<C: Case, A: Answer>(judge: &Scoring<'_, C, A>, case: &C) -> Law {
    answered("answers are well formed", judge, case).map(drop)
}

/// Separable classes are accepted, with duplicates, ties, zeros, a constant feature, an absent class or a class of one sample.
///
/// # Errors
/// The violation.
pub fn sound_input_is_accepted<C: Case, A: Answer>(judge: &Scoring<'_, C, A>, case: &C) -> Law {
    accepted("sound input is accepted", judge, case).map(drop)
}

/// Labels fewer or more than the samples are an error, not an answer and not a panic.
///
/// # Errors
/// The violation.
pub fn other_lengths_are_refused<C: Case, A: Answer>(judge: &Scoring<'_, C, A>, case: &C) -> Law {
    const LAW: &str = "other lengths are refused";
    let given = case.given();
    let longer = [given.values(), &given.values()[..1]].concat();
    let shorter = given.values()[..given.len().div_ceil(2)].to_vec();
    for (input, values) in [("one label too many", longer), ("half of the labels", shorter)] {
        let labels = given.with_values(values).expect("the labels come from the case");
        if labels.len() != given.len() && unpanicked(LAW, || judge(&case.with_labels_of(labels)))?.is_ok() {
            return broken(LAW, Breach::Accepted { input });
        }
    }
    Ok(())
}
