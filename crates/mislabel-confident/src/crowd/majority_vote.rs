//! The label that most annotators gave.

use mislabel_core::checks::same_length;
use mislabel_core::{Labels, Result, Run};
use ndarray::{Array2, ArrayView2, Axis};

use crate::crowd::annotations::Annotations;
use crate::crowd::row_by_row::row_done;

impl Annotations {
    /// The label that most annotators gave each sample, `(n,)`.
    ///
    /// A tie goes to the most probable of the tied classes by `probabilities`, `(n, k)`, if there are any; then to the
    /// class with the fewest annotations in all; then to the class whose annotators agree more often with the
    /// majority where that is clear; then to the first class.
    ///
    /// # Departures
    /// From cleanlab 2.9.0: it ends with a random class, we with the first.
    ///
    /// # Errors
    /// [`LengthMismatch`](mislabel_core::Error::LengthMismatch) unless `probabilities` is `(n, k)`;
    /// [`Cancelled`](mislabel_core::Error::Cancelled).
    pub fn majority_vote(&self, probabilities: Option<ArrayView2<'_, f64>>, run: &Run<'_>) -> Result<Labels> {
        if let Some(probabilities) = probabilities {
            same_length("predicted probabilities", self.samples(), probabilities.nrows())?;
            same_length("a row of predicted probabilities", self.class_count(), probabilities.ncols())?;
        }
        let stage = run.stage("counting votes", self.samples());
        let votes = self.votes();
        let totals = votes.sum_axis(Axis(0));
        let mut trust = None;
        let mut winners = Vec::with_capacity(self.samples());
        for (sample, votes_here) in votes.outer_iter().enumerate() {
            let mut tied = best((0..self.class_count()).collect(), |class| votes_here[class]);
            if let Some(probabilities) = probabilities.filter(|_| tied.len() > 1) {
                tied = best(tied, |class| probabilities[[sample, class]]);
            }
            if tied.len() > 1 {
                tied = best(tied, |class| -totals[class]);
            }
            if tied.len() > 1 {
                let trust = trust.get_or_insert_with(|| self.trust(&votes));
                tied = best(tied, |class| self.trust_in(trust, sample, class));
            }
            winners.push(tied[0] as u32);
            row_done(&stage, sample, self.samples())?;
        }
        Labels::new(winners, self.class_count())
    }

    /// How often each annotator agrees with the majority where that is clear, `(m,)`; the mean where never asked.
    fn trust(&self, votes: &Array2<f64>) -> Vec<f64> {
        let clear: Vec<Option<usize>> = votes.outer_iter().map(|votes| clear_winner(votes.to_vec())).collect();
        let agreement = |annotator| {
            let pairs = self.of_annotator(annotator).filter_map(|(sample, label)| Some(clear[sample]? == label));
            mean(pairs.map(|agrees| f64::from(u8::from(agrees))))
        };
        let agreement: Vec<Option<f64>> = (0..self.annotators()).map(agreement).collect();
        let average = mean(agreement.iter().copied().flatten()).unwrap_or(0.0);
        agreement.into_iter().map(|agreement| agreement.unwrap_or(average)).collect()
    }

    fn trust_in(&self, trust: &[f64], sample: usize, class: usize) -> f64 {
        let voters = self.of_sample(sample).filter(|(_, label)| *label == class);
        mean(voters.map(|(annotator, _)| trust[annotator])).unwrap_or(0.0)
    }
}

/// Those of `classes` with the greatest value, in their order.
fn best(classes: Vec<usize>, value: impl Fn(usize) -> f64) -> Vec<usize> {
    let greatest = classes.iter().map(|&class| value(class)).fold(f64::NEG_INFINITY, f64::max);
    classes.into_iter().filter(|&class| value(class) == greatest).collect()
}

fn clear_winner(votes: Vec<f64>) -> Option<usize> {
    match best((0..votes.len()).collect(), |class| votes[class]).as_slice() {
        [winner] => Some(*winner),
        _ => None,
    }
}

/// The mean; `None` of nothing.
pub(crate) fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / count as f64)
}
