//! Pictures made smaller or larger, with antialias, as Pillow does it.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use crate::picture::Picture;
use crate::samples::skipped::{Skip, SkipReason};

/// The library that resizes, with the part of its version that may change pixels.
pub(crate) const RESIZER: &str = "fast_image_resize 6";

/// How pixels are weighted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    /// The nearest pixel.
    #[cfg(any(test, feature = "onnx"))]
    Nearest,
    /// A box.
    #[cfg(any(test, feature = "onnx"))]
    Box,
    /// A triangle.
    Bilinear,
    /// A triangle, narrower.
    #[cfg(feature = "onnx")]
    Hamming,
    /// Cubic pieces with a = -0.5.
    #[cfg(feature = "onnx")]
    Bicubic,
    /// Lanczos with a = 3.
    #[cfg(feature = "onnx")]
    Lanczos,
}

impl Filter {
    fn algorithm(self) -> ResizeAlg {
        match self {
            #[cfg(any(test, feature = "onnx"))]
            Self::Nearest => ResizeAlg::Nearest,
            #[cfg(any(test, feature = "onnx"))]
            Self::Box => ResizeAlg::Convolution(FilterType::Box),
            Self::Bilinear => ResizeAlg::Convolution(FilterType::Bilinear),
            #[cfg(feature = "onnx")]
            Self::Hamming => ResizeAlg::Convolution(FilterType::Hamming),
            #[cfg(feature = "onnx")]
            Self::Bicubic => ResizeAlg::Convolution(FilterType::CatmullRom),
            #[cfg(feature = "onnx")]
            Self::Lanczos => ResizeAlg::Convolution(FilterType::Lanczos3),
        }
    }
}

/// A rectangle of a picture, in pixels, that may lie between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Window {
    /// The largest square in the middle of `picture`, its corner on a pixel.
    pub(crate) fn square_of(picture: &Picture) -> Self {
        let side = picture.short_edge();
        let [left, top] = [picture.width(), picture.height()].map(|length| ((length - side) / 2) as f64);
        Self { left, top, width: side as f64, height: side as f64 }
    }

    /// All of `picture`.
    #[cfg(any(test, feature = "onnx"))]
    pub(crate) fn all_of(picture: &Picture) -> Self {
        Self { left: 0.0, top: 0.0, width: picture.width() as f64, height: picture.height() as f64 }
    }
}

/// The part `window` of `picture` with `width` by `height` pixels.
pub(crate) fn resized(
    picture: &Picture,
    window: Window,
    (width, height): (usize, usize),
    filter: Filter,
) -> Result<Picture, Skip> {
    let refused = |cause: String| Skip::new(SkipReason::Refused, format!("resizing to {width} × {height}: {cause}"));
    let side = |length: usize| u32::try_from(length).map_err(|cause| refused(cause.to_string()));
    // Typed: the other way every type of pixels is compiled.
    let source = TypedImageRef::<U8x3>::from_buffer(side(picture.width())?, side(picture.height())?, picture.pixels());
    let source = source.map_err(|cause| refused(cause.to_string()))?;
    let mut pixels = vec![0; 3 * width * height];
    let target = TypedImage::<U8x3>::from_buffer(side(width)?, side(height)?, &mut pixels);
    let mut target = target.map_err(|cause| refused(cause.to_string()))?;
    let Window { left, top, width: wide, height: high } = window;
    let options = ResizeOptions::new().resize_alg(filter.algorithm()).crop(left, top, wide, high);
    let done = Resizer::new().resize_typed(&source, &mut target, &options);
    done.map_err(|cause| refused(cause.to_string()))?;
    drop(target);
    Picture::new(width, height, pixels).ok_or_else(|| refused("no pixels".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gradient(width: usize, height: usize) -> Picture {
        let pixel = |at: usize| [(at % width) as u8, (at / width) as u8, 7];
        Picture::new(width, height, (0..width * height).flat_map(pixel).collect()).unwrap()
    }

    #[test]
    fn halving_with_antialias_averages_neighbors() {
        let picture = gradient(8, 8);
        let small = resized(&picture, Window::all_of(&picture), (4, 4), Filter::Box).unwrap();
        // 0 and 1, 2 and 3, …; a half is rounded up.
        assert_eq!(&small.pixels()[..6], [1, 1, 7, 3, 1, 7]);
    }

    #[test]
    fn the_square_lies_in_the_middle() {
        let wide = gradient(11, 4);
        assert_eq!(Window::square_of(&wide), Window { left: 3.0, top: 0.0, width: 4.0, height: 4.0 });
        let square = resized(&wide, Window::square_of(&wide), (4, 4), Filter::Nearest).unwrap();
        assert_eq!(square.pixels()[0], 3);
    }
}
