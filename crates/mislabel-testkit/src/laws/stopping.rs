//! The law of work that is stopped somewhere on its way.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use mislabel_core::{Error, Result, Run, progress_fn};

use crate::laws::verdicts::{Law, broken, unpanicked};
use crate::violation::Breach;

/// Work that is told to stop returns [`Error::Cancelled`], whichever of its reports the answer was to. It reports at least
/// once, and never more units than there are.
///
/// For judges and other parts of a detector: `&|run| judge.judge(&evidence, &given, run)`. It runs the work once for each of
/// its reports, so keep the input small.
///
/// # Errors
/// The violation.
pub fn every_report_can_stop<T>(work: &dyn Fn(&Run<'_>) -> Result<T>) -> Law {
    const LAW: &str = "every report can stop";
    let (reports, excess) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let count = progress_fn(|_, done, total| {
        reports.fetch_add(1, Ordering::Relaxed);
        excess.fetch_max(done.saturating_sub(total), Ordering::Relaxed);
        ControlFlow::Continue(())
    });
    if let Err(error) = unpanicked(LAW, || work(&Run::quiet().with_progress(&count)))? {
        return broken(LAW, Breach::Refused { error: error.to_string() });
    }
    let (reports, excess) = (reports.into_inner(), excess.into_inner());
    if reports == 0 {
        return broken(LAW, Breach::WrongShape { what: "reports", expected: 1, found: 0 });
    }
    if excess > 0 {
        return broken(LAW, Breach::WrongShape { what: "units beyond the total", expected: 0, found: excess });
    }
    (1..=reports).try_for_each(|last| stops_at(LAW, work, last))
}

/// The work stops when its report number `last`, counted from 1, is answered so, and all that follow.
fn stops_at<T>(law: &'static str, work: &dyn Fn(&Run<'_>) -> Result<T>, last: usize) -> Law {
    let seen = AtomicUsize::new(0);
    let stop = progress_fn(|_, _, _| match seen.fetch_add(1, Ordering::Relaxed) + 1 < last {
        true => ControlFlow::Continue(()),
        false => ControlFlow::Break(()),
    });
    match unpanicked(law, || work(&Run::quiet().with_progress(&stop)))? {
        Err(Error::Cancelled { .. }) => Ok(()),
        Ok(_) => broken(law, Breach::Accepted { input: "a run that asks to stop" }),
        Err(error) => broken(law, Breach::WrongError { expected: "`Cancelled`", error: error.to_string() }),
    }
}
