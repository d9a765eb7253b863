//! The laws, one function each: what any detector must do, whatever its method.
//!
//! Every law takes the detector as a function from a [`Case`] to [`LabelIssues`](mislabel_core::LabelIssues):
//! `&|case: &LabeledRows| case.judged_by(&detector)`, or a scoring function of one's own. Inside `proptest!` a law
//! is one line:
//!
//! ```
//! use mislabel_core::{LabelIssues, LabelQuality, Result};
//! use mislabel_testkit::{LabeledProbabilities, confident_probabilities, laws};
//! use proptest::prelude::*;
//!
//! fn self_confidence(case: &LabeledProbabilities) -> Result<LabelIssues> {
//!     let own = case.given.values().iter().zip(case.probabilities.outer_iter()).map(|(c, row)| row[*c as usize]);
//!     let own: Vec<f64> = own.collect();
//!     let is_issue = own.iter().map(|p| *p < 0.5).collect();
//!     LabelIssues::new(LabelQuality::new(own.clone())?, is_issue, case.given.clone(), own)
//! }
//!
//! proptest!(|(case in confident_probabilities())| {
//!     let last_to_first: Vec<usize> = (0..case.given.len()).rev().collect();
//!     laws::sample_order_does_not_matter(&self_confidence, &case, &last_to_first, 0.0)?;
//! });
//! ```

use std::ops::ControlFlow;

use mislabel_core::{Detector, EmbeddingSource, Embeddings, Error, Result as Judged, Run, progress_fn};
use ndarray::ArrayViewMut2;

use crate::case::Case;
pub use crate::resumption::stopping_and_resuming_changes_nothing;
use crate::rows::LabeledRows;
pub use crate::stopping::every_report_can_stop;
pub use crate::verdicts::Scoring;
use crate::verdicts::{Law, accepted, broken, exactly, on_threads, same, same_error, unpanicked};
use crate::violation::Breach;

/// Samples in another order get the same quality, score, flag and suggestion, in that order.
///
/// `order` is a permutation of 0..n. Quality and score may differ by `tolerance` · max(1, |value|), for sums taken
/// in another order. Methods that split samples into folds by position do not obey this law.
///
/// # Errors
/// The violation.
pub fn sample_order_does_not_matter<C: Case>(judge: &Scoring<'_, C>, case: &C, order: &[usize], tolerance: f64) -> Law {
    const LAW: &str = "sample order does not matter";
    let plain = accepted(LAW, judge, case)?;
    let reordered = accepted(LAW, judge, &case.reordered(order))?;
    let original: Vec<u32> = (0..case.given().class_count() as u32).collect();
    (0..order.len()).try_for_each(|i| same(LAW, (&plain, order[i]), (&reordered, i), &original, tolerance))
}

/// Classes by other names (numbers) give the same quality, score and flag, and the suggestion by its new name.
///
/// Class c becomes `names[c]`, a permutation of 0..k; `tolerance` as in [`sample_order_does_not_matter`].
///
/// # Errors
/// The violation.
pub fn class_names_do_not_matter<C: Case>(judge: &Scoring<'_, C>, case: &C, names: &[u32], tolerance: f64) -> Law {
    const LAW: &str = "class names do not matter";
    let plain = accepted(LAW, judge, case)?;
    let renamed = accepted(LAW, judge, &case.renamed(names))?;
    (0..case.given().len()).try_for_each(|row| same(LAW, (&plain, row), (&renamed, row), names, tolerance))
}

/// The same input gives exactly the same issues on 1, 2 and 5 threads, and when asked again.
///
/// A detector that refuses the input must refuse it every time, with the same error.
///
/// # Errors
/// The violation.
pub fn threads_do_not_matter<C: Case>(judge: &Scoring<'_, C>, case: &C) -> Law {
    const LAW: &str = "threads do not matter";
    let alone = on_threads(LAW, 1, judge, case)?;
    for threads in [2, 5, 5] {
        let together = on_threads(LAW, threads, judge, case)?;
        match (&alone, &together) {
            (Ok(alone), Ok(together)) => exactly(LAW, alone, together)?,
            (Err(alone), Err(together)) => same_error(LAW, alone, together)?,
            (Ok(_), Err(error)) | (Err(error), Ok(_)) => {
                return broken(LAW, Breach::Refused { error: error.to_string() });
            }
        }
    }
    Ok(())
}

