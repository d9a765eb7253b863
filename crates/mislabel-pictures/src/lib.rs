//! Picture files decoded, for other crates of mislabel; unstable.
//!
//! The decoders of [`image`] are generic over what they read, so each crate that calls them compiles all of them again.
//! Here they are compiled once, and called through a trait object.
//!
//! ```
//! use mislabel_pictures::image::{DynamicImage, ImageFormat};
//! use mislabel_pictures::{decoded, decoder};
//!
//! let mut file = std::io::Cursor::new(Vec::new());
//! DynamicImage::new_rgb8(3, 2).write_to(&mut file, ImageFormat::Bmp)?;
//! let header = decoder(file.get_ref(), ImageFormat::Bmp, 1 << 20)?;
//! assert_eq!(header.dimensions(), (3, 2));
//! assert_eq!(decoded(header)?.height(), 2);
//! # Ok::<(), mislabel_pictures::image::ImageError>(())
//! ```

use std::io::Cursor;

pub use image;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, ImageResult, Limits};

/// The decoder of the picture in `bytes`, which are of `format`; it has read the header, and allocates `most_bytes` at most.
///
/// # Errors
/// What is wrong with the header.
pub fn decoder(bytes: &[u8], format: ImageFormat, most_bytes: u64) -> ImageResult<Box<dyn ImageDecoder + '_>> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(most_bytes);
    reader.limits(limits);
    Ok(Box::new(reader.into_decoder()?))
}

/// The picture that `decoder` has the header of: of an animation the first frame.
///
/// # Errors
/// What is wrong with the rest of the file.
pub fn decoded(decoder: Box<dyn ImageDecoder + '_>) -> ImageResult<DynamicImage> {
    DynamicImage::from_decoder(decoder)
}
