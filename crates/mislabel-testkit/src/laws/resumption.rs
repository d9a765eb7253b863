//! The law of runs that are stopped and go on from what they kept.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use mislabel_core::{Checkpoint, Detector, Embeddings, Error, LabelIssues, Result, Run, progress_fn};

use crate::cases::rows::LabeledRows;
use crate::laws::answer::Answer;
use crate::laws::detection::EmbeddingWork;
use crate::laws::sameness::unchanged;
use crate::laws::verdicts::{Law, accepted, broken, unpanicked};
use crate::violation::Breach;

/// Twice as many reports are waited for before every further stop, so many times.
const STOPS: u32 = 12;

/// Parts in memory.
#[derive(Default)]
struct Parts(Mutex<HashMap<String, Vec<u8>>>);

impl Checkpoint for Parts {
    fn load(&self, part: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(part).cloned())
    }

    fn store(&self, part: &str, bytes: &[u8]) -> Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(part.into(), bytes.into());
        Ok(())
    }
}

/// A detector that is stopped again and again, and takes up what it kept at its checkpoint, ends with the issues of one that
/// was left alone, bit for bit; so does one that finds all parts.
///
/// # Errors
/// The violation.
pub fn stopping_and_resuming_changes_nothing(detector: &dyn Detector, case: &LabeledRows) -> Law {
    resuming::<LabelIssues>(&|source, given, run| detector.detect(source, given, run), case)
}

pub(crate) fn resuming<A: Answer>(work: &EmbeddingWork<'_, A>, case: &LabeledRows) -> Law {
    const LAW: &str = "stopping and resuming changes nothing";
    let on = |run: &Run<'_>| work(&Embeddings::new(case.rows.view())?, &case.given, run);
    let plain = accepted(LAW, &|_: &LabeledRows| on(&Run::quiet()), case)?;
    let parts = Parts::default();
    let resumed = |run: &Run<'_>| unpanicked(LAW, || on(&run.clone().with_checkpoint(&parts)));
    let same = |answer: Result<A>| match answer {
        Ok(answer) => unchanged(LAW, case, &plain, &answer),
        Err(Error::Cancelled { .. }) => Ok(()),
        Err(error) => broken(LAW, Breach::Refused { error: error.to_string() }),
    };
    for patience in (0..STOPS).map(|stop| 1_usize << stop) {
        let reports = AtomicUsize::new(0);
        let stop = progress_fn(|_, _, _| match reports.fetch_add(1, Ordering::Relaxed) < patience {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        });
        let answer = resumed(&Run::quiet().with_progress(&stop))?;
        let is_through = answer.is_ok();
        same(answer)?;
        if is_through {
            break;
        }
    }
    same(resumed(&Run::quiet())?)?;
    // From parts alone.
    same(resumed(&Run::quiet())?)
}
