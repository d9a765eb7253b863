//! What a person sees of a sample.

use ndarray::Array2;

use crate::samples::packed_texts::PackedTexts;

/// What a person sees of n samples.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Media {
    /// Nothing but the labels and the columns.
    #[default]
    None,
    /// A text each.
    Texts(PackedTexts),
    /// A file each, by its path; an empty path is no file.
    Files(PackedTexts),
    /// A row of numbers each.
    Numbers(NumberRows),
}

/// Rows of numbers, `(n, d)`, that may be gray images.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NumberRows {
    /// The numbers, `(n, d)`.
    pub rows: Array2<f32>,
    /// (height, width) with height · width = d, where a row is a gray image in row-major order.
    pub image_shape: Option<(usize, usize)>,
}

impl NumberRows {
    /// Rows that are shown as numbers, `(n, d)`.
    pub fn new(rows: Array2<f32>) -> Self {
        Self { rows, image_shape: None }
    }

    /// The same as gray images of `height` and `width`; `None` if these do not make d numbers.
    #[must_use]
    pub fn as_images(self, height: usize, width: usize) -> Option<Self> {
        let fits = height.checked_mul(width) == Some(self.rows.ncols());
        fits.then_some(Self { image_shape: Some((height, width)), ..self })
    }
}

impl Media {
    /// For how many samples there is something; `None` where there is nothing.
    pub(crate) fn len(&self) -> Option<usize> {
        match self {
            Self::None => None,
            Self::Texts(texts) | Self::Files(texts) => Some(texts.len()),
            Self::Numbers(numbers) => Some(numbers.rows.nrows()),
        }
    }

    /// What the media are, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Texts(_) => "text",
            Self::Files(_) => "image",
            Self::Numbers(NumberRows { image_shape: Some(_), .. }) => "image",
            Self::Numbers(_) => "numbers",
        }
    }
}
