//! The most memory that a piece of work holds beside mapped files.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::Duration;

/// How often memory is looked at.
const INTERVAL: Duration = Duration::from_millis(2);

/// Runs `work` and tells the most anonymous memory in bytes above what there was before, looked at every 2 ms; 0 where the
/// system does not tell (it is `RssAnon` in `/proc/self/status`). Pages of mapped files, which the system may take back
/// at any time, do not count.
pub(crate) fn with_peak<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = anonymous();
    let done = AtomicBool::new(false);
    scope(|threads| {
        let watch = threads.spawn(|| {
            let mut most = 0;
            while !done.load(Ordering::Relaxed) {
                most = most.max(anonymous());
                sleep(INTERVAL);
            }
            most
        });
        let result = work();
        done.store(true, Ordering::Relaxed);
        (result, watch.join().unwrap_or(0).saturating_sub(before))
    })
}

fn anonymous() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kibibytes.unwrap_or(0) << 10
}
