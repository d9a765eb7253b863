//! Files of pictures made small.

use std::fs::File;
use std::io::{Cursor, Read as _};
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, Rgba, RgbaImage};

use crate::pictures::picture::Picture;

/// Pixels of the largest picture that is opened.
const MOST_PIXELS: u64 = 64 << 20;
/// Bytes that opening one may take.
const MOST_BYTES: u64 = 256 << 20;
/// JPEG quality of thumbnails.
const QUALITY: u8 = 80;
/// The formats that are opened, whatever the file's name says.
const FORMATS: [ImageFormat; 5] =
    [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Bmp];
/// Pictures of no more pixels along a side keep every pixel, as PNG.
const KEPT: u32 = 64;

/// The picture in the file at `path`, at most `side` pixels along its longer side, upright, and without anything that the
/// file says beside the picture, such as where it was taken.
///
/// # Errors
/// Why it cannot be shown, as text for people.
pub(crate) fn thumbnail(path: &Path, side: u32) -> Result<Picture, String> {
    let failed = |reason: String| format!("{}: {reason}", path.display());
    let image = opened(path).map_err(failed)?;
    let small = if image.width().max(image.height()) > side { image.thumbnail(side, side) } else { image };
    encoded(&small).map_err(|cause| failed(cause.to_string()))
}

fn opened(path: &Path) -> Result<DynamicImage, String> {
    // Asked for first: opening a pipe would wait for its other end.
    if !path.metadata().map_err(|cause| cause.to_string())?.is_file() {
        return Err("the path leads to no regular file".into());
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|cause| cause.to_string())?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|cause| cause.to_string())?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("more than {MOST_BYTES} bytes are too many to show"));
    }
    let format = image::guess_format(&bytes).ok().filter(|format| FORMATS.contains(format));
    let format = format.ok_or("is none of PNG, JPEG, WebP, GIF, BMP")?;
    let mut decoder = mislabel_pictures::decoder(&bytes, format, MOST_BYTES).map_err(|cause| cause.to_string())?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(format!("{width} × {height} pixels are too many to show"));
    }
    let orientation = decoder.orientation().map_err(|cause| cause.to_string())?;
    let mut image = mislabel_pictures::decoded(decoder).map_err(|cause| cause.to_string())?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn encoded(image: &DynamicImage) -> image::ImageResult<Picture> {
    let (width, height) = (image.width(), image.height());
    let mut bytes = Cursor::new(Vec::new());
    if width.max(height) <= KEPT {
        image.to_rgba8().write_to(&mut bytes, ImageFormat::Png)?;
        return Ok(Picture::new(width, height, "image/png", bytes.get_ref()));
    }
    let opaque = DynamicImage::ImageRgba8(on_white(image.to_rgba8())).to_rgb8();
    opaque.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))?;
    Ok(Picture::new(width, height, "image/jpeg", bytes.get_ref()))
}

/// The picture as it looks on white paper: JPEG knows no transparency.
fn on_white(mut image: RgbaImage) -> RgbaImage {
    for Rgba([red, green, blue, alpha]) in image.pixels_mut() {
        let opacity = u16::from(*alpha);
        let blended = |color: u8| ((u16::from(color) * opacity + 255 * (255 - opacity)) / 255) as u8;
        (*red, *green, *blue, *alpha) = (blended(*red), blended(*green), blended(*blue), 255);
    }
    image
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn written(image: &DynamicImage, name: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        image.save_with_format(&path, ImageFormat::Png).unwrap();
        (folder, path)
    }

    #[test]
    fn large_pictures_become_small_jpegs_and_small_ones_keep_their_pixels() {
        let (_folder, path) = written(&DynamicImage::new_rgb8(900, 300), "named.txt");
        let picture = thumbnail(&path, 200).unwrap();
        assert_eq!((picture.width, picture.height), (200, 67));
        assert!(picture.uri.starts_with("data:image/jpeg;base64,"));
        let (_folder, path) = written(&DynamicImage::new_luma8(8, 8), "digit");
        let picture = thumbnail(&path, 200).unwrap();
        assert_eq!((picture.width, picture.height), (8, 8));
        assert!(picture.uri.starts_with("data:image/png;base64,"));
    }

    #[test]
    fn what_is_no_picture_says_so_and_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in
            [("a.png", "<html>"), ("b.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>"), ("c.png", "")]
        {
            let path = folder.path().join(name);
            fs::write(&path, content).unwrap();
            let reason = thumbnail(&path, 100).unwrap_err();
            assert!(reason.contains(name) && reason.ends_with("is none of PNG, JPEG, WebP, GIF, BMP"), "{reason}");
        }
        assert!(thumbnail(&folder.path().join("none.png"), 100).unwrap_err().contains("none.png"));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe.png");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert!(thumbnail(&path, 100).unwrap_err().ends_with("the path leads to no regular file"));
    }

    #[test]
    fn a_picture_of_too_many_pixels_is_not_opened() {
        // A PNG header that promises 50,000 × 50,000 pixels.
        let mut file = crate::pictures::portable::png(1, 1, png::ColorType::Grayscale, &[0]);
        file[16..24].copy_from_slice(&[0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]);
        let checksum = crc(&file[12..29]);
        file[29..33].copy_from_slice(&checksum.to_be_bytes());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bomb.png");
        fs::write(&path, file).unwrap();
        let reason = thumbnail(&path, 100).unwrap_err();
        assert!(reason.contains("50000 × 50000") || reason.contains("imits"), "{reason}");
    }

    #[test]
    fn transparent_pixels_are_white() {
        let mut image = RgbaImage::new(100, 100);
        image.put_pixel(0, 0, Rgba([0, 0, 0, 255]));
        let opaque = on_white(image);
        assert_eq!(opaque.get_pixel(1, 1), &Rgba([255, 255, 255, 255]));
        assert_eq!(opaque.get_pixel(0, 0), &Rgba([0, 0, 0, 255]));
    }

    /// The checksum of PNG, bit by bit.
    fn crc(bytes: &[u8]) -> u32 {
        let step = |crc: u32| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
        !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
    }
}
