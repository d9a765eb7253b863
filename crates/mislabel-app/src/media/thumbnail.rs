//! Small pictures of large ones.

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageDecoder as _, ImageFormat, RgbImage};

/// The longer side of a thumbnail, in pixels.
const SIDE: u32 = 320;

/// Images with more pixels are not decoded.
const MOST_PIXELS: u64 = 64_000_000;

/// Bytes that decoding may take.
const MOST_BYTES: u64 = 256 << 20;

/// Quality of a thumbnail as JPEG, of 100.
const JPEG_QUALITY: u8 = 85;

/// Width and height of an image, by its header; else why the image is not shown.
pub(crate) fn dimensions(bytes: &[u8], format: ImageFormat) -> Result<(u32, u32), String> {
    let header = mislabel_pictures::decoder(bytes, format, u64::MAX);
    let (width, height) = header.map_err(|error| format!("the image cannot be read: {error}"))?.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(format!("the image has {width} × {height} pixels: at most {MOST_PIXELS} are shown"));
    }
    Ok((width, height))
}

/// A small picture of the image `bytes`, as JPEG.
pub(crate) fn thumbnail(bytes: &[u8], format: ImageFormat) -> Result<Vec<u8>, String> {
    dimensions(bytes, format)?;
    let (image, orientation) = match format {
        ImageFormat::Jpeg => scaled_jpeg(bytes).or_else(|_| decoded(bytes, format))?,
        _ => decoded(bytes, format)?,
    };
    let mut small = image.thumbnail(SIDE, SIDE);
    small.apply_orientation(orientation);
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY);
    small.to_rgb8().write_with_encoder(encoder).map_err(|error| format!("the image cannot be reduced: {error}"))?;
    Ok(jpeg)
}

fn decoded(bytes: &[u8], format: ImageFormat) -> Result<(DynamicImage, Orientation), String> {
    let failed = |error: image::ImageError| format!("the image cannot be read: {error}");
    let mut decoder = mislabel_pictures::decoder(bytes, format, MOST_BYTES).map_err(failed)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((mislabel_pictures::decoded(decoder).map_err(failed)?, orientation))
}

/// A JPEG decoded at ½, ¼ or ⅛ of its size: several times faster than decoding it whole.
fn scaled_jpeg(bytes: &[u8]) -> Result<(DynamicImage, Orientation), String> {
    let failed = |error: jpeg_decoder::Error| format!("the image cannot be read: {error}");
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    decoder.set_max_decoding_buffer_size(MOST_BYTES as usize);
    let side = SIDE as u16;
    let (width, height) = decoder.scale(side, side).map_err(failed)?;
    let pixels = decoder.decode().map_err(failed)?;
    let exif = decoder.exif_data().and_then(Orientation::from_exif_chunk);
    let (width, height) = (width.into(), height.into());
    let image = match decoder.info().map(|info| info.pixel_format) {
        Some(jpeg_decoder::PixelFormat::L8) => GrayImage::from_raw(width, height, pixels).map(Into::into),
        Some(jpeg_decoder::PixelFormat::RGB24) => RgbImage::from_raw(width, height, pixels).map(Into::into),
        _ => None,
    };
    let image = image.ok_or("the image has a form of colors that is not decoded here")?;
    Ok((image, exif.unwrap_or(Orientation::NoTransforms)))
}
