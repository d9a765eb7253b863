//! Which labels to verify, and what verified labels teach.

use mislabel_core::checks::same_length;
use mislabel_core::{LabelQuality, Labels, Result, VerifiedLabels, split_seed};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::interval::NoiseRateInterval;
use crate::posterior::Posterior;
use crate::recalibration::{Recalibration, keep_order, log_odds_of_error, logistic};

/// The chance of being looked at of labels that seem certain, beside √(p(1 − p)), at most ½, of others: even they may
/// be wrong together.
const ALL_ALIKE: f64 = 0.02;

impl Posterior {
    /// `count` samples whose true labels, once verified, say most about how many labels are wrong and where to stop, the
    /// most suspect first; fewer when fewer are left. `known` ones are not asked for again.
    ///
    /// Sample i is drawn with a chance in proportion to √(p(1 − p)) + .02, p the probability that its label is wrong: the
    /// spread of the answer, by which draws vary least ([Neyman 1934]); one draw in each of `count` equal parts of the
    /// ranking, so that all degrees of doubt are met. O(n log n).
    ///
    /// # Errors
    /// `LengthMismatch` when `known` is of other samples.
    ///
    /// [Neyman 1934]: https://doi.org/10.2307/2342192
    pub fn verification_sample(&self, count: usize, known: &VerifiedLabels, seed: u64) -> Result<Vec<usize>> {
        known.check(self.suggested())?;
        let wrong = self.error_probability();
        let doubt = |row: &usize| (wrong[*row] * (1.0 - wrong[*row])).sqrt() + ALL_ALIKE;
        let order: Vec<usize> = self.quality().ranking().into_iter().filter(|row| known.of(*row).is_none()).collect();
        let chances = inclusion_chances(&order.iter().map(doubt).collect::<Vec<f64>>(), count);
        let mut next = ChaCha8Rng::seed_from_u64(split_seed(seed, &[0])).random::<f64>();
        let mut reached = 0.0;
        let mut drawn = Vec::with_capacity(count.min(order.len()));
        for (row, chance) in order.into_iter().zip(chances) {
            reached += chance;
            if reached > next {
                drawn.push(row);
                next += 1.0;
            }
        }
        Ok(drawn)
    }

    /// The posterior after a look at some true labels, and the noise rate with what is still not known of it: the
    /// probabilities that labels are wrong are recalibrated, logit p' = a + b·logit p ([Platt 1999], with the belief that
    /// a is about 0 ± 2 and b about 1 ± ½), and the verified samples are certain: quality 1 where the label is right, 0
    /// where it is wrong. All others keep their order, and no two of them become equal. Its advised rule is
    /// [`FlagRule::ExpectedF1`](crate::FlagRule::ExpectedF1). Without any verified label nothing changes, and the interval
    /// says what is not known before the first.
    ///
    /// Which samples were verified does not matter as long as they were not chosen by their true labels;
    /// [`verification_sample`](Self::verification_sample) proposes those that teach most. Start from the posterior that is not verified yet
    /// and give all verified labels at once.
    ///
    /// ```
    /// use mislabel_core::{ClassEvidence, Embeddings, NoiseModel, Run, VerifiedLabels};
    /// use mislabel_posterior::PosteriorModel;
    /// use mislabel_noise::Symmetric;
    /// use mislabel_reconstruct::NearestClasses;
    ///
    /// let digits = mislabel_datasets::digits();
    /// let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
    /// let embeddings = Embeddings::new(digits.embeddings.view())?;
    /// let errors = NearestClasses::default().evidence(&embeddings, &noisy.given, &Run::quiet())?;
    /// let posterior = PosteriorModel::default().posterior(&errors, &noisy.given, &Run::quiet())?;
    ///
    /// let ask = posterior.verification_sample(50, &VerifiedLabels::none(&noisy.given), 0)?;
    /// let answers = ask.iter().map(|row| digits.labels.values()[*row]).collect();
    /// let verified = VerifiedLabels::new(ask, answers, &noisy.given)?;
    /// let (after, noise_rate) = posterior.verified(&noisy.given, &verified)?;
    /// assert!(noise_rate.bounds().0 < 0.1 && noise_rate.bounds().1 > 0.1, "{noise_rate}");
    /// assert_eq!(after.quality().as_slice()[verified.samples()[0]].fract(), 0.0); // certain now
    /// # Ok::<(), mislabel_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `LengthMismatch` when `given` or `verified` are of other samples or classes.
    ///
    /// [Platt 1999]: https://www.researchgate.net/publication/2594015
    pub fn verified(&self, given: &Labels, verified: &VerifiedLabels) -> Result<(Self, NoiseRateInterval)> {
        same_length("given labels", self.suggested().len(), given.len())?;
        verified.check(given)?;
        let before = self.quality().as_slice();
        let log_odds: Vec<f64> = before.iter().map(|quality| log_odds_of_error(*quality)).collect();
        let answers: Vec<(f64, bool)> = verified.label_errors(given).map(|(row, so)| (log_odds[row], so)).collect();
        let right = Recalibration::new(&answers);
        if verified.is_empty() {
            let error = right.error_of_sum(log_odds.into_iter()) / given.len() as f64;
            return Ok((self.clone(), NoiseRateInterval::new(self.noise_rate(), error)));
        }
        let mut quality: Vec<f64> = log_odds.iter().map(|x| logistic(-right.log_odds(*x))).collect();
        keep_order(before, &mut quality);
        let mut suggested = self.suggested().values().to_vec();
        for ((row, is_wrong), label) in verified.label_errors(given).zip(verified.labels()) {
            quality[row] = if is_wrong { 0.0 } else { 1.0 };
            suggested[row] = *label;
        }
        let error = right.error_of_sum(quality.iter().map(|quality| log_odds_of_error(*quality))) / given.len() as f64;
        let quality = LabelQuality::new(quality)?;
        let after = self.recalibrated(quality, given.with_values(suggested)?, verified, right)?;
        let known_wrong = verified.label_errors(given).filter(|(_, is_wrong)| *is_wrong).count();
        let known_right = verified.len() - known_wrong;
        let share = |count: usize| count as f64 / given.len() as f64;
        let noise_rate =
            NoiseRateInterval::new(after.noise_rate(), error).within(share(known_wrong), 1.0 - share(known_right));
        Ok((after, noise_rate))
    }
}

/// Chances in proportion to `weights`, none above 1, that add up to `count` or to all there are.
fn inclusion_chances(weights: &[f64], count: usize) -> Vec<f64> {
    let mut certain = vec![false; weights.len()];
    loop {
        let left = count.saturating_sub(certain.iter().filter(|certain| **certain).count()) as f64;
        let total: f64 = weights.iter().zip(&certain).filter(|(_, certain)| !**certain).map(|(weight, _)| weight).sum();
        let scale = if total > 0.0 { left / total } else { 0.0 };
        let mut changed = false;
        for (weight, certain) in weights.iter().zip(&mut certain) {
            if !*certain && weight * scale >= 1.0 {
                *certain = true;
                changed = true;
            }
        }
        if !changed {
            return weights
                .iter()
                .zip(&certain)
                .map(|(weight, sure)| if *sure { 1.0 } else { weight * scale })
                .collect();
        }
    }
}
