//! Watching long work and stopping it.

use std::ops::ControlFlow;

use crate::forwarding::forward;

/// An observer of long work that can also cancel it.
///
/// Implementers promise to return quickly and to be callable from any thread;
/// calls of one stage may arrive out of order. [`progress_fn`] makes an observer of a closure.
pub trait Progress: Send + Sync {
    /// `done` of `total` units of `stage` are finished; [`ControlFlow::Break`] asks the work to stop.
    fn update(&self, stage: &'static str, done: usize, total: usize) -> ControlFlow<()>;
}

forward! {
    Progress {
        fn update(&self, stage: &'static str, done: usize, total: usize) -> ControlFlow<()>;
    }
}

/// The observer that calls `update` with a stage's name, the units done and the units in all.
///
/// ```
/// use mislabel_core::{Run, progress_fn};
/// use std::ops::ControlFlow;
///
/// let progress = progress_fn(|stage, done, total| {
///     println!("{stage}: {done} of {total}");
///     ControlFlow::Continue(())
/// });
/// let run = Run::quiet().with_progress(&progress);
/// run.stage("fitting", 3).advance(1)?;
/// # Ok::<(), mislabel_core::Error>(())
/// ```
pub fn progress_fn<F>(update: F) -> ProgressFn<F>
where
    F: Fn(&'static str, usize, usize) -> ControlFlow<()> + Send + Sync,
{
    ProgressFn(update)
}

/// The observer that [`progress_fn`] makes.
#[derive(Clone, Copy)]
pub struct ProgressFn<F>(F);

impl<F> std::fmt::Debug for ProgressFn<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProgressFn")
    }
}

impl<F: Fn(&'static str, usize, usize) -> ControlFlow<()> + Send + Sync> Progress for ProgressFn<F> {
    fn update(&self, stage: &'static str, done: usize, total: usize) -> ControlFlow<()> {
        (self.0)(stage, done, total)
    }
}

/// The observer that ignores everything and never cancels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unwatched;

impl Progress for Unwatched {
    fn update(&self, _: &'static str, _: usize, _: usize) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
