//! Numbers of few digits, and how they are written in Rust.

use std::fmt::{Debug, Write};

/// `value` with so many significant `digits`; 0 and numbers that are not finite stay.
pub(crate) fn rounded(value: f64, digits: usize) -> f64 {
    let text = format!("{value:.*e}", digits.saturating_sub(1));
    text.parse().unwrap_or(value)
}

/// As [`rounded`], in f32.
pub(crate) fn rounded_f32(value: f32, digits: usize) -> f32 {
    let text = format!("{value:.*e}", digits.saturating_sub(1));
    text.parse().ok().filter(|rounded: &f32| rounded.is_finite()).unwrap_or(value)
}

/// Rows as a Rust array, `[[1.0, 2.0], [3.0, 4.0]]`; infinities by `infinity`.
pub(crate) fn array<'a, T: Debug + 'a>(rows: impl Iterator<Item = Vec<T>>, infinity: &str) -> String {
    let mut text = String::from("[");
    for (i, row) in rows.enumerate() {
        let separator = if i > 0 { ", " } else { "" };
        write!(text, "{separator}{row:?}").expect("a string takes what is written");
    }
    text.push(']');
    text.replace("inf", infinity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_so_many_significant_digits() {
        assert_eq!([rounded(0.123_456, 2), rounded(-98.7, 1), rounded(0.0, 1)], [0.12, -100.0, 0.0]);
        assert_eq!(rounded(f64::INFINITY, 1), f64::INFINITY);
        assert_eq!(rounded_f32(1.234e30, 2), 1.2e30);
        // 3.403e38, which f32 cannot hold.
        assert_eq!(rounded_f32(f32::MAX, 4), f32::MAX);
    }

    #[test]
    fn arrays_are_written_as_rust() {
        let rows = vec![vec![1.0, f64::INFINITY], vec![0.25, 3.0]];
        assert_eq!(array(rows.into_iter(), "f64::INFINITY"), "[[1.0, f64::INFINITY], [0.25, 3.0]]");
    }
}
