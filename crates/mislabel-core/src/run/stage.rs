//! One stage of long work.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::{Error, Result};
use crate::run::progress::Progress;

/// One stage of long work: counts finished units across threads and tells the observer of the
/// [`Run`](crate::Run), which makes it ([`Run::stage`](crate::Run::stage)).
///
/// ```
/// use mislabel_core::{Error, Run, progress_fn};
/// use std::ops::ControlFlow;
///
/// let stop_at_two = progress_fn(|_, done, _| if done >= 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) });
/// let run = Run::quiet().with_progress(&stop_at_two);
/// let stage = run.stage("fitting", 3);
/// assert!(stage.advance(1).is_ok());
/// assert!(matches!(stage.advance(1), Err(Error::Cancelled { stage: "fitting" })));
/// ```
pub struct Stage<'a> {
    name: &'static str,
    total: usize,
    done: AtomicUsize,
    progress: &'a dyn Progress,
}

impl fmt::Debug for Stage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, total, done, progress: _ } = self;
        f.debug_struct("Stage").field("name", name).field("total", total).field("done", done).finish_non_exhaustive()
    }
}

impl<'a> Stage<'a> {
    pub(crate) fn new(name: &'static str, total: usize, progress: &'a dyn Progress) -> Self {
        Self { name, total, done: AtomicUsize::new(0), progress }
    }

    /// Records `units` more finished units; 0 only asks whether to go on.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when the observer asks to stop.
    pub fn advance(&self, units: usize) -> Result<()> {
        let done = self.done.fetch_add(units, Ordering::Relaxed) + units;
        match self.progress.update(self.name, done, self.total) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled { stage: self.name }),
        }
    }
}
