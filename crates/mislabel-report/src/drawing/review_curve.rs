//! How many errors so many reviews find.

use maud::html;

use crate::drawing::axis::Frame;
use crate::drawing::figure::{Figure, Px};
use crate::findings::review_effort::ReviewEffort;
use crate::words::{count, percent};

/// Width of the note at the mark, at most.
const NOTE: f64 = 100.0;

/// The curve of expected errors over reviewed labels, with a mark at the number of flagged labels.
pub(crate) fn review_curve(effort: &ReviewEffort, flagged: usize) -> Figure {
    let frame = Frame { left: 52.0, top: 26.0, width: 390.0, height: 210.0 };
    let end = effort.reviewed.last().copied().unwrap_or(1).max(1) as f64;
    let across = frame.across([0.0, end]);
    let up = frame.upward(effort.errors.max(1e-9));
    let point = |(reviewed, found): (&usize, &f64)| {
        format!("{} {}", Px(across.place(*reviewed as f64)).short(), Px(up.place(*found)).short())
    };
    let points: Vec<String> = effort.reviewed.iter().zip(&effort.found).map(point).collect();
    let mark = across.place(flagged as f64);
    let drawing = html! {
        (frame.beside(&up, 5))
        (frame.below(&across, 6, "labels reviewed, the most suspect first"))
        path class="mark" d=(format!("M{} {}V{}", Px(mark).short(), Px(frame.bottom()).short(), Px(frame.top).short())) {}
        @let (side, shift) = if mark - frame.left < NOTE { ("small", 5.0) } else { ("small end", -5.0) };
        text class=(side) x=(Px(mark + shift)) y=(Px(frame.bottom() - 8.0)) { "flagged: " (count(flagged)) }
        path class="curve" d=(format!("M{}", points.join("L"))) {}
        text x=(Px(frame.left)) y="16" { "wrong labels found, expected" }
    };
    let share = if effort.errors > 0.0 { effort.among_flagged / effort.errors } else { 0.0 };
    let description = format!(
        "The curve rises from 0 to {:.0} wrong labels. Reviewing the {} flagged labels is expected to find {} of them.",
        effort.errors,
        count(flagged),
        percent(share)
    );
    Figure {
        name: "review-effort",
        title: "Wrong labels found by reviewing".into(),
        description,
        width: 460.0,
        height: 280.0,
        drawing,
    }
}
