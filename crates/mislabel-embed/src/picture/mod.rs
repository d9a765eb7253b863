//! Pictures: from the bytes of a file to upright RGB.

#[cfg(feature = "images")]
pub(crate) mod decoding;
#[cfg(feature = "images")]
pub(crate) mod jpeg_end;
#[cfg(feature = "images")]
pub(crate) mod resizing;

/// A picture of 8 bits a channel: red, green, blue, in rows from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Picture {
    /// The picture of `width` by `height` pixels whose bytes are `pixels`, three a pixel; `None` where there are more or
    /// fewer, or none.
    ///
    /// ```
    /// use mislabel_embed::Picture;
    ///
    /// let white = Picture::new(2, 1, vec![255; 6]).unwrap();
    /// assert_eq!((white.width(), white.height()), (2, 1));
    /// assert!(Picture::new(2, 2, vec![255; 6]).is_none());
    /// ```
    pub fn new(width: usize, height: usize, pixels: Vec<u8>) -> Option<Self> {
        let size = width.checked_mul(height)?.checked_mul(3)?;
        (size > 0 && size == pixels.len()).then_some(Self { width, height, pixels })
    }

    /// Pixels in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Red, green, and blue of every pixel, `(3 · width · height,)`.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The length of its shorter edge.
    pub fn short_edge(&self) -> usize {
        self.width.min(self.height)
    }
}
