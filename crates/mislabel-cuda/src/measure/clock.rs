//! Time by the device's own clock.

use crate::device::cuda::Cuda;
use crate::error::{Result, while_};
use crate::measure::library::device;

/// Seconds that the device takes for the work that `start` gives it, by its own clock; the median of `repeats` after
/// three that do not count.
///
/// # Errors
/// Those of `start`, and of using the device.
pub fn device_seconds(cuda: &Cuda, repeats: usize, mut start: impl FnMut() -> Result<()>) -> Result<f64> {
    const WARM_UP: usize = 3;
    let device = device(cuda)?;
    let event = || {
        let flags = Some(cudarc::driver::sys::CUevent_flags::CU_EVENT_DEFAULT);
        while_("taking the time", device.compute.record_event(flags))
    };
    (0..WARM_UP).try_for_each(|_| start())?;
    cuda.synchronize()?;
    let mut seconds = Vec::with_capacity(repeats.max(1));
    for _ in 0..repeats.max(1) {
        let before = event()?;
        start()?;
        let after = event()?;
        seconds.push(f64::from(while_("taking the time", before.elapsed_ms(&after))?) / 1e3);
    }
    seconds.sort_by(f64::total_cmp);
    Ok(seconds[seconds.len() / 2])
}
