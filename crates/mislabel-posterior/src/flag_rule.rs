//! From probabilities to flags.

use mislabel_core::{Error, LabelQuality, Result};
use ndarray::ArrayView1;

/// Which labels are flagged, given the probability q that each is right.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
pub enum FlagRule {
    /// Those more likely wrong than right, q < ½: the fewest wrong decisions. The default.
    #[default]
    MoreLikelyThanNot,
    /// The most suspect m that maximize the expected F1, 2Σ(1 − q)/(m + Σ_all(1 − q)), or none if Π_all q, the
    /// chance that none is wrong, is more: flags more where probabilities are flat, and too much on clean data.
    ExpectedF1,
    /// Those with 1 − q above t, which goes from ½ (at 0) to the threshold that maximizes the expected F1 (at 1), half of
    /// that F1; in [0, 1]. Where probabilities are likely too low for errors near boundaries, a lower threshold mends it.
    TowardsExpectedF1(f64),
    /// As many of the most suspect as keep the expected share of wrong labels among them at this, in (0, 1]: the
    /// false-discovery rate is at most one less this.
    Precision(f64),
    /// The most suspect, this many: a review budget.
    Budget(usize),
    /// The most suspect, this share of all, in [0, 1]: a noise rate that is known.
    NoiseRate(f64),
}

impl FlagRule {
    /// The flags, `(n,)`, of labels of this `quality`, `(n,)`, the probability that each is right. Where samples tie for
    /// the last place, the earlier are flagged. O(n log n).
    ///
    /// # Errors
    /// [`Error::Parameter`] for a precision outside (0, 1], or a rate or a share of the way outside [0, 1].
    pub fn flags(self, quality: &LabelQuality) -> Result<Vec<bool>> {
        let right = quality.as_slice();
        if self == Self::MoreLikelyThanNot {
            return Ok(right.iter().map(|right| *right < 0.5).collect());
        }
        let ranking = quality.ranking();
        let total = right.len() as f64 - ArrayView1::from(right).sum();
        let wrong = || ranking.iter().map(|&row| 1.0 - right[row]);
        let count = match self {
            Self::MoreLikelyThanNot => 0,
            Self::ExpectedF1 => most_expected_f1(wrong(), total).0,
            Self::TowardsExpectedF1(way) => {
                in_range("way", way, (0.0..=1.0).contains(&way), "from 0 to 1")?;
                let (_, f1) = most_expected_f1(wrong(), total);
                let threshold = 0.5 + way * (f1 / 2.0 - 0.5);
                wrong().take_while(|wrong| *wrong > threshold).count()
            }
            Self::Precision(precision) => {
                in_range("precision", precision, precision > 0.0 && precision <= 1.0, "above 0 and at most 1")?;
                at_precision(wrong(), precision)
            }
            Self::Budget(budget) => budget.min(right.len()),
            Self::NoiseRate(rate) => {
                in_range("noise_rate", rate, (0.0..=1.0).contains(&rate), "from 0 to 1")?;
                (rate * right.len() as f64).round() as usize
            }
        };
        let mut flags = vec![false; right.len()];
        ranking[..count].iter().for_each(|&row| flags[row] = true);
        Ok(flags)
    }
}

fn in_range(name: &'static str, value: f64, fits: bool, requirement: &'static str) -> Result<()> {
    if fits { Ok(()) } else { Err(Error::parameter(name, value, requirement)) }
}

/// How many of the descending probabilities maximize the expected F1, `total` being the sum of all, and that F1. Flagging
/// nothing is right, F1 = 1, if nothing is wrong.
fn most_expected_f1(wrong: impl Iterator<Item = f64>, total: f64) -> (usize, f64) {
    let (mut sum, mut best, mut count, mut log_none_wrong) = (0.0, 0.0, 0, 0.0);
    for (place, wrong) in wrong.enumerate() {
        sum += wrong;
        log_none_wrong += (-wrong).ln_1p();
        let f1 = 2.0 * sum / (place as f64 + 1.0 + total);
        if f1 > best {
            (best, count) = (f1, place + 1);
        }
    }
    let nothing = log_none_wrong.exp();
    if nothing >= best { (0, nothing) } else { (count, best) }
}

/// How many of the descending probabilities have at least this mean.
fn at_precision(wrong: impl Iterator<Item = f64>, precision: f64) -> usize {
    let (mut sum, mut count) = (0.0, 0);
    for (place, wrong) in wrong.enumerate() {
        sum += wrong;
        if sum >= precision * (place as f64 + 1.0) {
            count = place + 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flagged(right: Vec<f64>, rule: FlagRule) -> usize {
        let quality = LabelQuality::new(right).expect("quality");
        rule.flags(&quality).expect("flags").iter().filter(|flag| **flag).count()
    }

    #[test]
    fn expected_f1_flags_nothing_when_nothing_is_likely_wrong() {
        assert_eq!(flagged(vec![1.0 - 1e-6; 1000], FlagRule::ExpectedF1), 0);
        assert_eq!(flagged(vec![1.0; 10], FlagRule::ExpectedF1), 0);
        assert_eq!(flagged(vec![0.0; 10], FlagRule::ExpectedF1), 10);
        assert_eq!(flagged(vec![0.6, 0.6, 0.99, 0.99], FlagRule::ExpectedF1), 2);
    }

    #[test]
    fn the_advised_threshold_lies_between_one_half_and_half_the_expected_f1() {
        // Expected F1 of the first two is 2·1/(2 + 1) = .67: the threshold is .33.
        let right = vec![0.5, 0.5, 1.0, 1.0];
        assert_eq!(flagged(right.clone(), FlagRule::TowardsExpectedF1(0.0)), 0);
        assert_eq!(flagged(right, FlagRule::TowardsExpectedF1(1.0)), 2);
    }
}
