//! What a review must leave as it is.

use mislabel_core::{LabelIssues, Result as Judged, VerifiedLabels};

use crate::cases::case::Case;
use crate::laws::verdicts::{Law, Scoring, accepted, broken, exactly, unpanicked};
use crate::violation::Breach;

/// Anything that judges cases of type `C` by what is verified, too.
pub type ReviewedScoring<'a, C> = dyn Fn(&C, &VerifiedLabels) -> Judged<LabelIssues> + Sync + 'a;

/// An empty review changes nothing. After any other, samples that are not verified keep the order of their quality: none
/// change places, and none that were apart are equal. Verified samples are flagged if their label is wrong and only then, and
/// are suggested what was verified.
///
/// # Errors
/// The violation.
pub fn verified_labels_keep_the_ranking<C: Case>(
    judge: &Scoring<'_, C>,
    reviewed: &ReviewedScoring<'_, C>,
    case: &C,
    verified: &VerifiedLabels,
) -> Law {
    const LAW: &str = "verified labels keep the ranking";
    let before = accepted(LAW, judge, case)?;
    let review = |verified: &VerifiedLabels| {
        let judged = unpanicked(LAW, || reviewed(case, verified))?;
        judged.or_else(|error| broken(LAW, Breach::Refused { error: error.to_string() }))
    };
    let nothing = review(&VerifiedLabels::none(case.given()))?;
    exactly(LAW, before.len(), case.given().class_count(), &before, &nothing)?;
    let after = review(verified)?;
    is_in_order(LAW, &before, &after, verified)?;
    for (row, is_wrong) in verified.label_errors(case.given()) {
        let suggested = verified.of(row).map_or(-1.0, f64::from);
        let columns = [
            ("flag", f64::from(u8::from(is_wrong)), f64::from(u8::from(after.is_issue()[row]))),
            ("suggested label", suggested, f64::from(after.suggested().values()[row])),
        ];
        if let Some((column, expected, found)) = columns.into_iter().find(|(_, expected, found)| expected != found) {
            return broken(LAW, Breach::Differs { column, row, expected, found });
        }
    }
    Ok(())
}

fn is_in_order(law: &'static str, before: &LabelIssues, after: &LabelIssues, verified: &VerifiedLabels) -> Law {
    let (before, after) = (before.quality().as_slice(), after.quality().as_slice());
    let mut order: Vec<usize> = (0..before.len()).filter(|row| verified.of(*row).is_none()).collect();
    order.sort_by(|a, b| before[*a].total_cmp(&before[*b]));
    for pair in order.windows(2) {
        let rows = (pair[0], pair[1]);
        if before[rows.0] < before[rows.1] && after[rows.0] >= after[rows.1] {
            return broken(
                law,
                Breach::Unlike { column: "order of quality", rows, values: (after[rows.0], after[rows.1]) },
            );
        }
        if before[rows.0] == before[rows.1] && after[rows.0] != after[rows.1] {
            return broken(law, Breach::Unlike { column: "quality", rows, values: (after[rows.0], after[rows.1]) });
        }
    }
    Ok(())
}
