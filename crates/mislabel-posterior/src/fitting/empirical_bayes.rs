//! How much classes have in common, learned from them: the strength of priors by the likelihood of counts.

use libm::lgamma;
use ndarray::Array2;
use rayon::prelude::*;

/// Exponents of two among which a strength lies: an eighth of a sample is next to no prior; with 16,384 samples nothing
/// that a class shows of its own counts.
const EXPONENTS: std::ops::RangeInclusive<i32> = -3..=14;

/// The strength under which nothing that a class shows of its own counts.
pub(crate) const ALL_ALIKE: f64 = 16_384.0;

/// A log-likelihood that rises by less than this is flat: rounding, by the order of classes, must not decide.
const FLAT: f64 = 1e-6;

/// Counts below this are none.
const NO_COUNT: f64 = 1e-9;

/// The strength a of the prior Dirichlet(a/(k − 1), …) of where a class's flips go, under which the flips counted in the
/// columns of `flips`, `(k, k)`, are likeliest ([Minka 2000]):
///
/// Σ_c ln Γ(a) − ln Γ(a + N_c) + Σ_{j ≠ c} ln Γ(a/(k − 1) + N_cj) − ln Γ(a/(k − 1)).
///
/// The nearest maximum to `last` among powers of two. The diagonal does not count. O(k²) a step.
///
/// [Minka 2000]: https://tminka.github.io/papers/dirichlet/minka-dirichlet.pdf
pub(crate) fn direction_strength(flips: &Array2<f64>, last: f64) -> f64 {
    let classes = flips.nrows();
    if classes < 3 {
        return ALL_ALIKE;
    }
    let others = (classes - 1) as f64;
    climbed(last, |strength| {
        let (alone, whole) = (lgamma(strength / others), lgamma(strength));
        let of_class = |class: usize| {
            let counted = flips
                .column(class)
                .into_iter()
                .enumerate()
                .filter(|(other, count)| *other != class && **count > NO_COUNT);
            let (mut sum, mut total) = (0.0, 0.0);
            for (_, count) in counted {
                sum += lgamma(strength / others + count) - alone;
                total += count;
            }
            sum + whole - lgamma(strength + total)
        };
        let classes: Vec<f64> = (0..classes).into_par_iter().map(of_class).collect();
        classes.iter().sum()
    })
}

/// The strength s of the prior Beta(s·η̄, s·(1 − η̄)) of the share of a class that flips, η̄ = `mean`, under which
/// `flips` of `all`, `(k,)` each, are likeliest: Σ_c ln B(s·η̄ + flips_c, s·(1 − η̄) + all_c − flips_c) − ln B(s·η̄, s·(1 − η̄)).
///
/// The nearest maximum to `last` among powers of two.
pub(crate) fn rate_strength(flips: &[f64], all: &[f64], mean: f64, last: f64) -> f64 {
    if mean <= 0.0 || mean >= 1.0 {
        return ALL_ALIKE;
    }
    climbed(last, |strength| {
        let (wrong, right) = (strength * mean, strength * (1.0 - mean));
        let nothing = log_beta(wrong, right);
        flips
            .iter()
            .zip(all)
            .map(|(flips, all)| log_beta(wrong + flips, right + (all - flips).max(0.0)) - nothing)
            .sum()
    })
}

fn log_beta(a: f64, b: f64) -> f64 {
    lgamma(a) + lgamma(b) - lgamma(a + b)
}

/// From `last`, a power of two, to the neighbor of greater likelihood until there is none.
fn climbed(last: f64, likelihood: impl Fn(f64) -> f64) -> f64 {
    let (least, most) = (2.0_f64.powi(*EXPONENTS.start()), 2.0_f64.powi(*EXPONENTS.end()));
    let mut best = (likelihood(last), last);
    for factor in [0.5, 2.0] {
        let start = best.1;
        loop {
            let next = best.1 * factor;
            if !(least..=most).contains(&next) {
                break;
            }
            let value = likelihood(next);
            if value <= best.0 + FLAT {
                break;
            }
            best = (value, next);
        }
        if best.1 != start {
            break;
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 200 flips of each of 10 classes, by `share(class, other)`.
    fn flips(share: impl Fn(usize, usize) -> f64) -> Array2<f64> {
        Array2::from_shape_fn(
            (10, 10),
            |(other, class)| if class == other { 5e3 } else { (200.0 * share(class, other)).round() },
        )
    }

    #[test]
    fn flips_that_go_anywhere_leave_no_direction_and_flips_that_go_one_way_do() {
        let chance =
            |class: usize, other: usize| 1.0 / 9.0 + 0.02 * ((class * 31 + other * 17) % 5) as f64 / 4.0 - 0.01;
        let anywhere = direction_strength(&flips(chance), ALL_ALIKE);
        let one_way =
            direction_strength(&flips(|class, other| f64::from(u8::from(other == (class + 1) % 10))), ALL_ALIKE);
        assert!(anywhere > 100.0 && one_way < 1.0, "{anywhere} {one_way}");
    }

    #[test]
    fn two_classes_have_one_direction() {
        assert_eq!(direction_strength(&Array2::ones((2, 2)), 1.0), ALL_ALIKE);
    }

    #[test]
    fn rates_that_differ_by_chance_are_one_and_others_are_their_own() {
        let all = [1000.0; 6];
        let alike = rate_strength(&[100.0, 95.0, 108.0, 99.0, 103.0, 95.0], &all, 0.1, ALL_ALIKE);
        let apart = rate_strength(&[0.0, 300.0, 10.0, 250.0, 20.0, 20.0], &all, 0.1, ALL_ALIKE);
        assert!(alike > 1000.0 && apart < 20.0, "{alike} {apart}");
    }

    #[test]
    fn no_flips_leave_the_strength_finite() {
        assert_eq!(rate_strength(&[0.0; 3], &[9.0; 3], 0.0, 8.0), ALL_ALIKE);
        assert!(direction_strength(&Array2::zeros((4, 4)), 8.0).is_finite());
    }
}
