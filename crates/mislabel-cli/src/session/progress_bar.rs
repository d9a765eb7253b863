//! Progress on standard error.

use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mislabel::{Progress, progress_fn};

use crate::session::interruption::Interruptible;

const TEMPLATE: &str = "{msg:>12} [{bar:40}] {pos}/{len} {per_sec} {eta} left";

/// One bar per stage of the work, with its rate and the time that is left; drawn only when standard error is a terminal.
/// Cancels the work after Ctrl-C or a request to terminate.
pub(crate) fn progress(quiet: bool) -> Box<dyn Progress> {
    let observer: Box<dyn Progress> = match !quiet && std::io::stderr().is_terminal() {
        true => Box::new(Bars::default()),
        false => Box::new(progress_fn(|_, _, _| ControlFlow::Continue(()))),
    };
    Box::new(Interruptible::new(observer))
}

/// The bar of the stage that reported last.
#[derive(Default)]
struct Bars(Mutex<Option<(&'static str, ProgressBar)>>);

impl Progress for Bars {
    fn update(&self, stage: &'static str, done: usize, total: usize) -> ControlFlow<()> {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_none_or(|(name, _)| *name != stage) {
            if let Some((_, finished)) = current.take() {
                finished.finish_and_clear();
            }
            *current = Some((stage, bar(stage, total)));
        }
        if let Some((_, bar)) = current.as_ref() {
            bar.set_position(done as u64);
        }
        ControlFlow::Continue(())
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        let current = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, bar)) = current.take() {
            bar.finish_and_clear();
        }
    }
}

fn bar(stage: &'static str, total: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr()).with_message(stage);
    match ProgressStyle::with_template(TEMPLATE) {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    }
}
