//! Colors of a picture: where they are, and which there are.

use crate::first_look::cells::areas;
use crate::picture::Picture;

/// Cells along a side.
const CELLS: usize = 8;
/// Steps of each channel in the histogram.
const STEPS: usize = 4;

/// Numbers that [`layout`] gives.
pub(crate) const LAYOUT: usize = CELLS * CELLS * 3;
/// Numbers that [`histogram`] gives.
pub(crate) const HISTOGRAM: usize = STEPS * STEPS * STEPS;

/// The mean colors of 8 × 8 cells of `picture`, white is 1, over √192: a white picture has length 1.
pub(crate) fn layout(picture: &Picture) -> Vec<f32> {
    let (columns, rows) = (areas(picture.width(), CELLS), areas(picture.height(), CELLS));
    let scale = 1.0 / (255.0 * (LAYOUT as f32).sqrt());
    let mut values = Vec::with_capacity(LAYOUT);
    for rows in &rows {
        for columns in &columns {
            let mut sums = [0.0; 3];
            for (y, by_row) in rows {
                for (x, by_column) in columns {
                    let pixel = &picture.pixels()[(y * picture.width() + x) * 3..][..3];
                    for (sum, value) in sums.iter_mut().zip(pixel) {
                        *sum += by_row * by_column * f32::from(*value);
                    }
                }
            }
            values.extend(sums.map(|sum| sum * scale));
        }
    }
    values
}

/// The square roots of the shares of 4 × 4 × 4 colors in `picture`, halved: length ½.
pub(crate) fn histogram(picture: &Picture) -> Vec<f32> {
    let mut counts = [0_u32; HISTOGRAM];
    for pixel in picture.pixels().chunks_exact(3) {
        let step = |value: u8| usize::from(value) * STEPS / 256;
        counts[(step(pixel[0]) * STEPS + step(pixel[1])) * STEPS + step(pixel[2])] += 1;
    }
    let pixels = (picture.width() * picture.height()) as f32;
    counts.iter().map(|count| 0.5 * (*count as f32 / pixels).sqrt()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_white_picture_is_one_long_in_the_layout_and_half_in_the_histogram() {
        let white = Picture::new(11, 5, vec![255; 165]).unwrap();
        let length = |values: Vec<f32>| values.iter().map(|value| value * value).sum::<f32>().sqrt();
        assert!((length(layout(&white)) - 1.0).abs() < 1e-5);
        assert!((length(histogram(&white)) - 0.5).abs() < 1e-6);
        assert_eq!(histogram(&white)[HISTOGRAM - 1], 0.5);
    }
}
