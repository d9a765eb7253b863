//! A picture inside the page.

use serde::Serialize;

use crate::pictures::data_uri::data_uri;

/// Pictures of no more pixels along a side are drawn with sharp pixels.
const SHARP: u32 = 64;

/// A picture inside the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Picture {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Its bytes, as an address that holds them.
    pub uri: String,
}

impl Picture {
    pub(crate) fn new(width: u32, height: u32, media: &str, bytes: &[u8]) -> Self {
        Self { width, height, uri: data_uri(media, bytes) }
    }

    /// Whether the pixels of a picture this small should stay sharp.
    pub(crate) fn is_small(&self) -> bool {
        self.width <= SHARP && self.height <= SHARP
    }
}
