//! How far members agree on which samples are suspect, and who is central to that agreement.

use ndarray::{Array1, Array2, ArrayView1};

/// Shares of the samples that count as a member's most suspect. Noise rates worth looking for lie between the first and the
/// last; below, sets of a few samples overlap by luck, above, half of all samples are suspect.
const SHARES: [f64; 5] = [0.02, 0.05, 0.1, 0.2, 0.3];

/// Rounds of the power iteration: for matrices without negative entries and a positive diagonal, plenty.
const ROUNDS: usize = 100;

/// The agreement of every two members, `(m, m)`, from their log-ranks, `(n,)` each: 1 where both have the same most suspect
/// samples, 0 where no more of them are common than by chance, or fewer.
///
/// For a share f of the samples, T is the set of a member's samples whose mean rank is at most f·n. Two members share
/// o = |T ∩ T'|/min(|T|, |T'|) of them, and f by chance; the agreement is the mean of (o − f)/(1 − f) over the shares.
/// A member of one opinion on all samples has no such set and agrees with nobody. O(m²·n).
pub(crate) fn agreement(members: &[Array1<f64>]) -> Array2<f64> {
    let count = members.len();
    let mut agreement = Array2::eye(count);
    for (one, other) in (0..count).flat_map(|one| (one + 1..count).map(move |other| (one, other))) {
        let overlaps = SHARES.map(|share| overlap(members[one].view(), members[other].view(), share));
        let mean = (overlaps.iter().sum::<f64>() / SHARES.len() as f64).max(0.0);
        agreement[[one, other]] = mean;
        agreement[[other, one]] = mean;
    }
    agreement
}

/// The overlap of the most suspect `share`, less that of chance.
fn overlap(one: ArrayView1<'_, f64>, other: ArrayView1<'_, f64>, share: f64) -> f64 {
    let n = one.len() as f64;
    let share = (share * n).ceil() / n;
    let cut = -share.ln() - 1e-12;
    let (mut ones, mut others, mut common) = (0_usize, 0_usize, 0_usize);
    for (a, b) in one.iter().zip(other) {
        let (a, b) = (*a >= cut, *b >= cut);
        ones += usize::from(a);
        others += usize::from(b);
        common += usize::from(a && b);
    }
    if ones.min(others) == 0 || share >= 1.0 {
        return 0.0;
    }
    (common as f64 / ones.min(others) as f64 - share) / (1.0 - share)
}

/// Weights of the members, `(m,)`, that sum to 1: how central each is to the `agreement`, `(m, m)`, raised to `sharpness`.
///
/// Central is who agrees with those that are central: the leading eigenvector of the matrix without its diagonal. Where
/// nobody agrees with anybody all weigh alike.
pub(crate) fn central_weights(agreement: &Array2<f64>, sharpness: f64) -> Array1<f64> {
    let count = agreement.nrows();
    let mut central = Array1::<f64>::ones(count);
    let mut others = agreement.clone();
    others.diag_mut().fill(0.0);
    for _ in 0..ROUNDS {
        // Adding the vector itself keeps two members from taking turns.
        central = others.dot(&central) + &central;
        let most = central.fold(0.0_f64, |most, value| most.max(*value));
        central.mapv_inplace(|value| value / most);
    }
    let weights = others.dot(&central);
    let most = weights.fold(0.0_f64, |most, value| most.max(*value));
    if most <= 0.0 {
        return Array1::from_elem(count, 1.0 / count as f64);
    }
    let sharp = weights.mapv(|weight| (weight / most).powf(sharpness));
    &sharp / sharp.sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// Rounding of a mean of five quotients of doubles.
    const ROUNDING: f64 = 1e-12;

    /// The third member is 0.217 times as central as the others: to the power of 24, 1e-16.
    const NEXT_TO_NOTHING: f64 = 1e-9;

    fn log_ranks(order: impl Iterator<Item = usize>) -> Array1<f64> {
        let order: Vec<usize> = order.collect();
        order.iter().map(|rank| (order.len() as f64 / (*rank as f64 + 1.0)).ln()).collect()
    }

    #[test]
    fn equal_rankings_agree_and_opposite_ones_do_not() {
        let up = log_ranks(0..100);
        let down = log_ranks((0..100).rev());
        let matrix = agreement(&[up.clone(), up, down]);
        assert!((matrix[[0, 1]] - 1.0).abs() < ROUNDING);
        assert_eq!(matrix[[0, 2]], 0.0);
    }

    #[test]
    fn who_disagrees_with_all_others_weighs_nothing() {
        let weights = central_weights(&array![[1.0, 0.9, 0.1], [0.9, 1.0, 0.1], [0.1, 0.1, 1.0]], 24.0);
        assert!(weights[2] < NEXT_TO_NOTHING && (weights[0] - 0.5).abs() < NEXT_TO_NOTHING);
    }

    #[test]
    fn strangers_and_members_alone_weigh_alike() {
        assert_eq!(central_weights(&Array2::eye(3), 24.0).to_vec(), [1.0 / 3.0; 3]);
        assert_eq!(central_weights(&Array2::eye(1), 24.0).to_vec(), [1.0]);
    }
}
