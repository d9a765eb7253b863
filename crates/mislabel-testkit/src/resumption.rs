//! The law of runs that are stopped and go on from what they kept.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use mislabel_core::{Checkpoint, Detector, Embeddings, Error, LabelIssues, Result, Run, progress_fn};

use crate::rows::LabeledRows;
use crate::verdicts::{Law, accepted, broken, exactly, unpanicked};
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
    const LAW: &str = "stopping and resuming changes nothing";
    let plain = accepted(LAW, &|case: &LabeledRows| case.judged_by(detector), case)?;
    let parts = Parts::default();
    let resumed = |run: &Run<'_>| {
        let run = run.clone().with_checkpoint(&parts);
        unpanicked(LAW, || detector.detect(&Embeddings::new(case.rows.view())?, &case.given, &run))
    };
    let same = |issues: Result<LabelIssues>| match issues {
        Ok(issues) => exactly(LAW, &plain, &issues),
        Err(Error::Cancelled { .. }) => Ok(()),
        Err(error) => broken(LAW, Breach::Refused { error: error.to_string() }),
    };
    for patience in (0..STOPS).map(|stop| 1_usize << stop) {
        let reports = AtomicUsize::new(0);
        let stop = progress_fn(|_, _, _| match reports.fetch_add(1, Ordering::Relaxed) < patience {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        });
        let issues = resumed(&Run::quiet().with_progress(&stop))?;
        let is_through = issues.is_ok();
        same(issues)?;
        if is_through {
            break;
        }
    }
    same(resumed(&Run::quiet())?)?;
    // From parts alone.
    same(resumed(&Run::quiet())?)
}
