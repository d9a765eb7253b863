//! Confused classes as a heat map.

use maud::{Markup, html};

use crate::drawing::figure::{Figure, Px};
use crate::findings::classes::ClassRow;
use crate::findings::confusion::Confusion;
use crate::words::{count, counted, cut, visible};

/// Room for the names of classes.
const NAMES: f64 = 140.0;
/// Characters of a name that fit there.
const CHARACTERS: usize = 20;
/// Opacities of the least and of the greatest count: text stays readable on both.
const OPACITIES: [f64; 2] = [0.12, 0.6];
/// Cells at least this wide show their count.
const NUMBERED: f64 = 24.0;

/// Given classes as rows, suggested classes as columns; `None` where no other label is suggested.
pub(crate) fn heat_map(confusion: &Confusion, classes: &[ClassRow]) -> Option<Figure> {
    let first = confusion.pairs.first()?;
    let size = confusion.classes.len() as f64;
    let cell = (480.0 / size).clamp(16.0, 34.0);
    let names: Vec<String> = confusion.classes.iter().map(|class| visible(&classes[*class as usize].name)).collect();
    let most = confusion.counts.iter().flatten().copied().max().unwrap_or(0).max(1);
    let side = cell * size;
    let drawing = html! {
        text class="mute" x="8" y="16" { "rows: given" }
        text class="mute" x="8" y="32" { "columns: suggested" }
        @for (place, name) in names.iter().enumerate() {
            (row_name(name, NAMES + (place as f64 + 0.5) * cell))
            (column_name(name, NAMES + (place as f64 + 0.5) * cell))
            rect class="grid" fill="none" x=(Px(NAMES + place as f64 * cell)) y=(Px(NAMES + place as f64 * cell)) width=(Px(cell))
                height=(Px(cell)) {}
        }
        rect class="axis" x=(Px(NAMES)) y=(Px(NAMES)) width=(Px(side)) height=(Px(side)) {}
        @for (row, counts) in confusion.counts.iter().enumerate() {
            @for (column, number) in counts.iter().copied().enumerate().filter(|(_, number)| *number > 0) {
                (filled([row, column], cell, (number, most), [&names[row], &names[column]]))
            }
        }
    };
    let left_out = match classes.len() - confusion.classes.len() {
        0 => String::new(),
        _ => format!(
            " {} of {} classes are shown, those of most flagged labels.",
            confusion.classes.len(),
            classes.len()
        ),
    };
    let [given, suggested] = [first.given, first.suggested].map(|class| visible(&classes[class as usize].name));
    let description = format!(
        "The most frequent pair: {} given {given} for which {suggested} is suggested.{left_out} The table of pairs has the figures.",
        counted(first.count, "label")
    );
    Some(Figure {
        name: "confusion",
        title: "Given labels and suggested labels".into(),
        description,
        width: NAMES + side + 10.0,
        height: NAMES + side + 10.0,
        drawing,
    })
}

fn row_name(name: &str, y: f64) -> Markup {
    html! {
        text class="end small" x=(Px(NAMES - 7.0)) y=(Px(y + 4.0)) { title { (name) } (cut(name, CHARACTERS)) }
    }
}

fn column_name(name: &str, x: f64) -> Markup {
    let turned = format!("rotate(-90 {x} {y})", x = Px(x + 4.0).short(), y = Px(NAMES - 7.0).short());
    html! {
        text class="small" x=(Px(x + 4.0)) y=(Px(NAMES - 7.0)) transform=(turned) { title { (name) } (cut(name, CHARACTERS)) }
    }
}

fn filled(
    [row, column]: [usize; 2],
    cell: f64,
    (number, most): (usize, usize),
    [given, suggested]: [&str; 2],
) -> Markup {
    let [low, high] = OPACITIES;
    let opacity = low + (high - low) * (number as f64 / most as f64).sqrt();
    let (x, y) = (NAMES + column as f64 * cell, NAMES + row as f64 * cell);
    html! {
        g {
            title { (given) " → " (suggested) ": " (count(number)) }
            rect class="suspect" x=(Px(x)) y=(Px(y)) width=(Px(cell)) height=(Px(cell)) fill-opacity=(format!("{opacity:.2}")) {}
            @if cell >= NUMBERED && number < 10_000 {
                text class="middle small" x=(Px(x + cell / 2.0)) y=(Px(y + cell / 2.0 + 4.0)) { (number) }
            }
        }
    }
}
