//! Small gray images as text.

use ndarray::ArrayView2;

/// The characters that a terminal can be trusted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    Ascii,
    Unicode,
}

impl Charset {
    /// By the locale in `LC_ALL`, `LC_CTYPE` or `LANG`: the first that is set and not empty counts.
    pub(crate) fn of_locale() -> Self {
        let variables = ["LC_ALL", "LC_CTYPE", "LANG"];
        let locale = variables.iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
        Self::of(&locale.unwrap_or_default())
    }

    fn of(locale: &str) -> Self {
        let locale = locale.to_lowercase();
        match locale.contains("utf-8") || locale.contains("utf8") {
            true => Self::Unicode,
            false => Self::Ascii,
        }
    }

    /// "given → suggested".
    pub(crate) fn arrow(self) -> &'static str {
        match self {
            Self::Ascii => "->",
            Self::Unicode => "→",
        }
    }

    /// From no ink to most ink.
    fn shades(self) -> &'static [char] {
        match self {
            Self::Ascii => &[' ', '.', ':', 'o', '#'],
            Self::Unicode => &[' ', '░', '▒', '▓', '█'],
        }
    }
}

/// An image with text below it.
pub(crate) struct Figure<'a> {
    /// Ink, `(height, width)`.
    pub(crate) image: ArrayView2<'a, f32>,
    /// One line; longer ones widen the figure.
    pub(crate) caption: String,
}

/// Figures of equal height side by side, a line per pixel row, two characters per pixel, which makes it about square.
/// `most_ink` is the value drawn darkest.
pub(crate) fn side_by_side(figures: &[Figure<'_>], most_ink: f32, charset: Charset) -> Vec<String> {
    let height = figures.iter().map(|figure| figure.image.nrows()).max().unwrap_or(0);
    let pixel_row = |y: usize| join(figures, |figure| pixels(figure, y, most_ink, charset));
    let mut lines: Vec<String> = (0..height).map(pixel_row).collect();
    lines.push(join(figures, |figure| figure.caption.clone()));
    lines
}

fn join(figures: &[Figure<'_>], cell: impl Fn(&Figure<'_>) -> String) -> String {
    let padded = |figure: &Figure<'_>| format!("{:<width$}", cell(figure), width = figure.width());
    let line: Vec<String> = figures.iter().map(padded).collect();
    line.join("   ").trim_end().to_owned()
}

impl Figure<'_> {
    fn width(&self) -> usize {
        (2 * self.image.ncols()).max(self.caption.chars().count())
    }
}

fn pixels(figure: &Figure<'_>, y: usize, most_ink: f32, charset: Charset) -> String {
    let shades = charset.shades();
    let darkest = (shades.len() - 1) as f32;
    let shade = |ink: &f32| shades[((ink / most_ink * darkest).round() as usize).min(shades.len() - 1)];
    figure.image.row(y).iter().map(shade).flat_map(|shade| [shade, shade]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn pixels_are_two_characters_wide_and_captions_below() {
        let (left, right) = (array![[0.0, 4.0], [2.0, 1.0]], array![[4.0], [4.0]]);
        let figures = [(&left, "ab"), (&right, "cde")].map(|(i, c)| Figure { image: i.view(), caption: c.to_owned() });
        assert_eq!(side_by_side(&figures, 4.0, Charset::Ascii), ["  ##   ##", "::..   ##", "ab     cde"]);
        assert_eq!(side_by_side(&figures, 4.0, Charset::Unicode)[1], "▒▒░░   ██");
    }

    #[test]
    fn the_locale_decides_the_characters() {
        assert_eq!(["de_DE.UTF-8", "C.utf8", "C", ""].map(Charset::of), {
            use Charset::{Ascii, Unicode};
            [Unicode, Unicode, Ascii, Ascii]
        });
    }
}
