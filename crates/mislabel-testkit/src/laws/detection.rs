//! Laws of work on embeddings: detectors, and evidence.

use std::ops::ControlFlow;

use mislabel_core::{
    Detector, EmbeddingSource, Embeddings, Error, LabelIssues, Labels, Result as Judged, Run, progress_fn,
};
use ndarray::ArrayViewMut2;

use crate::cases::rows::LabeledRows;
use crate::laws::verdicts::{Law, broken, unpanicked};
use crate::violation::Breach;

/// Work on embeddings under given labels, within a run.
pub(crate) type EmbeddingWork<'a, A> = dyn Fn(&dyn EmbeddingSource, &Labels, &Run<'_>) -> Judged<A> + Sync + 'a;

/// An error of the embeddings' source is passed on, not swallowed and not a panic.
///
/// # Errors
/// The violation.
pub fn failing_sources_are_reported(detector: &dyn Detector, case: &LabeledRows) -> Law {
    failing_source::<LabelIssues>(&|source, given, run| detector.detect(source, given, run), case)
}

/// A detector told to stop at its first report returns [`Error::Cancelled`], and every detector reports.
///
/// # Errors
/// The violation.
pub fn cancelling_is_obeyed(detector: &dyn Detector, case: &LabeledRows) -> Law {
    cancelling::<LabelIssues>(&|source, given, run| detector.detect(source, given, run), case)
}

pub(crate) fn failing_source<A>(work: &EmbeddingWork<'_, A>, case: &LabeledRows) -> Law {
    const LAW: &str = "failing sources are reported";
    let source = Failing { shape: case.rows.dim() };
    match unpanicked(LAW, || work(&source, &case.given, &Run::quiet()))? {
        Ok(_) => broken(LAW, Breach::Accepted { input: "a source that cannot be read" }),
        Err(error) if error.to_string() == UNREADABLE => Ok(()),
        Err(error) => broken(LAW, Breach::WrongError { expected: UNREADABLE, error: error.to_string() }),
    }
}

pub(crate) fn cancelling<A>(work: &EmbeddingWork<'_, A>, case: &LabeledRows) -> Law {
    const LAW: &str = "cancelling is obeyed";
    let stop = progress_fn(|_, _, _| ControlFlow::Break(()));
    let run = Run::quiet().with_progress(&stop);
    match unpanicked(LAW, || work(&Embeddings::new(case.rows.view())?, &case.given, &run))? {
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
