//! How long the stages of a run took.

use std::ops::ControlFlow;
use std::sync::Mutex;

use mislabel_core::Progress;

use crate::Stopwatch;

/// An observer that keeps the CPU seconds of every stage, of all threads together, in the order in which they ran: a
/// stage lasts from the end of the one before to its own last update.
#[derive(Debug)]
pub struct StageSeconds {
    start: Stopwatch,
    ends: Mutex<Vec<(&'static str, f64)>>,
}

impl StageSeconds {
    /// Starts the clock.
    pub fn start() -> Self {
        Self { start: Stopwatch::start(), ends: Mutex::new(Vec::new()) }
    }

    /// (stage, seconds), in order; a stage that ran twice is there twice.
    pub fn stages(&self) -> Vec<(&'static str, f64)> {
        let ends = self.ends.lock().expect("no update panics").clone();
        let starts = std::iter::once(0.0).chain(ends.iter().map(|(_, end)| *end).collect::<Vec<f64>>());
        ends.iter().zip(starts).map(|((stage, end), start)| (*stage, end - start)).collect()
    }
}

impl Progress for StageSeconds {
    fn update(&self, stage: &'static str, _: usize, _: usize) -> ControlFlow<()> {
        let now = self.start.seconds().processor;
        let mut ends = self.ends.lock().expect("no update panics");
        match ends.last_mut() {
            Some((last, end)) if *last == stage => *end = end.max(now),
            _ => ends.push((stage, now)),
        }
        ControlFlow::Continue(())
    }
}
