//! Where predictions come from.

use mislabel_confident::{ConfidentLearning, Pruned};
use mislabel_core::{ClassEvidence, EmbeddingSource, ProbabilitySource, Run};
use mislabel_probe::{Probe, SoftmaxRegression};
use serde::{Deserialize, Serialize};

use crate::dataset::{Dataset, Predictions};
use crate::error::Result;
use crate::interface::embeddings;
use crate::predictions::filed_probe::{FiledProbe, ProbeProbabilities};

/// How probabilities are computed from embeddings where a dataset has no predictions: a probe that does not learn from
/// labels that confident learning flags.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PrunedProbe {
    /// The probe.
    pub probe: Probe,
    /// What flags the labels that are not learned from.
    pub judge: ConfidentLearning,
    /// How often labels are flagged and the probe is trained again without them; default 2. 0 trains once, on all samples.
    pub rounds: usize,
}

impl Default for PrunedProbe {
    fn default() -> Self {
        let Pruned { evidence, judge, rounds } = Pruned::of(Probe::default());
        Self { probe: evidence, judge, rounds }
    }
}

impl PrunedProbe {
    /// The same with `seed` for the folds and the classifier.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        let classifier = SoftmaxRegression { seed, ..self.probe.classifier };
        Self { probe: Probe { classifier, seed, ..self.probe }, ..self }
    }

    /// The predictions of `data`, or those of the probe, for `method`.
    pub(crate) fn predicted<'a>(
        &self,
        method: &'static str,
        data: &Dataset<'a>,
        run: &Run<'_>,
    ) -> Result<Predicted<'a>> {
        match data.predictions() {
            Some(Predictions::Probabilities(source)) => Ok(Predicted::Given(source)),
            Some(Predictions::Logits(logits)) => Ok(Predicted::Logits(logits)),
            None => {
                let evidence = FiledProbe(self.probe);
                let pruned = Pruned { evidence, judge: self.judge.clone(), rounds: self.rounds };
                Ok(Predicted::Computed(pruned.evidence(embeddings(method, data)?, data.given(), run)?))
            }
        }
    }
}

/// Predictions of every sample.
pub(crate) enum Predicted<'a> {
    Given(&'a dyn ProbabilitySource),
    Computed(ProbeProbabilities),
    Logits(&'a dyn EmbeddingSource),
}
