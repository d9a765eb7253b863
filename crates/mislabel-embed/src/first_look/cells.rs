//! A picture cut into cells.

/// Weights of the pixels of an axis in its cells: at most two cells a pixel, `(pixel, cell, weight)` in that order.
pub(crate) fn shared(length: usize, cells: usize) -> Vec<[(usize, f32); 2]> {
    let pixel = |pixel: usize| {
        let place = (pixel as f32 + 0.5) * cells as f32 / length as f32 - 0.5;
        let cell = place.floor();
        let share = place - cell;
        // A cell outside takes nothing.
        let weight = |cell: f32, weight: f32| match cell >= 0.0 && cell < cells as f32 {
            true => (cell as usize, weight),
            false => (0, 0.0),
        };
        [weight(cell, 1.0 - share), weight(cell + 1.0, share)]
    };
    (0..length).map(pixel).collect()
}

/// For each of `cells` cells of an axis of `length` pixels, the pixels in it with the share of each that is; sums are 1.
pub(crate) fn areas(length: usize, cells: usize) -> Vec<Vec<(usize, f32)>> {
    let cell = |cell: usize| {
        let [low, high] = [cell, cell + 1].map(|edge| edge as f32 * length as f32 / cells as f32);
        let first = low.floor() as usize;
        let last = (high.ceil() as usize).min(length);
        let part = |pixel: usize| (pixel, high.min(pixel as f32 + 1.0) - low.max(pixel as f32));
        let parts: Vec<(usize, f32)> = (first..last).map(part).filter(|(_, part)| *part > 0.0).collect();
        let sum: f32 = parts.iter().map(|(_, part)| part).sum();
        parts.into_iter().map(|(pixel, part)| (pixel, part / sum)).collect()
    };
    (0..cells).map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pixel_inside_gives_all_of_itself() {
        for (pixel, weights) in shared(32, 7).iter().enumerate() {
            let sum: f32 = weights.iter().map(|(_, weight)| weight).sum();
            let at_the_edge = !(2..30).contains(&pixel);
            assert!(at_the_edge || (sum - 1.0).abs() < 1e-6, "{pixel} {sum}");
        }
    }

    #[test]
    fn areas_share_pixels_between_cells() {
        assert_eq!(areas(4, 2), [vec![(0, 0.5), (1, 0.5)], vec![(2, 0.5), (3, 0.5)]]);
        let thirds = areas(4, 3);
        assert_eq!(thirds[0][0].0, 0);
        assert!((thirds[0][0].1 - 0.75).abs() < 1e-6 && (thirds[0][1].1 - 0.25).abs() < 1e-6);
        // Fewer pixels than cells: each cell has the pixel that it lies in.
        assert_eq!(areas(1, 3), [vec![(0, 1.0)], vec![(0, 1.0)], vec![(0, 1.0)]]);
    }
}
