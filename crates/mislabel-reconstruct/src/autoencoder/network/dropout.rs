//! Units switched off at random in training.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// What dropout multiplies one layer's outputs by (Srivastava et al. 2014): 0 for the units switched off, 1/(1 − share)
/// for the others, so that the mean stays.
pub(crate) struct Mask {
    /// Factors of a batch's outputs.
    pub(crate) factors: Vec<f32>,
    /// Share switched off.
    share: f64,
}

impl Mask {
    /// For at most so many `values`, all of them on.
    pub(crate) fn new(values: usize, share: f64) -> Self {
        Self { factors: vec![1.0; values], share }
    }

    /// Draws all factors anew. The gaps between units switched off are geometric: one draw for each of those, not one
    /// for each unit.
    pub(crate) fn draw(&mut self, random: &mut ChaCha8Rng) {
        self.factors.fill((1.0 - self.share).recip() as f32);
        let rate = (1.0 - self.share).ln().recip();
        // 1 − u lies in (0, 1]; a cast saturates.
        let mut gap = || ((1.0 - random.random::<f64>()).ln() * rate) as usize;
        let mut place = gap();
        while let Some(factor) = self.factors.get_mut(place) {
            *factor = 0.0;
            place = place.saturating_add(1).saturating_add(gap());
        }
    }

    /// Multiplies `values` by the first factors.
    pub(crate) fn apply(&self, values: &mut [f32]) {
        values.iter_mut().zip(&self.factors).for_each(|(value, factor)| *value *= factor);
    }

    /// Undoes [`apply`](Self::apply) on `outputs`, for the slope of the activation; those switched off stay 0.
    pub(crate) fn undo(&self, outputs: &mut [f32]) {
        let kept = (1.0 - self.share) as f32;
        outputs.iter_mut().for_each(|out| *out *= kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    /// Nearly four standard errors of a mean of 50,000 factors at a share of 0.9: √(0.9/0.1/50,000) = 0.0134.
    const MEAN: f64 = 0.05;

    #[test]
    fn the_share_is_switched_off_everywhere_and_the_mean_stays() {
        for share in [0.01, 0.3, 0.9] {
            let mut mask = Mask::new(100_000, share);
            mask.draw(&mut ChaCha8Rng::seed_from_u64(3));
            for part in mask.factors.chunks(50_000) {
                let off = part.iter().filter(|factor| **factor == 0.0).count() as f64 / 5e4;
                assert!((off - share).abs() < 5.0 * (share * (1.0 - share) / 5e4).sqrt(), "{off} of {share}");
                let mean = part.iter().map(|factor| f64::from(*factor)).sum::<f64>() / 5e4;
                assert!((mean - 1.0).abs() < MEAN);
            }
        }
    }
}
