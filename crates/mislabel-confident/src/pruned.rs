//! Learning without the labels that are probably wrong.

use mislabel_core::{ClassEvidence, EmbeddingSource, Labels, ProbabilitySource, Result, Run, WeightedEvidence};
use ndarray::Array1;

use crate::detector::ConfidentLearning;

/// Predicted probabilities by models that do not learn from flagged labels: learning by pruning (Northcutt, Jiang &
/// Chuang 2021, section 3.2; cleanlab's `CleanLearning`).
///
/// Probabilities are gathered, confident learning flags labels by them, and they are gathered anew, all samples again but
/// the flagged ones with weight 0 in training; `rounds` times. Out-of-sample evidence stays out-of-sample: a sample's own
/// model saw its label in no round.
///
/// A model of noisy labels learns the noise where it has a direction: if a fifth of class i is labeled i + 1, it gives the
/// wrong label a fifth of the probability, as much as it gives many a right label of a hard sample. Pruned, it does not,
/// and the ranking by self-confidence gains most where errors have a direction; docs/notebook/confident-learning.md has the figures.
/// The usual evidence is `mislabel_probe::Probe`, whose documentation has an example.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Pruned<E> {
    /// What predicts the probabilities.
    pub evidence: E,
    /// What flags the labels that are not learnt from. A class that would lose all its samples keeps them.
    #[cfg_attr(feature = "serde", serde(default))]
    pub judge: ConfidentLearning,
    /// How often labels are flagged and probabilities gathered anew; 0 is the plain evidence.
    #[cfg_attr(feature = "serde", serde(default = "default_rounds"))]
    pub rounds: usize,
}

/// How often labels are flagged and probabilities gathered anew by default.
const fn default_rounds() -> usize {
    2
}

impl<E> Pruned<E> {
    /// Two rounds with the default flags: the second prunes by probabilities that the worst labels had no part in. On eight
    /// datasets it ranks better than one on seven (docs/notebook/confident-learning.md); a round costs as much as the plain evidence.
    pub fn of(evidence: E) -> Self {
        Self { evidence, judge: ConfidentLearning::default(), rounds: default_rounds() }
    }
}

impl<E: WeightedEvidence<Evidence: ProbabilitySource>> ClassEvidence for Pruned<E> {
    type Evidence = E::Evidence;

    /// # Errors
    /// As the evidence, and as [`ConfidentLearning::flags`].
    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<Self::Evidence> {
        let mut probabilities = self.evidence.evidence(embeddings, given, run)?;
        for round in 1..=self.rounds {
            let flags = self.judge.flags(&probabilities, given, run)?;
            if !flags.iter().any(|flag| *flag) {
                break;
            }
            // They may be many: one set of them at a time.
            drop(probabilities);
            let weights = weights(&flags, given);
            // The rounds are work of one kind: their parts need names of their own.
            let run = run.scoped(format_args!("round {round}"));
            probabilities = self.evidence.weighted_evidence(embeddings, given, &weights, &run)?;
        }
        Ok(probabilities)
    }
}

/// 0 for flagged samples, but not for all of a class, `(n,)`.
fn weights(flags: &Array1<bool>, given: &Labels) -> Vec<f64> {
    let mut kept = vec![false; given.class_count()];
    flags.iter().enumerate().filter(|(_, flag)| !**flag).for_each(|(row, _)| kept[given.class(row)] = true);
    let weight = |(row, flag): (usize, &bool)| if *flag && kept[given.class(row)] { 0.0 } else { 1.0 };
    flags.iter().enumerate().map(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_that_would_lose_all_its_samples_keeps_them() {
        let given = Labels::new(vec![0, 0, 1, 1], 3).unwrap();
        let flags = Array1::from(vec![true, false, true, true]);
        assert_eq!(weights(&flags, &given), [0.0, 1.0, 1.0, 1.0]);
    }
}
