//! What quality must say of wrong labels and of copies. Answers without quality obey these laws by saying nothing.

use crate::cases::case::Case;
use crate::change::Change;
use crate::laws::answer::Answer;
use crate::laws::verdicts::{Law, Scoring, accepted, after, broken};
use crate::violation::{Breach, LawViolation};

/// The quality of every sample; `None` of evidence, which has none.
fn qualities<C: Case, A: Answer>(
    law: &'static str,
    judge: &Scoring<'_, C, A>,
    case: &C,
) -> Result<Option<Vec<f64>>, LawViolation> {
    let answer = accepted(law, judge, case)?;
    Ok(answer.issues().map(|issues| issues.quality().as_slice().to_vec()))
}

/// Giving one sample of well separated classes a wrong label lowers its quality and makes it the most suspect.
///
/// All labels of `case` are right; sample `row` gets the label `class` instead.
///
/// # Errors
/// The violation.
pub fn a_wrong_label_is_most_suspect<C: Case, A: Answer>(
    judge: &Scoring<'_, C, A>,
    case: &C,
    row: usize,
    class: u32,
) -> Law {
    const LAW: &str = "a wrong label is most suspect";
    let law = || {
        let before = qualities(LAW, judge, case)?;
        let after = qualities(LAW, judge, &case.relabeled(row, class))?;
        let (Some(before), Some(after)) = (before, after) else { return Ok(()) };
        let (right, quality) = (before[row], after[row]);
        if quality >= right {
            return broken(LAW, Breach::NotLowered { row, right, wrong: quality });
        }
        match (0..after.len()).find(|other| *other != row && after[*other] <= quality) {
            Some(other) => broken(LAW, Breach::NotSuspect { row, quality, other, other_quality: after[other] }),
            None => Ok(()),
        }
    };
    after(|| Change::Labels(vec![(row, class)]), law())
}

/// A copy of a sample whose label is right does not make the sample more suspect: its quality falls by at most `leeway`.
///
/// # Errors
/// The violation.
pub fn a_copy_is_no_worse<C: Case, A: Answer>(judge: &Scoring<'_, C, A>, case: &C, row: usize, leeway: f64) -> Law {
    const LAW: &str = "a copy is no worse";
    let law = || {
        let rows: Vec<usize> = (0..case.given().len()).chain([row]).collect();
        let (Some(alone), Some(twice)) = (qualities(LAW, judge, case)?, qualities(LAW, judge, &case.selected(&rows))?)
        else {
            return Ok(());
        };
        let (before, after) = (alone[row], twice[row]);
        if after >= before - leeway {
            return Ok(());
        }
        broken(LAW, Breach::Moved { what: "the quality of the sample that was copied", before, after })
    };
    after(|| Change::Copy(row), law())
}

/// Wrong labels, one after the other, do not raise the mean quality of all samples by more than `leeway`.
///
/// All labels of `case` are right; `labels` are (sample, wrong class).
///
/// # Errors
/// The violation.
pub fn more_wrong_labels_do_not_raise_quality<C: Case, A: Answer>(
    judge: &Scoring<'_, C, A>,
    case: &C,
    labels: &[(usize, u32)],
    leeway: f64,
) -> Law {
    const LAW: &str = "more wrong labels do not raise quality";
    let mean = |case: &C| {
        let qualities = qualities(LAW, judge, case)?;
        Ok(qualities.map(|qualities| qualities.iter().sum::<f64>() / qualities.len() as f64))
    };
    let law = || {
        let (mut case, mut before) = (case.clone(), mean(case)?);
        for (row, class) in labels {
            case = case.relabeled(*row, *class);
            let after = mean(&case)?;
            match (before, after) {
                (Some(before), Some(after)) if after > before + leeway => {
                    return broken(LAW, Breach::Moved { what: "the mean quality", before, after });
                }
                _ => before = after,
            }
        }
        Ok(())
    };
    after(|| Change::Labels(labels.to_vec()), law())
}
