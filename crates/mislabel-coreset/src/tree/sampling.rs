//! Sampling a fixed number of samples with given chances.

use mislabel_core::split_seed;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

/// The chance of every sample to be among `size` of them, `(n,)`: proportional to `shares`, which are positive, but at
/// most 1; those whose number is among `certain` have chance 1 in any case. The chances sum to `size`.
pub(crate) fn chances(shares: &[f64], size: usize, certain: &[usize]) -> Vec<f64> {
    let mut chances = vec![0.0; shares.len()];
    certain.iter().for_each(|place| chances[*place] = 1.0);
    let mut open: Vec<usize> = (0..shares.len()).filter(|place| chances[*place] == 0.0).collect();
    open.sort_by(|a, b| shares[*b].total_cmp(&shares[*a]));
    // From the least up, so that the sum over what is left after the greatest is exact to rounding of small terms.
    let mut rest: Vec<f64> = open.iter().rev().scan(0.0, |sum, place| Some(add(sum, shares[*place]))).collect();
    rest.reverse();
    let places = size.saturating_sub(certain.len());
    let full = (0..open.len().min(places)).take_while(|i| (places - i) as f64 * shares[open[*i]] >= rest[*i]).count();
    open[..full].iter().for_each(|place| chances[*place] = 1.0);
    if full < open.len() {
        let factor = (places - full) as f64 / rest[full];
        open[full..].iter().for_each(|place| chances[*place] = (factor * shares[*place]).min(1.0));
    }
    chances
}

fn add(sum: &mut f64, value: f64) -> f64 {
    *sum += value;
    *sum
}

/// The numbers, ascending, of samples drawn with `chances`, each exactly with its own: systematic sampling in random
/// order (Madow 1949). As many as the chances sum to, a whole number.
pub(crate) fn systematic(chances: &[f64], seed: u64, stream: &[u64]) -> Vec<usize> {
    let mut rng = ChaCha8Rng::seed_from_u64(split_seed(seed, stream));
    let mut drawn: Vec<usize> = (0..chances.len()).filter(|place| chances[*place] >= 1.0).collect();
    let mut open: Vec<usize> = (0..chances.len()).filter(|place| chances[*place] < 1.0).collect();
    open.shuffle(&mut rng);
    let total: f64 = open.iter().map(|place| chances[*place]).sum();
    let count = total.round();
    let start: f64 = rng.random();
    let (mut sum, mut next) = (0.0, start);
    for place in open {
        // Stretched to a whole number, so that rounding loses no sample.
        sum += chances[place] * count / total;
        if sum > next {
            drawn.push(place);
            next += 1.0;
        }
    }
    drawn.sort_unstable();
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Rounding of sums of fewer than 40 doubles, added in another order, and of their quotients.
    const ROUNDING: f64 = 1e-9;

    /// What `chances` says, the slow way: give the greatest chance 1 as long as it would exceed 1.
    fn naive(shares: &[f64], size: usize) -> Vec<f64> {
        let mut full: Vec<usize> = Vec::new();
        loop {
            let rest: f64 = (0..shares.len()).filter(|i| !full.contains(i)).map(|i| shares[i]).sum();
            let chance = |i: usize| (size - full.len()) as f64 * shares[i] / rest;
            let over = (0..shares.len()).filter(|i| !full.contains(i) && chance(*i) > 1.0);
            let Some(most) = over.max_by(|a, b| shares[*a].total_cmp(&shares[*b])) else {
                return (0..shares.len()).map(|i| if full.contains(&i) { 1.0 } else { chance(i) }).collect();
            };
            full.push(most);
        }
    }

    proptest! {
        #[test]
        fn chances_are_shares_cut_off_at_one(shares in prop::collection::vec(1e-9..10.0_f64, 2..40), part in 0.0..1.0_f64) {
            let size = 1 + (part * (shares.len() - 1) as f64) as usize;
            let found = chances(&shares, size, &[]);
            prop_assert!((found.iter().sum::<f64>() - size as f64).abs() < ROUNDING);
            for (found, expected) in found.iter().zip(naive(&shares, size)) {
                prop_assert!((found - expected).abs() < ROUNDING, "{found} {expected}");
            }
        }

        #[test]
        fn as_many_are_drawn_as_there_are_places(
            shares in prop::collection::vec(1e-9..10.0_f64, 2..40), part in 0.0..1.0_f64, seed: u64,
        ) {
            let size = 1 + (part * (shares.len() - 1) as f64) as usize;
            let certain: Vec<usize> = (0..size / 2).collect();
            let chances = chances(&shares, size, &certain);
            let drawn = systematic(&chances, seed, &[]);
            prop_assert_eq!(drawn.len(), size);
            prop_assert!(certain.iter().all(|place| drawn.contains(place)));
        }
    }

    #[test]
    fn each_is_drawn_as_often_as_its_chance_says() {
        let chances = chances(&[5.0, 1.0, 1.0, 0.5, 0.5, 0.25], 3, &[]);
        let mut counts = [0.0; 6];
        let draws = 20_000;
        for seed in 0..draws {
            systematic(&chances, seed, &[7]).into_iter().for_each(|place| counts[place] += 1.0);
        }
        for (count, chance) in counts.iter().zip(&chances) {
            let deviation = (chance * (1.0 - chance) / draws as f64).sqrt();
            assert!((count / draws as f64 - chance).abs() <= 4.5 * deviation, "{counts:?} {chances:?}");
        }
    }
}
