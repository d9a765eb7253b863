//! From the bytes of a file to an upright picture.

use std::error::Error as _;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use mislabel_pictures::image::{self, ImageDecoder, ImageError, ImageFormat};

use crate::picture::Picture;
use crate::picture::jpeg_end::is_cut_off;
use crate::samples::skipped::{Skip, SkipReason};

/// The kinds of files that are read, whatever their names say.
const FORMATS: [ImageFormat; 6] =
    [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::Pnm];

/// Pictures of more pixels are decoded one at a time, so that memory is bounded by one of them.
const LARGE: u64 = 32 << 20;

static LARGE_ONE: Mutex<()> = Mutex::new(());

/// How pictures are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoding {
    /// Turn pictures as their metadata say (EXIF orientation), as viewers show them. Most training pipelines do not.
    pub upright: bool,
    /// Take what there is of a JPEG file that was cut off; the rest is gray.
    pub keep_truncated: bool,
    /// Pixels of a picture at most; the default is 2²⁸.
    pub most_pixels: u64,
    /// Bytes that decoding one may take; the default is 1 GiB.
    pub most_bytes: u64,
}

impl Default for Decoding {
    fn default() -> Self {
        Self { upright: true, keep_truncated: false, most_pixels: 1 << 28, most_bytes: 1 << 30 }
    }
}

impl Decoding {
    /// The picture in `bytes`: its first frame, without transparency and profile, 16 bits a channel scaled to 8.
    ///
    /// # Errors
    /// [`NotAnImage`](SkipReason::NotAnImage), [`Truncated`](SkipReason::Truncated), [`TooLarge`](SkipReason::TooLarge),
    /// or [`Damaged`](SkipReason::Damaged).
    ///
    /// # Departures
    /// Pillow clips 16-bit gray at 255 where it converts to RGB, which leaves white; here all bits count.
    pub fn picture(&self, bytes: &[u8]) -> Result<Picture, Skip> {
        // All that a decoder could leave in disorder is dropped with it.
        catch_unwind(AssertUnwindSafe(|| self.decoded(bytes)))
            .unwrap_or_else(|_| Err(Skip::new(SkipReason::Damaged, "the decoder stopped at its contradictions")))
    }

    /// Width and height of the picture in `bytes` as [`picture`](Self::picture) gives it, from its header alone.
    pub(crate) fn size(&self, bytes: &[u8]) -> Option<(usize, usize)> {
        let size = || {
            let mut decoder = mislabel_pictures::decoder(bytes, format(bytes).ok()?, self.most_bytes).ok()?;
            let (width, height) = decoder.dimensions();
            let turned = self.upright && decoder.orientation().is_ok_and(|found| found.to_exif() >= 5);
            let (width, height) = if turned { (height, width) } else { (width, height) };
            Some((width as usize, height as usize))
        };
        catch_unwind(AssertUnwindSafe(size)).ok().flatten()
    }

    /// The settings that rows depend on, in words.
    pub(crate) fn settings(&self) -> String {
        let orientation = if self.upright { "upright" } else { "as stored" };
        let truncated = if self.keep_truncated { "kept" } else { "skipped" };
        format!("orientation {orientation}, truncated {truncated}, image 0.25")
    }

    fn decoded(&self, bytes: &[u8]) -> Result<Picture, Skip> {
        let format = format(bytes)?;
        if format == ImageFormat::Jpeg && !self.keep_truncated && is_cut_off(bytes) {
            return Err(Skip::new(SkipReason::Truncated, "the JPEG file has no end: part of the picture is missing"));
        }
        let mut decoder = mislabel_pictures::decoder(bytes, format, self.most_bytes).map_err(|error| skip(&error))?;
        let (width, height) = decoder.dimensions();
        let pixels = u64::from(width) * u64::from(height);
        if pixels > self.most_pixels {
            let message = format!("{width} × {height} pixels, more than {}", self.most_pixels);
            return Err(Skip::new(SkipReason::TooLarge, message));
        }
        let _one = (pixels > LARGE).then(|| LARGE_ONE.lock().unwrap_or_else(PoisonError::into_inner));
        let orientation = decoder.orientation().map_err(|error| skip(&error))?;
        let mut image = mislabel_pictures::decoded(decoder).map_err(|error| skip(&error))?;
        if self.upright {
            image.apply_orientation(orientation);
        }
        let rgb = image.into_rgb8();
        let (width, height) = (rgb.width() as usize, rgb.height() as usize);
        let empty = || Skip::new(SkipReason::Damaged, format!("{width} × {height} pixels"));
        Picture::new(width, height, rgb.into_raw()).ok_or_else(empty)
    }
}

/// The format of `bytes` by their content.
fn format(bytes: &[u8]) -> Result<ImageFormat, Skip> {
    let refuse = |message: String| Err(Skip::new(SkipReason::NotAnImage, message));
    if bytes.is_empty() {
        return refuse("the file is empty".into());
    }
    match image::guess_format(bytes) {
        Ok(format) if FORMATS.contains(&format) => Ok(format),
        Ok(other) => refuse(format!("{other:?} pictures are not read")),
        Err(_) => refuse("the content is none of JPEG, PNG, WebP, GIF, BMP, PNM".into()),
    }
}

fn skip(error: &ImageError) -> Skip {
    let reason = match error {
        ImageError::Limits(_) => SkipReason::TooLarge,
        ImageError::Unsupported(_) => SkipReason::NotAnImage,
        ImageError::IoError(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => SkipReason::Truncated,
        _ if ends_early(error) => SkipReason::Truncated,
        _ => SkipReason::Damaged,
    };
    Skip::new(reason, error.to_string())
}

/// Whether the bytes came to an end before the picture, as the decoder tells it.
fn ends_early(error: &ImageError) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        let is_end = |cause: &io::Error| cause.kind() == io::ErrorKind::UnexpectedEof;
        if cause.downcast_ref::<io::Error>().is_some_and(is_end) {
            return true;
        }
        source = cause.source();
    }
    false
}