/// On any input a detector returns an error or issues that belong to the input: n samples over the same classes. It never
/// panics. That quality lies in [0, 1] and scores are finite is not asked here: [`LabelQuality`](mislabel_core::LabelQuality)
/// and [`LabelIssues`](mislabel_core::LabelIssues) refuse other values.
///
/// # Errors
/// The violation.
pub fn issues_are_well_formed<C: Case>(judge: &Scoring<'_, C>, case: &C) -> Law {
    const LAW: &str = "issues are well formed";
    let Ok(issues) = unpanicked(LAW, || judge(case))? else { return Ok(()) };
    let shape = |what, expected, found| Breach::WrongShape { what, expected, found };
    if issues.len() != case.given().len() {
        return broken(LAW, shape("samples", case.given().len(), issues.len()));
    }
    if issues.suggested().class_count() != case.given().class_count() {
        return broken(LAW, shape("classes", case.given().class_count(), issues.suggested().class_count()));
    }
    Ok(())
}

/// Giving one sample of well separated classes a wrong label lowers its quality and makes it the most suspect.
///
/// All labels of `case` are right; sample `row` gets the label `class` instead.
///
/// # Errors
/// The violation.
pub fn a_wrong_label_is_most_suspect<C: Case>(judge: &Scoring<'_, C>, case: &C, row: usize, class: u32) -> Law {
    const LAW: &str = "a wrong label is most suspect";
    let before = accepted(LAW, judge, case)?;
    let after = accepted(LAW, judge, &case.relabeled(row, class))?;
    let (trusted, quality) = (before.quality().as_slice()[row], after.quality().as_slice()[row]);
    let suspect = |other, other_quality| broken(LAW, Breach::NotSuspect { row, quality, other, other_quality });
    if quality >= trusted {
        return suspect(row, trusted);
    }
    let rivals = after.quality().as_slice();
    match rivals.iter().enumerate().find(|(other, rival)| *other != row && **rival <= quality) {
        Some((other, rival)) => suspect(other, *rival),
        None => Ok(()),
    }
}

/// Labels fewer or more than the samples are an error, not issues and not a panic.
///
/// # Errors
/// The violation.
pub fn other_lengths_are_refused<C: Case>(judge: &Scoring<'_, C>, case: &C) -> Law {
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

/// An error of the embeddings' source is passed on, not swallowed and not a panic.
///
/// # Errors
/// The violation.
pub fn failing_sources_are_reported(detector: &dyn Detector, case: &LabeledRows) -> Law {
    const LAW: &str = "failing sources are reported";
    let source = Failing { shape: case.rows.dim() };
    match unpanicked(LAW, || detector.detect(&source, &case.given, &Run::quiet()))? {
        Ok(_) => broken(LAW, Breach::Accepted { input: "a source that cannot be read" }),
        Err(error) if error.to_string() == UNREADABLE => Ok(()),
        Err(error) => broken(LAW, Breach::WrongError { expected: UNREADABLE, error: error.to_string() }),
    }
}

/// A detector told to stop at its first report returns [`Error::Cancelled`], and every detector reports.
///
/// # Errors
/// The violation.
pub fn cancelling_is_obeyed(detector: &dyn Detector, case: &LabeledRows) -> Law {
    const LAW: &str = "cancelling is obeyed";
    let stop = progress_fn(|_, _, _| ControlFlow::Break(()));
    let run = Run::quiet().with_progress(&stop);
    let detect = || detector.detect(&Embeddings::new(case.rows.view())?, &case.given, &run);
    match unpanicked(LAW, detect)? {
        Err(Error::Cancelled { .. }) => Ok(()),
        Ok(_) => broken(LAW, Breach::Accepted { input: "a run that asks to stop" }),
        Err(error) => broken(LAW, Breach::WrongError { expected: "`Cancelled`", error: error.to_string() }),
    }
}

const UNREADABLE: &str = "this source cannot be read";

/// A source with a shape and no rows.
struct Failing {
    shape: (usize, usize),
}

impl EmbeddingSource for Failing {
    fn shape(&self) -> (usize, usize) {
        self.shape
    }

    fn read_rows(&self, _: usize, _: ArrayViewMut2<'_, f32>) -> Judged<()> {
        Err(Error::other(UNREADABLE))
    }
}
