//! Bars of a histogram as one path.

use crate::drawing::axis::Frame;
use crate::drawing::figure::Px;

/// The outline of bars of `heights`, from the bottom of `frame` up, with a gap between them.
pub(crate) fn bars(frame: Frame, heights: impl ExactSizeIterator<Item = f64>) -> String {
    let width = frame.width / heights.len().max(1) as f64;
    let gap = if width > 4.0 { 1.0 } else { 0.0 };
    let mut path = String::new();
    for (place, height) in heights.enumerate().filter(|(_, height)| *height > 0.0) {
        // A bar of a single sample must be seen.
        let height = height.max(1.0);
        let left = frame.left + place as f64 * width;
        let [x, y, across, up] = [left, frame.bottom(), width - gap, -height].map(|length| Px(length).short());
        path.push_str(&format!("M{x} {y}v{up}h{across}V{y}z"));
    }
    path
}
