//! Watching long work, stopping it, and where it keeps what it has finished.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{Checkpoint, Error, NoCheckpoint, Result};

/// An observer of long work that can also cancel it.
///
/// Implementers promise to return quickly and to be callable from any thread;
/// calls of one stage may arrive out of order.
pub trait Progress: Sync {
    /// `done` of `total` units of `stage` are finished; [`ControlFlow::Break`] asks the work to stop.
    fn update(&self, stage: &'static str, done: usize, total: usize) -> ControlFlow<()>;

    /// Where the work keeps finished parts and finds those of an earlier run; nowhere, unless said otherwise.
    ///
    /// An observer that passes on to another passes this on too; [`Resumable`](crate::Resumable) joins the two.
    fn checkpoint(&self) -> &dyn Checkpoint {
        &NoCheckpoint
    }
}

/// The observer that ignores everything and never cancels.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn update(&self, _: &'static str, _: usize, _: usize) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl<F: Fn(&'static str, usize, usize) -> ControlFlow<()> + Sync> Progress for F {
    fn update(&self, stage: &'static str, done: usize, total: usize) -> ControlFlow<()> {
        self(stage, done, total)
    }
}

/// One stage of long work: counts finished units across threads and tells the observer.
///
/// ```
/// use mislabel_core::{Error, Stage};
/// use std::ops::ControlFlow;
///
/// let stop_at_two = |_: &'static str, done: usize, _: usize| {
///     if done >= 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
/// };
/// let stage = Stage::new("fitting", 3, &stop_at_two);
/// assert!(stage.advance(1).is_ok());
/// assert!(matches!(stage.advance(1), Err(Error::Cancelled { stage: "fitting" })));
/// ```
pub struct Stage<'a> {
    name: &'static str,
    total: usize,
    done: AtomicUsize,
    progress: &'a dyn Progress,
}

impl<'a> Stage<'a> {
    /// A stage called `name` (a verb in -ing form) of `total` units.
    pub fn new(name: &'static str, total: usize, progress: &'a dyn Progress) -> Self {
        Self { name, total, done: AtomicUsize::new(0), progress }
    }

    /// Records `units` more finished units.
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
