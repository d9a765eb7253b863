//! Histograms of flagged labels and of others.

use maud::{Markup, html};

use crate::drawing::axis::Frame;
use crate::drawing::bars::bars;
use crate::drawing::figure::{Figure, Px};
use crate::findings::classes::{ClassRow, most_affected};
use crate::findings::distribution::Histogram;
use crate::words::{count, cut, visible};

const WIDTH: f64 = 460.0;
/// Classes of the small histograms.
const SMALL: usize = 24;
const COLUMNS: usize = 4;

/// Two histograms over one axis: flagged labels above, the others below, each on a scale of its own.
pub(crate) fn histogram(name: &'static str, title: &str, axis: &str, values: &Histogram) -> Figure {
    let frame = |top: f64| Frame { left: 52.0, top, width: WIDTH - 70.0, height: 96.0 };
    let (upper, lower) = (frame(26.0), frame(176.0));
    let across = lower.across([values.low, values.high]);
    let drawing = html! {
        (panel(upper, &values.flagged, "suspect", "flagged"))
        (panel(lower, &values.others, "fine", "not flagged"))
        (upper.below(&across, 6, ""))
        (lower.below(&across, 6, axis))
    };
    let description = format!(
        "{} flagged labels and {} others, by {axis}. {} {}",
        count(values.flagged.iter().sum()),
        count(values.others.iter().sum()),
        fullest(values, &values.flagged, "flagged labels"),
        fullest(values, &values.others, "others"),
    );
    Figure { name, title: title.into(), description, width: WIDTH, height: 312.0, drawing }
}

fn panel(frame: Frame, counts: &[usize], class: &str, label: &str) -> Markup {
    let most = counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    let axis = frame.upward(most);
    let heights = counts.iter().map(|count| frame.height * *count as f64 / most);
    html! {
        text x=(Px(frame.left)) y=(Px(frame.top - 9.0)) { (count(counts.iter().sum())) " " (label) }
        (frame.beside(&axis, 3))
        path class=(class) d=(bars(frame, heights)) {}
    }
}

/// Where most of `counts` lie, as a sentence.
fn fullest(values: &Histogram, counts: &[usize], label: &str) -> String {
    let most = counts.iter().copied().max().filter(|most| *most > 0);
    let place = most.and_then(|most| counts.iter().position(|count| *count == most));
    let (Some(most), Some(place)) = (most, place) else { return format!("There are no {label}.") };
    let (low, high) = (values.edge(place), values.edge(place + 1));
    format!("Most {label} in one bar: {} between {low:.2} and {high:.2}.", count(most))
}

/// The height of a bar that grows with the root of its count, so that few flagged labels beside many others can be seen.
pub(crate) fn root_height(height: f64, count: usize, most: f64) -> f64 {
    height * (count as f64 / most).sqrt()
}

/// A small histogram of the label quality of each of the classes with most flagged labels.
pub(crate) fn by_class(classes: &[ClassRow]) -> Option<Figure> {
    let shown: Vec<&ClassRow> = most_affected(classes, SMALL)
        .into_iter()
        .map(|class| &classes[class as usize])
        .filter(|row| row.samples > 0)
        .collect();
    if shown.is_empty() {
        return None;
    }
    let (width, height) = (150.0, 92.0);
    let columns = COLUMNS.min(shown.len());
    let frame = |place: usize| Frame {
        left: 8.0 + (place % COLUMNS) as f64 * (width + 14.0),
        top: 24.0 + (place / COLUMNS) as f64 * (height + 18.0),
        width,
        height: height - 34.0,
    };
    let drawing = html! {
        @for (place, row) in shown.iter().enumerate() { (tile(frame(place), row)) }
    };
    Some(Figure {
        name: "quality-by-class",
        title: "Label quality by class".into(),
        description: format!(
            "For {} of {} classes, those with most flagged labels: label quality from 0, suspect, to 1; flagged labels in color. The height of a bar grows with the root of its count.",
            shown.len(),
            count(classes.len())
        ),
        width: 16.0 + columns as f64 * (width + 14.0) - 14.0,
        height: 24.0 + shown.len().div_ceil(COLUMNS) as f64 * (height + 18.0),
        drawing,
    })
}

fn tile(frame: Frame, row: &ClassRow) -> Markup {
    let totals: Vec<usize> = row.quality.flagged.iter().zip(&row.quality.others).map(|(a, b)| a + b).collect();
    let most = totals.iter().copied().max().unwrap_or(0).max(1) as f64;
    let scaled =
        |counts: &[usize]| counts.iter().map(|count| root_height(frame.height, *count, most)).collect::<Vec<f64>>();
    let name = visible(&row.name);
    let across = frame.across([0.0, 1.0]);
    html! {
        g {
            title { (name) ": " (count(row.flagged)) " of " (count(row.samples)) " flagged" }
            text x=(Px(frame.left)) y=(Px(frame.top - 6.0)) { (cut(&name, 21)) }
            path class="fine" d=(bars(frame, scaled(&totals).into_iter())) {}
            path class="suspect" d=(bars(frame, scaled(&row.quality.flagged).into_iter())) {}
            (frame.below(&across, 2, ""))
        }
    }
}
