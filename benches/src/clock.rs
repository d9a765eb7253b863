//! Seconds of the wall clock and of all processors.

use std::time::Instant;

/// Time that passed.
#[derive(Clone, Copy, Debug)]
pub struct Seconds {
    /// By the wall clock.
    pub wall: f64,
    /// Spent by all threads of this process together, in the program and in the kernel; NaN where it is not known.
    pub processor: f64,
}

/// Measures both from its start on.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    wall: Instant,
    processor: f64,
}

impl Stopwatch {
    /// Starts.
    pub fn start() -> Self {
        Self { wall: Instant::now(), processor: processor_seconds() }
    }

    /// The time since the start.
    pub fn seconds(&self) -> Seconds {
        Seconds { wall: self.wall.elapsed().as_secs_f64(), processor: processor_seconds() - self.processor }
    }
}

#[cfg(unix)]
fn processor_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

#[cfg(not(unix))]
fn processor_seconds() -> f64 {
    f64::NAN
}
