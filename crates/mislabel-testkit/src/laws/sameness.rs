//! What must not change the answer: order, names, threads, asking again, an empty class.

use crate::cases::case::Case;
use crate::change::Change;
use crate::laws::answer::{Answer, Correspondence};
use crate::laws::verdicts::{Law, Scoring, after, both, broken, exactly, on_threads, same, unpanicked};
use crate::violation::Breach;

/// Numbers of rows or classes from 0 on.
fn identity<T: TryFrom<usize>>(n: usize) -> Vec<T> {
    (0..n).filter_map(|i| T::try_from(i).ok()).collect()
}

/// Samples in another order get the same quality, score, flag and suggestion, in that order; a judge that refuses them
/// refuses them in any order.
///
/// `order` is a permutation of 0..n. Numbers may differ by `tolerance` · max(1, |value|), for sums taken
/// in another order. Methods that split samples into folds by position do not obey this law.
///
/// # Errors
/// The violation.
pub fn sample_order_does_not_matter<C: Case, A: Answer>(
    judge: &Scoring<'_, C, A>,
    case: &C,
    order: &[usize],
    tolerance: f64,
) -> Law {
    const LAW: &str = "sample order does not matter";
    let law = || {
        let Some((plain, reordered)) = both(LAW, judge, case, &case.selected(order))? else { return Ok(()) };
        let names = identity(case.given().class_count());
        let by = Correspondence { rows: order, names: &names, tolerance, named_classes: true };
        plain.agrees(&reordered, &by).or_else(|breach| broken(LAW, breach))
    };
    after(|| Change::Order(order.to_vec()), law())
}

/// Samples that are refused are refused in any order, and others are accepted in any order, whatever the answers: for input on
/// which rounding decides.
///
/// # Errors
/// The violation.
pub fn refusals_do_not_depend_on_order<C: Case, A: Answer>(
    judge: &Scoring<'_, C, A>,
    case: &C,
    order: &[usize],
) -> Law {
    let refusals = both("refusals do not depend on the order", judge, case, &case.selected(order));
    after(|| Change::Order(order.to_vec()), refusals.map(drop))
}

/// Samples that are refused are refused under any names of the classes, and others are accepted under any names.
///
/// # Errors
/// The violation.
pub fn refusals_do_not_depend_on_names<C: Case, A: Answer>(judge: &Scoring<'_, C, A>, case: &C, names: &[u32]) -> Law {
    let refusals = both("refusals do not depend on class names", judge, case, &case.renamed(names));
    after(|| Change::Names(names.to_vec()), refusals.map(drop))
}

/// Classes by other names (numbers) give the same quality, score and flag, and, where `suggestions` is set, the suggestion
/// by its new name; where classes tie, a judge may suggest any of them.
///
/// Class c becomes `names[c]`, a permutation of 0..k; `tolerance` as in [`sample_order_does_not_matter`].
///
/// # Errors
/// The violation.
pub fn class_names_do_not_matter<C: Case, A: Answer>(
    judge: &Scoring<'_, C, A>,
    case: &C,
    names: &[u32],
    tolerance: f64,
    suggestions: bool,
) -> Law {
    const LAW: &str = "class names do not matter";
    let law = || {
        let Some((plain, renamed)) = both(LAW, judge, case, &case.renamed(names))? else { return Ok(()) };
        let rows = identity(case.given().len());
        let by = Correspondence { rows: &rows, names, tolerance, named_classes: suggestions };
        plain.agrees(&renamed, &by).or_else(|breach| broken(LAW, breach))
    };
    after(|| Change::Names(names.to_vec()), law())
}

/// The same input gives exactly the same answer, or the same error, when asked again.
///
/// # Errors
/// The violation.
pub fn asking_again_changes_nothing<C: Case, A: Answer>(judge: &Scoring<'_, C, A>, case: &C) -> Law {
    const LAW: &str = "asking again changes nothing";
    let first = unpanicked(LAW, || judge(case))?;
    let again = unpanicked(LAW, || judge(case))?;
    after(|| Change::Again, same(LAW, case, &first, &again))
}

/// The same input gives exactly the same answer, or the same error, on 1, 2 and 5 threads.
///
/// # Errors
/// The violation.
pub fn threads_do_not_matter<C: Case, A: Answer + Send>(judge: &Scoring<'_, C, A>, case: &C) -> Law {
    const LAW: &str = "threads do not matter";
    let alone = on_threads(LAW, 1, judge, case)?;
    [2, 5].into_iter().try_for_each(|threads| {
        let together = on_threads(LAW, threads, judge, case).and_then(|answer| same(LAW, case, &alone, &answer));
        after(|| Change::Threads(threads), together)
    })
}

/// Two samples that are the same, label included, get the same quality, score, flag and suggestion: ties are not broken by
/// place. Sample `row` is copied to the end.
///
/// # Errors
/// The violation.
pub fn equal_samples_are_judged_alike<C: Case, A: Answer>(
    judge: &Scoring<'_, C, A>,
    case: &C,
    row: usize,
    tolerance: f64,
) -> Law {
    const LAW: &str = "equal samples are judged alike";
    let last = case.given().len();
    let mut rows = identity(last);
    rows.push(row);
    let law = || {
        let Ok(answer) = unpanicked(LAW, || judge(&case.selected(&rows)))? else { return Ok(()) };
        let mut swapped: Vec<usize> = identity(last + 1);
        swapped.swap(row, last);
        let names = identity(case.given().class_count());
        let by = Correspondence { rows: &swapped, names: &names, tolerance, named_classes: true };
        answer.agrees(&answer, &by).or_else(|breach| broken(LAW, unlike(breach, row, last)))
    };
    after(|| Change::Copy(row), law())
}

fn unlike(breach: Breach, row: usize, last: usize) -> Breach {
    match breach {
        Breach::Differs { column, row: first, expected, found } => {
            let second = if first == row { last } else { row };
            Breach::Unlike { column, rows: (first, second), values: (expected, found) }
        }
        other => other,
    }
}

/// One class more, without samples, changes no quality, score, flag or suggestion.
///
/// # Errors
/// The violation.
pub fn an_empty_class_changes_nothing<C: Case, A: Answer>(judge: &Scoring<'_, C, A>, case: &C, tolerance: f64) -> Law {
    const LAW: &str = "an empty class changes nothing";
    let law = || {
        let Some((plain, with_more)) = both(LAW, judge, case, &case.with_empty_class())? else { return Ok(()) };
        let (rows, names) = (identity(case.given().len()), identity(case.given().class_count()));
        let by = Correspondence { rows: &rows, names: &names, tolerance, named_classes: true };
        plain.agrees(&with_more, &by).or_else(|breach| broken(LAW, breach))
    };
    after(|| Change::EmptyClass, law())
}

/// Both answers agree bit for bit.
pub(crate) fn unchanged<C: Case, A: Answer>(law: &'static str, case: &C, plain: &A, other: &A) -> Law {
    exactly(law, case.given().len(), case.given().class_count(), plain, other)
}
