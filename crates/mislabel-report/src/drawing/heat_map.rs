//! Confused classes as a heat map.

use maud::{Markup, html};

use crate::drawing::figure::{Figure, Px};
use crate::findings::classes::ClassRow;
use crate::findings::confusion::Confusion;
use crate::words::{count, counted, cut, visible};

/// Characters of a name that are shown.
const CHARACTERS: usize = 22;
/// Width of a character in a wide font, about.
const CHARACTER: f64 = 7.1;
/// Room for a line above.
const LINE: f64 = 26.0;
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
    let longest = names.iter().map(|name| name.chars().count().min(CHARACTERS)).max().unwrap_or(0);
    let room = 16.0 + CHARACTER * longest as f64;
    let grid = Grid { left: room, top: LINE + room, cell };
    let side = cell * size;
    let drawing = html! {
        text class="mute" x="4" y="16" { "rows: given label, columns: suggested label" }
        @for (place, name) in names.iter().enumerate() { (grid.names(place, name)) }
        rect class="axis" x=(Px(grid.left)) y=(Px(grid.top)) width=(Px(side)) height=(Px(side)) {}
        @for (row, counts) in confusion.counts.iter().enumerate() {
            @for (column, number) in counts.iter().copied().enumerate().filter(|(_, number)| *number > 0) {
                (grid.filled([row, column], (number, most), [&names[row], &names[column]]))
            }
        }
    };
    let left_out = match classes.len() - confusion.classes.len() {
        0 => String::new(),
        _ => format!(
            " {} of {} classes are shown, those of the most frequent pairs.",
            confusion.classes.len(),
            count(classes.len())
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
        width: (grid.left + side + 10.0).max(270.0),
        height: grid.top + side + 10.0,
        drawing,
    })
}

/// Where the cells lie.
#[derive(Clone, Copy)]
struct Grid {
    left: f64,
    top: f64,
    cell: f64,
}

impl Grid {
    /// The place of a row from above, of a column from the left.
    fn at(self, place: usize) -> f64 {
        place as f64 * self.cell
    }

    /// The name of a class beside its row and above its column, and the cell where both meet.
    fn names(self, place: usize, name: &str) -> Markup {
        let middle = self.at(place) + self.cell / 2.0 + 4.0;
        let (x, y) = (Px(self.left + middle), Px(self.top - 7.0));
        let turned = format!("rotate(-90 {} {})", x.short(), y.short());
        html! {
            text class="end small" x=(Px(self.left - 7.0)) y=(Px(self.top + middle)) { title { (name) } (cut(name, CHARACTERS)) }
            text class="small" x=(x) y=(y) transform=(turned) { title { (name) } (cut(name, CHARACTERS)) }
            rect class="grid" x=(Px(self.left + self.at(place))) y=(Px(self.top + self.at(place))) width=(Px(self.cell))
                height=(Px(self.cell)) {}
        }
    }

    fn filled(
        self,
        [row, column]: [usize; 2],
        (number, most): (usize, usize),
        [given, suggested]: [&str; 2],
    ) -> Markup {
        let [low, high] = OPACITIES;
        let opacity = low + (high - low) * (number as f64 / most as f64).sqrt();
        let (x, y) = (self.left + self.at(column), self.top + self.at(row));
        let half = self.cell / 2.0;
        html! {
            g {
                title { (given) " → " (suggested) ": " (count(number)) }
                rect class="suspect" x=(Px(x)) y=(Px(y)) width=(Px(self.cell)) height=(Px(self.cell))
                    fill-opacity=(format!("{opacity:.2}")) {}
                @if self.cell >= NUMBERED && number < 10_000 {
                    text class="middle small" x=(Px(x + half)) y=(Px(y + half + 4.0)) { (number) }
                }
            }
        }
    }
}
