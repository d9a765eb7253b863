//! What became of a case: the issues of a judge, and how two of them compare.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mislabel_core::{Error, LabelIssues, Result as Judged};

use crate::case::Case;
use crate::violation::{Breach, LawViolation};

/// Anything that judges cases of type `C`.
pub type Scoring<'a, C> = dyn Fn(&C) -> Judged<LabelIssues> + Sync + 'a;

/// What a law says.
pub(crate) type Law = Result<(), LawViolation>;

/// The violation of `law` by `breach`.
pub(crate) fn broken<T>(law: &'static str, breach: Breach) -> Result<T, LawViolation> {
    Err(LawViolation { law, breach, input: None })
}

/// The result of `judge`, whose panic is a violation.
pub(crate) fn unpanicked<T>(law: &'static str, judge: impl FnOnce() -> T) -> Result<T, LawViolation> {
    catch_unwind(AssertUnwindSafe(judge)).or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let message = text.or_else(|| panic.downcast_ref::<String>().cloned());
        broken(law, Breach::Panicked { message: message.unwrap_or_default() })
    })
}

/// The issues of a case that no detector has a reason to refuse.
pub(crate) fn accepted<C: Case>(
    law: &'static str,
    judge: &Scoring<'_, C>,
    case: &C,
) -> Result<LabelIssues, LawViolation> {
    let judged = unpanicked(law, || judge(case))?;
    let issues = judged.or_else(|error| broken(law, Breach::Refused { error: error.to_string() }))?;
    if issues.len() == case.given().len() {
        return Ok(issues);
    }
    broken(law, Breach::WrongShape { what: "samples", expected: case.given().len(), found: issues.len() })
}

/// The result of `judge` on so many threads.
pub(crate) fn on_threads<C: Case>(
    law: &'static str,
    threads: usize,
    judge: &Scoring<'_, C>,
    case: &C,
) -> Result<Judged<LabelIssues>, LawViolation> {
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => unpanicked(law, || pool.install(|| judge(case))),
        Err(error) => broken(law, Breach::Unchecked { reason: error.to_string() }),
    }
}

/// The sample `row` of `plain` and its counterpart in other issues, whose classes are called `names[class]`, agree.
pub(crate) fn same(
    law: &'static str,
    (plain, row): (&LabelIssues, usize),
    (other, place): (&LabelIssues, usize),
    names: &[u32],
    tolerance: f64,
) -> Law {
    let columns = [
        ("quality", plain.quality().as_slice()[row], other.quality().as_slice()[place]),
        ("score", plain.score()[row], other.score()[place]),
        ("flag", f64::from(u8::from(plain.is_issue()[row])), f64::from(u8::from(other.is_issue()[place]))),
        ("suggested label", renamed(plain.suggested().class(row), names), f64::from(other.suggested().values()[place])),
    ];
    let off = |(_, a, b): &(&str, f64, f64)| (a - b).abs() > tolerance * a.abs().max(b.abs()).max(1.0);
    match columns.into_iter().find(off) {
        Some((column, expected, found)) => broken(law, Breach::Differs { column, row, expected, found }),
        None => Ok(()),
    }
}

/// The new name of `class`, or −1 for a class that the case does not have.
fn renamed(class: usize, names: &[u32]) -> f64 {
    names.get(class).map_or(-1.0, |name| f64::from(*name))
}

/// Both errors say the same.
pub(crate) fn same_error(law: &'static str, plain: &Error, other: &Error) -> Law {
    let (expected, found) = (plain.to_string(), other.to_string());
    if expected == found { Ok(()) } else { broken(law, Breach::OtherError { expected, found }) }
}

/// All samples of both agree bit for bit.
pub(crate) fn exactly(law: &'static str, plain: &LabelIssues, other: &LabelIssues) -> Law {
    let classes: Vec<u32> = (0..plain.suggested().class_count() as u32).collect();
    (0..plain.len()).try_for_each(|row| same(law, (plain, row), (other, row), &classes, 0.0))
}
