//! Stopping in good order on Ctrl-C and on a request to terminate.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mislabel::Progress;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_shutdown};

/// The exit status after an interruption, as shells have it for Ctrl-C.
pub(crate) const INTERRUPTED: u8 = 130;

/// An observer that cancels the work after a signal; a second signal ends the process at once.
pub(crate) struct Interruptible {
    observer: Box<dyn Progress>,
    interrupted: Arc<AtomicBool>,
}

impl Interruptible {
    /// Listens for signals from now on, and passes reports on to `observer`.
    pub(crate) fn new(observer: Box<dyn Progress>) -> Self {
        let interrupted = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // Where signals cannot be caught, they end the process as ever: files appear whole or not at all even so.
            let _ = register_conditional_shutdown(signal, INTERRUPTED.into(), Arc::clone(&interrupted));
            let _ = register(signal, Arc::clone(&interrupted));
        }
        Self { observer, interrupted }
    }
}

impl Progress for Interruptible {
    fn update(&self, stage: &'static str, done: usize, total: usize) -> ControlFlow<()> {
        match self.interrupted.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => self.observer.update(stage, done, total),
        }
    }
}
