//! A first look at pictures: gradients, colors where they are, colors there are.

use ndarray::ArrayViewMut2;

use crate::embedder::{Embedder, Prepared, Sample};
use crate::error::Result;
use crate::first_look::{colors, gradients};
use crate::identity::Identity;
use crate::picture::Picture;
use crate::picture::resizing::{Filter, RESIZER, Window, resized};
use crate::rows::filling::filled;
use crate::samples::skipped::{Skip, SkipReason};

/// Pictures with a longer short edge are made this small.
const MOST: usize = 64;
/// Pictures with a shorter one than [`LEAST`] are made this large.
const LEAST: usize = 16;
const ENLARGED: usize = 32;

/// A first look at pictures without any model: rows of 1,984 numbers.
///
/// Of the square in the middle, no more than 64 pixels wide: gradients in 12 directions and 7 × 7 cells (1,728 numbers), mean
/// colors of 8 × 8 cells (192), and the histogram of 4 × 4 × 4 colors (64), at fixed scales. A row depends on its picture alone:
/// no statistics of the data enter. Good at glyphs, products, and other centered objects; on photographs worth much less than a
/// network's embeddings. The definition has the name `first-look-1`; another one would have another.
///
/// ```
/// use mislabel_embed::{Embedder as _, FirstLookAtPictures, Picture, Prepared, Sample};
///
/// let picture = Picture::new(28, 28, vec![128; 28 * 28 * 3]).unwrap();
/// let Prepared::Row(row) = FirstLookAtPictures.prepare(&Sample::Picture(picture)).unwrap() else { unreachable!() };
/// assert_eq!(row.len(), 1984);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct FirstLookAtPictures;

impl FirstLookAtPictures {
    /// The row of `picture`.
    fn row(picture: &Picture) -> Result<Vec<f32>, Skip> {
        let square = square(picture)?;
        let mut row = gradients::gradients(&square);
        row.extend(colors::layout(&square));
        row.extend(colors::histogram(&square));
        Ok(row)
    }
}

impl Embedder for FirstLookAtPictures {
    fn identity(&self) -> Identity {
        Identity::new("first-look-1").with("of", "pictures").with("resizing", RESIZER)
    }

    fn dimension(&self) -> usize {
        gradients::LENGTH + colors::LAYOUT + colors::HISTOGRAM
    }

    fn prepare(&self, sample: &Sample) -> Result<Prepared, Skip> {
        match sample {
            Sample::Picture(picture) => Self::row(picture).map(Prepared::Row),
            Sample::Text(_) => Err(Skip::new(SkipReason::Refused, "a text where a picture is expected")),
        }
    }

    fn embed(&self, batch: &[Prepared], rows: ArrayViewMut2<'_, f32>) -> Result<()> {
        filled(self, batch, rows)
    }
}

/// The square in the middle of `picture`, between 16 and 64 pixels wide.
fn square(picture: &Picture) -> Result<Picture, Skip> {
    let side = match picture.short_edge() {
        short if short > MOST => MOST,
        short if short < LEAST => ENLARGED,
        _ if picture.width() == picture.height() => return Ok(picture.clone()),
        short => short,
    };
    resized(picture, Window::square_of(picture), (side, side), Filter::Bilinear)
}
