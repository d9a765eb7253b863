//! What became of a case: the answer of a judge, and how two of them compare.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mislabel_core::{Error, LabelIssues, Result as Judged};

use crate::cases::case::Case;
use crate::change::Change;
use crate::laws::answer::{Answer, Correspondence};
use crate::violation::{Breach, LawViolation};

/// Anything that judges cases of type `C`: issues by default, or another [`Answer`].
pub type Scoring<'a, C, A = LabelIssues> = dyn Fn(&C) -> Judged<A> + Sync + 'a;

/// What a law says.
pub(crate) type Law = Result<(), LawViolation>;

/// The violation of `law` by `breach`.
pub(crate) fn broken<T>(law: &'static str, breach: Breach) -> Result<T, LawViolation> {
    Err(LawViolation { law, breach, change: Change::Nothing, input: None })
}

/// The outcome of a law, whose violation shows the `change`.
pub(crate) fn after<T>(change: impl FnOnce() -> Change, outcome: Result<T, LawViolation>) -> Result<T, LawViolation> {
    outcome.map_err(|violation| LawViolation { change: change(), ..violation })
}

/// The result of `judge`, whose panic is a violation.
pub(crate) fn unpanicked<T>(law: &'static str, judge: impl FnOnce() -> T) -> Result<T, LawViolation> {
    catch_unwind(AssertUnwindSafe(judge)).or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let message = text.or_else(|| panic.downcast_ref::<String>().cloned());
        broken(law, Breach::Panicked { message: message.unwrap_or_default() })
    })
}

/// The answer to a case, or the error that refuses it: not one that the judge's own output caused.
pub(crate) fn answered<C: Case, A: Answer>(
    law: &'static str,
    judge: &Scoring<'_, C, A>,
    case: &C,
) -> Result<Judged<A>, LawViolation> {
    let answer = unpanicked(law, || judge(case))?;
    match &answer {
        Ok(answer) => belongs(law, answer, case)?,
        Err(error) if is_own(error) => return broken(law, Breach::OwnOutput { error: error.to_string() }),
        Err(_) => {}
    }
    Ok(answer)
}

/// Whether an error is of what a judge made of sound input, whose labels are in range and which nobody stopped.
fn is_own(error: &Error) -> bool {
    error.is_about_issues() || matches!(error, Error::LabelOutOfRange { .. } | Error::Cancelled { .. })
}

fn belongs<C: Case, A: Answer>(law: &'static str, answer: &A, case: &C) -> Law {
    let (samples, classes) = answer.shape();
    let given = case.given();
    for (what, expected, found) in [("samples", given.len(), samples), ("classes", given.class_count(), classes)] {
        if let Some(found) = found.filter(|found| *found != expected) {
            return broken(law, Breach::WrongShape { what, expected, found });
        }
    }
    Ok(())
}

/// The answer to a case that no judge has a reason to refuse.
pub(crate) fn accepted<C: Case, A: Answer>(
    law: &'static str,
    judge: &Scoring<'_, C, A>,
    case: &C,
) -> Result<A, LawViolation> {
    answered(law, judge, case)?.or_else(|error| broken(law, Breach::Refused { error: error.to_string() }))
}

/// The answers to a case and to a changed one, or `None` where both are refused.
pub(crate) fn both<C: Case, A: Answer>(
    law: &'static str,
    judge: &Scoring<'_, C, A>,
    case: &C,
    changed: &C,
) -> Result<Option<(A, A)>, LawViolation> {
    match (answered(law, judge, case)?, answered(law, judge, changed)?) {
        (Ok(plain), Ok(other)) => Ok(Some((plain, other))),
        (Err(_), Err(_)) => Ok(None),
        (Ok(_), Err(error)) => broken(law, Breach::RefusedOnce { error: error.to_string(), is_changed: true }),
        (Err(error), Ok(_)) => broken(law, Breach::RefusedOnce { error: error.to_string(), is_changed: false }),
    }
}

/// The result of `judge` on so many threads.
pub(crate) fn on_threads<C: Case, A: Answer + Send>(
    law: &'static str,
    threads: usize,
    judge: &Scoring<'_, C, A>,
    case: &C,
) -> Result<Judged<A>, LawViolation> {
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => unpanicked(law, || pool.install(|| judge(case))),
        Err(error) => broken(law, Breach::Unchecked { reason: error.to_string() }),
    }
}

/// Two answers to the same case, or two refusals, are the same.
pub(crate) fn same<C: Case, A: Answer>(law: &'static str, case: &C, plain: &Judged<A>, other: &Judged<A>) -> Law {
    match (plain, other) {
        (Ok(plain), Ok(other)) => exactly(law, case.given().len(), case.given().class_count(), plain, other),
        (Err(plain), Err(other)) => same_error(law, plain, other),
        (Ok(_), Err(error)) => broken(law, Breach::RefusedOnce { error: error.to_string(), is_changed: true }),
        (Err(error), Ok(_)) => broken(law, Breach::RefusedOnce { error: error.to_string(), is_changed: false }),
    }
}

/// Both errors say the same.
fn same_error(law: &'static str, plain: &Error, other: &Error) -> Law {
    let (expected, found) = (plain.to_string(), other.to_string());
    if expected == found { Ok(()) } else { broken(law, Breach::OtherError { expected, found }) }
}

/// Both answers on n samples over k classes agree bit for bit.
pub(crate) fn exactly<A: Answer>(law: &'static str, n: usize, k: usize, plain: &A, other: &A) -> Law {
    let (rows, names): (Vec<usize>, Vec<u32>) = ((0..n).collect(), (0..k as u32).collect());
    let by = Correspondence { rows: &rows, names: &names, tolerance: 0.0, named_classes: true };
    plain.agrees(other, &by).or_else(|breach| broken(law, breach))
}
