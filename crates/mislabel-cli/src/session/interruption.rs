//! Stopping in good order on Ctrl-C and on a request to terminate.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use mislabel::Progress;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_shutdown};

/// The exit status after an interruption, as shells have it for Ctrl-C.
pub(crate) const INTERRUPTED: u8 = 130;

/// An observer that cancels the work after a signal; a second signal ends the process at once, and so does any while nothing is
/// observed.
pub(crate) struct Interruptible {
    observer: Box<dyn Progress>,
    signals: &'static Signals,
}

/// What signals do, once for the process.
struct Signals {
    /// Whether there was one.
    interrupted: Arc<AtomicBool>,
    /// Whether the next one ends the process.
    is_last: Arc<AtomicBool>,
    observers: Mutex<usize>,
}

impl Signals {
    fn get() -> &'static Self {
        static SIGNALS: OnceLock<Signals> = OnceLock::new();
        SIGNALS.get_or_init(|| {
            let (interrupted, is_last) = (Arc::default(), Arc::default());
            for signal in [SIGINT, SIGTERM] {
                // Where signals cannot be caught, they end the process as ever: files appear whole or not at all even so.
                let _ = register_conditional_shutdown(signal, INTERRUPTED.into(), Arc::clone(&is_last));
                let _ = register(signal, Arc::clone(&interrupted));
                let _ = register(signal, Arc::clone(&is_last));
            }
            Self { interrupted, is_last, observers: Mutex::new(0) }
        })
    }

    /// Counts observers up or down by one. Without any, nobody would look at a signal.
    fn count(&self, is_new: bool) {
        let mut observers = self.observers.lock().unwrap_or_else(PoisonError::into_inner);
        *observers = if is_new { *observers + 1 } else { *observers - 1 };
        self.is_last.store(*observers == 0 || self.interrupted.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

impl Interruptible {
    /// Listens for signals from now on, and passes reports on to `observer`.
    pub(crate) fn new(observer: Box<dyn Progress>) -> Self {
        let signals = Signals::get();
        signals.count(true);
        Self { observer, signals }
    }
}

impl Drop for Interruptible {
    fn drop(&mut self) {
        self.signals.count(false);
    }
}

impl Progress for Interruptible {
    fn update(&self, stage: &'static str, done: usize, total: usize) -> ControlFlow<()> {
        match self.signals.interrupted.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => self.observer.update(stage, done, total),
        }
    }
}
