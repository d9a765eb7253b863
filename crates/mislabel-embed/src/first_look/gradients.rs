//! Histograms of oriented gradients, with signs.

use std::f32::consts::TAU;

use crate::first_look::cells::shared;
use crate::picture::Picture;

/// Cells along a side.
const CELLS: usize = 7;
/// Directions; opposite ones differ.
const BINS: usize = 12;
/// Blocks of two by two cells along a side.
const BLOCKS: usize = CELLS - 1;
/// What a part of a block may be at most.
const CLIP: f32 = 0.2;
const TINY: f32 = 1e-4;
/// Blocks are scaled down so that their number does not drown the colors.
const SCALE: f32 = 1.0 / 6.0;

/// Numbers that [`gradients`] gives.
pub(crate) const LENGTH: usize = BLOCKS * BLOCKS * 4 * BINS;

/// The gradients of `picture`: 12 directions in 7 × 7 cells, in blocks of 2 × 2 cells of unit length, clipped at 0.2, and of
/// unit length again.
///
/// A pixel's gradient is that of the channel where it is strongest; it is shared between two directions and four cells. After
/// Dalal and Triggs, "Histograms of oriented gradients for human detection" (2005), and with signs as in Felzenszwalb et al.,
/// "Object detection with discriminatively trained part-based models" (2010).
pub(crate) fn gradients(picture: &Picture) -> Vec<f32> {
    let mut row = Vec::with_capacity(LENGTH);
    let cells = histograms(picture);
    let cell = |y: usize, x: usize| &cells[(y * CELLS + x) * BINS..][..BINS];
    for y in 0..BLOCKS {
        for x in 0..BLOCKS {
            let mut block = [cell(y, x), cell(y + 1, x), cell(y, x + 1), cell(y + 1, x + 1)].concat();
            to_unit_length(&mut block);
            block.iter_mut().for_each(|value| *value = value.min(CLIP));
            to_unit_length(&mut block);
            row.extend(block.into_iter().map(|value| value * SCALE));
        }
    }
    row
}

fn to_unit_length(block: &mut [f32]) {
    let length = (block.iter().map(|value| value * value).sum::<f32>() + TINY).sqrt();
    block.iter_mut().for_each(|value| *value /= length);
}

/// The gradients by cell and direction, `(CELLS · CELLS · BINS,)`.
fn histograms(picture: &Picture) -> Vec<f32> {
    let (columns, rows) = (shared(picture.width(), CELLS), shared(picture.height(), CELLS));
    let mut cells = vec![0.0; CELLS * CELLS * BINS];
    for (y, rows) in rows.iter().enumerate() {
        for (x, columns) in columns.iter().enumerate() {
            let (across, down) = gradient(picture, x, y);
            let strength = (across * across + down * down).sqrt();
            if strength == 0.0 {
                continue;
            }
            let turn = down.atan2(across).rem_euclid(TAU) / TAU * BINS as f32;
            let (bin, share) = (turn.floor() as usize % BINS, turn - turn.floor());
            for (row, by_row) in rows {
                for (column, by_column) in columns {
                    let cell = (row * CELLS + column) * BINS;
                    let weight = strength * by_row * by_column;
                    cells[cell + bin] += weight * (1.0 - share);
                    cells[cell + (bin + 1) % BINS] += weight * share;
                }
            }
        }
    }
    cells
}

/// The central differences across and down of the channel where they are strongest; 0 at the edges.
fn gradient(picture: &Picture, x: usize, y: usize) -> (f32, f32) {
    let (width, height, pixels) = (picture.width(), picture.height(), picture.pixels());
    let value = |x: usize, y: usize, channel: usize| f32::from(pixels[(y * width + x) * 3 + channel]) / 255.0;
    let mut strongest = (0.0, 0.0);
    let mut most = 0.0;
    for channel in 0..3 {
        let inside = |at: usize, length: usize| at > 0 && at + 1 < length;
        let across = if inside(x, width) { value(x + 1, y, channel) - value(x - 1, y, channel) } else { 0.0 };
        let down = if inside(y, height) { value(x, y + 1, channel) - value(x, y - 1, channel) } else { 0.0 };
        let strength = across * across + down * down;
        if strength > most {
            (strongest, most) = ((across, down), strength);
        }
    }
    strongest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(value: impl Fn(usize, usize) -> u8) -> Picture {
        let pixels = (0..32 * 32).flat_map(|at| [value(at % 32, at / 32); 3]).collect();
        Picture::new(32, 32, pixels).unwrap()
    }

    #[test]
    fn a_ramp_has_one_direction_everywhere_and_the_opposite_ramp_the_opposite_one() {
        let right = histograms(&picture(|x, _| 4 * x as u8));
        let left = histograms(&picture(|x, _| 4 * (31 - x as u8)));
        for cell in 0..CELLS * CELLS {
            for bin in 0..BINS {
                let (right, left) = (right[cell * BINS + bin], left[cell * BINS + bin]);
                assert_eq!(right > 0.0, bin == 0, "{cell} {bin}");
                assert!((left > 1e-4) == (bin == BINS / 2), "{cell} {bin} {left}");
            }
        }
    }

    #[test]
    fn a_flat_picture_has_no_gradients_and_brightness_adds_none() {
        assert!(gradients(&picture(|_, _| 90)).iter().all(|value| *value == 0.0));
        let dark = gradients(&picture(|x, y| (x * y % 60) as u8));
        let bright = gradients(&picture(|x, y| (x * y % 60) as u8 + 100));
        assert_eq!(dark.len(), LENGTH);
        let most = dark.iter().zip(&bright).map(|(one, other)| (one - other).abs()).fold(0.0, f32::max);
        assert!(most < 1e-5, "{most}");
    }
}
