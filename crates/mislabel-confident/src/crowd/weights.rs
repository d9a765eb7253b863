//! How much models and annotators count in a consensus.

use mislabel_core::Labels;
use ndarray::Array2;

use crate::crowd::annotations::Annotations;
use crate::crowd::majority_vote::mean;

/// Least weight, and least error of always guessing the same class.
const LEAST: f64 = 1e-6;

/// How much models and annotators count.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CrowdWeights {
    /// Of the models, `(models,)`.
    pub models: Vec<f64>,
    /// Of the annotators, `(m,)`.
    pub annotators: Vec<f64>,
}

impl CrowdWeights {
    /// The weights by how often models and annotators are right about the samples with two labels, where `consensus`,
    /// `(n,)`, is right.
    pub(crate) fn estimate(annotations: &Annotations, models: &[Array2<f64>], consensus: &Labels) -> Self {
        let counts = annotations.per_sample();
        let shared: Vec<usize> = (0..counts.len()).filter(|&sample| counts[sample] > 1).collect();
        let guess_error = error_of_best_guess(&shared, consensus).max(LEAST);
        let skill = |error: f64| (1.0 - error / guess_error).max(LEAST);
        let label_count = counts.iter().sum::<usize>() as f64 / counts.len() as f64;
        let model_weight = |model: &Array2<f64>| {
            let wrong = shared.iter().filter(|&&row| first_greatest(model.row(row).iter()) != consensus.class(row));
            skill(wrong.count() as f64 / shared.len() as f64) * label_count.sqrt()
        };
        let agreements = agreement_with_others(annotations);
        Self {
            models: models.iter().map(model_weight).collect(),
            annotators: agreements.into_iter().map(|agreement| skill(1.0 - agreement)).collect(),
        }
    }
}

/// The first place of the greatest value.
pub(crate) fn first_greatest<'a>(values: impl Iterator<Item = &'a f64>) -> usize {
    let keep = |best: (usize, f64), (i, &value): (usize, &f64)| if value > best.1 { (i, value) } else { best };
    values.enumerate().fold((0, f64::NEG_INFINITY), keep).0
}

/// How often always guessing the most common consensus label is wrong, on the samples `shared`.
fn error_of_best_guess(shared: &[usize], consensus: &Labels) -> f64 {
    let mut counts = vec![0_usize; consensus.class_count()];
    for &sample in shared {
        counts[consensus.class(sample)] += 1;
    }
    let most = counts.into_iter().max().unwrap_or(0);
    1.0 - most as f64 / shared.len() as f64
}

/// How often each annotator agrees with the others, over all pairs of labels of a sample, `(m,)`; the mean of the
/// others for one who shares no sample with anyone.
fn agreement_with_others(annotations: &Annotations) -> Vec<f64> {
    let (votes, counts) = (annotations.votes(), annotations.per_sample());
    let agreement = |annotator| {
        let shared = annotations.of_annotator(annotator).filter(|(sample, _)| counts[*sample] > 1);
        let pairs = shared.map(|(sample, label)| (votes[[sample, label]] - 1.0, counts[sample] as f64 - 1.0));
        let (agreeing, all) = pairs.fold((0.0, 0.0), |sums, pair| (sums.0 + pair.0, sums.1 + pair.1));
        (all > 0.0).then(|| agreeing / all)
    };
    let agreements: Vec<Option<f64>> = (0..annotations.annotators()).map(agreement).collect();
    let average = mean(agreements.iter().copied().flatten()).expect("two annotators share a sample");
    agreements.into_iter().map(|agreement| agreement.unwrap_or(average)).collect()
}
