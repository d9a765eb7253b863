//! From values to places.

use maud::{Markup, html};

use crate::drawing::figure::Px;

/// Values from `low` to `high` laid out from `from` to `to`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) from: f64,
    pub(crate) to: f64,
}

impl Axis {
    pub(crate) fn place(&self, value: f64) -> f64 {
        let width = self.high - self.low;
        let share = if width > 0.0 { (value - self.low) / width } else { 0.5 };
        self.from + (self.to - self.from) * share
    }

    /// About `wanted` round values of the axis.
    pub(crate) fn ticks(&self, wanted: usize) -> Vec<f64> {
        ticks(self.low, self.high, wanted)
    }
}

/// About `wanted` multiples of 1, 2 or 5 times a power of ten within [`low`, `high`].
pub(crate) fn ticks(low: f64, high: f64, wanted: usize) -> Vec<f64> {
    let rough = (high - low) / wanted.max(1) as f64;
    if !(rough > 0.0 && rough.is_finite()) {
        return vec![low];
    }
    let power = 10.0_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|step| step * power).into_iter().find(|step| *step >= rough);
    let step = step.unwrap_or(10.0 * power);
    let first = (low / step).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|tick| tick as f64 * step).collect()
}

/// A value of a tick, without digits that say nothing.
pub(crate) fn tick_text(value: f64) -> String {
    match value.abs() {
        size if size >= 1e6 => format!("{}M", trimmed(value / 1e6)),
        size if size >= 1e4 => format!("{}k", trimmed(value / 1e3)),
        _ => trimmed(value),
    }
}

fn trimmed(value: f64) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() || text == "-0" { "0".into() } else { text.into() }
}

/// The part of a drawing that a plot takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Frame {
    pub(crate) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.top + self.height
    }

    pub(crate) fn across(&self, [low, high]: [f64; 2]) -> Axis {
        Axis { low, high, from: self.left, to: self.right() }
    }

    pub(crate) fn upward(&self, high: f64) -> Axis {
        Axis { low: 0.0, high, from: self.bottom(), to: self.top }
    }

    /// The axis below, with its ticks and what it shows.
    pub(crate) fn below(&self, axis: &Axis, wanted: usize, name: &str) -> Markup {
        html! {
            path class="axis" d=(format!("M{} {}H{}", Px(self.left).short(), Px(self.bottom()).short(), Px(self.right()).short())) {}
            @for tick in axis.ticks(wanted) {
                path class="axis" d=(format!("M{} {}v4", Px(axis.place(tick)).short(), Px(self.bottom()).short())) {}
                text class="mute middle small" x=(Px(axis.place(tick))) y=(Px(self.bottom() + 16.0)) { (tick_text(tick)) }
            }
            text class="mute middle" x=(Px(self.left + self.width / 2.0)) y=(Px(self.bottom() + 33.0)) { (name) }
        }
    }

    /// The lines and numbers of the axis on the left.
    pub(crate) fn beside(&self, axis: &Axis, wanted: usize) -> Markup {
        html! {
            @for tick in axis.ticks(wanted) {
                path class="grid" d=(format!("M{} {}H{}", Px(self.left).short(), Px(axis.place(tick)).short(), Px(self.right()).short())) {}
                text class="mute end small" x=(Px(self.left - 6.0)) y=(Px(axis.place(tick) + 4.0)) { (tick_text(tick)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within_the_axis() {
        assert_eq!(ticks(0.0, 1.0, 5), [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]);
        assert_eq!(ticks(0.0, 173.0, 4), [0.0, 50.0, 100.0, 150.0]);
        assert_eq!(ticks(3.0, 3.0, 4), [3.0]);
        assert_eq!([0.6000000000000001, 1_250_000.0, 20_000.0, 0.0].map(tick_text), ["0.6", "1.25M", "20k", "0"]);
    }

    #[test]
    fn an_axis_of_one_value_puts_it_in_the_middle() {
        assert_eq!(Axis { low: 2.0, high: 2.0, from: 0.0, to: 10.0 }.place(2.0), 5.0);
    }
}
