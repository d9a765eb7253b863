//! Gray pictures from rows of numbers.

use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma};
use mislabel_review::NumberRows;

/// Row `row` of `numbers` as PNG, the least number of all as black and the greatest as white; `None` where rows are no
/// images.
pub(crate) fn gray(numbers: &NumberRows, row: usize, (low, high): (f32, f32)) -> Option<Vec<u8>> {
    let (height, width) = numbers.image_shape?;
    let scale = if high > low { 255.0 / (high - low) } else { 0.0 };
    let values = numbers.rows.row(row);
    let pixel = |x: u32, y: u32| Luma([((values[y as usize * width + x as usize] - low) * scale).round() as u8]);
    let image = GrayImage::from_fn(width as u32, height as u32, pixel);
    let mut png = Cursor::new(Vec::new());
    image.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

/// The least and the greatest of all numbers.
pub(crate) fn range(numbers: &NumberRows) -> (f32, f32) {
    let ends =
        numbers.rows.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)));
    if ends.0.is_finite() && ends.1.is_finite() { ends } else { (0.0, 1.0) }
}
