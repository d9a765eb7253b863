//! The classes with the largest shares of flagged labels.

use maud::{Markup, html};

use crate::drawing::axis::Frame;
use crate::drawing::figure::{Figure, Px};
use crate::findings::classes::ClassRow;
use crate::words::{count, cut, percent, visible};

/// Classes shown.
const SHOWN: usize = 20;
const ROW: f64 = 22.0;
/// Characters of a name that are shown: they fit beside the bars in wide fonts, too.
const CHARACTERS: usize = 18;

/// Bars of the share of flagged labels, the largest first; `None` where nothing is flagged.
pub(crate) fn class_bars(classes: &[ClassRow]) -> Option<Figure> {
    let mut shown: Vec<&ClassRow> = classes.iter().filter(|row| row.flagged > 0).collect();
    shown.sort_by(|a, b| b.flagged_share().total_cmp(&a.flagged_share()));
    shown.truncate(SHOWN);
    let first = *shown.first()?;
    let frame = Frame { left: 150.0, top: 24.0, width: 200.0, height: ROW * shown.len() as f64 };
    let most = first.flagged_share();
    let drawing = html! {
        text class="mute" x="8" y="14" { "share of the labels that is flagged" }
        @for (place, row) in shown.iter().enumerate() {
            (bar(frame, frame.top + place as f64 * ROW, frame.width * row.flagged_share() / most, row))
        }
    };
    let description = format!(
        "{} of {} classes. The largest share is that of {}: {}.",
        shown.len(),
        count(classes.len()),
        visible(&first.name),
        percent(most)
    );
    Some(Figure {
        name: "classes",
        title: "Flagged labels by class".into(),
        description,
        width: 460.0,
        height: frame.bottom() + 8.0,
        drawing,
    })
}

fn bar(frame: Frame, top: f64, width: f64, row: &ClassRow) -> Markup {
    let name = visible(&row.name);
    html! {
        g {
            title { (name) }
            text class="end" x=(Px(frame.left - 8.0)) y=(Px(top + 15.0)) { (cut(&name, CHARACTERS)) }
            rect class="suspect" x=(Px(frame.left)) y=(Px(top + 3.0)) width=(Px(width.max(1.0))) height=(Px(ROW - 6.0)) {}
            text class="small" x=(Px(frame.left + width + 6.0)) y=(Px(top + 15.0)) {
                (percent(row.flagged_share())) " of " (count(row.samples))
            }
        }
    }
}
