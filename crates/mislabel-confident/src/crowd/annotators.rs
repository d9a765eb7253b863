//! How good each annotator is.

use mislabel_core::{Labels, Result, Run};
use ndarray::{Array1, ArrayView1, ArrayView2};

use crate::crowd::annotations::Annotations;
use crate::crowd::majority_vote::mean;
use crate::crowd::weights::CrowdWeights;

/// How good one annotator is.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct AnnotatorQuality {
    /// Overall quality of the annotator's labels, lower is worse; `None` for one who shares no sample with anyone.
    pub quality: Option<f64>,
    /// The share of the annotator's labels that are the consensus.
    pub agreement: f64,
    /// The class whose labels by the annotator are least often the consensus.
    ///
    /// Of several, the one labeled most often; of several still, the one with the greatest quality of consensus.
    pub worst_class: usize,
    /// How many samples the annotator labeled.
    pub samples: usize,
}

/// The share of each sample's annotators who gave the consensus label, `(n,)`.
pub(crate) fn agreement_with_consensus(annotations: &Annotations, consensus: &Labels) -> Array1<f64> {
    let agreement =
        |sample| mean(annotations.of_sample(sample).map(|(_, label)| one_if(label == consensus.class(sample))));
    (0..annotations.samples()).map(|sample| agreement(sample).expect("every sample has a label")).collect()
}

/// The quality of every annotator, `(m,)`.
pub(crate) fn annotator_qualities(
    annotations: &Annotations,
    consensus: &Labels,
    consensus_quality: ArrayView1<'_, f64>,
    label_quality: ArrayView2<'_, Option<f64>>,
    weights: Option<&CrowdWeights>,
    run: &Run<'_>,
) -> Result<Vec<AnnotatorQuality>> {
    let stage = run.stage("judging annotators", annotations.annotators());
    let counts = annotations.per_sample();
    let model_share = weights.map(|weights| model_share(weights, &counts));
    let quality = |annotator: usize| {
        let shared = annotations.of_annotator(annotator).filter(|(sample, _)| counts[*sample] > 1);
        let agreement = mean(shared.map(|(sample, label)| one_if(label == consensus.class(sample))))?;
        let Some(share) = model_share else { return Some(agreement) };
        let own = mean(label_quality.column(annotator).iter().copied().flatten())?;
        Some(share * own + (1.0 - share) * agreement)
    };
    (0..annotations.annotators())
        .map(|annotator| {
            let agrees =
                annotations.of_annotator(annotator).map(|(sample, label)| one_if(label == consensus.class(sample)));
            let quality = AnnotatorQuality {
                quality: quality(annotator),
                agreement: mean(agrees).expect("every annotator gave a label"),
                worst_class: worst_class(annotations, annotator, consensus, consensus_quality),
                samples: annotations.of_annotator(annotator).count(),
            };
            stage.advance(1).map(|()| quality)
        })
        .collect()
}

/// The weight of the models against that of the annotators of an average sample.
fn model_share(weights: &CrowdWeights, counts: &[usize]) -> f64 {
    let models = weights.models.iter().sum::<f64>() / weights.models.len() as f64;
    let per_sample = counts.iter().sum::<usize>() as f64 / counts.len() as f64;
    let annotators = weights.annotators.iter().sum::<f64>() * per_sample / weights.annotators.len() as f64;
    models / (models + annotators)
}

fn worst_class(
    annotations: &Annotations,
    annotator: usize,
    consensus: &Labels,
    consensus_quality: ArrayView1<'_, f64>,
) -> usize {
    let of_class = |class: usize| annotations.of_annotator(annotator).filter(move |(_, label)| *label == class);
    let key = |class: usize| {
        let accuracy = mean(of_class(class).map(|(sample, label)| one_if(label == consensus.class(sample))))?;
        let quality = mean(of_class(class).map(|(sample, _)| consensus_quality[sample]))?;
        Some((accuracy, of_class(class).count(), quality))
    };
    let worse = |a: &(f64, usize, f64), b: &(f64, usize, f64)| {
        a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)).then(b.2.total_cmp(&a.2))
    };
    let classes = (0..annotations.class_count()).filter_map(|class| Some((class, key(class)?)));
    classes.min_by(|a, b| worse(&a.1, &b.1)).expect("every annotator gave a label").0
}

fn one_if(condition: bool) -> f64 {
    f64::from(u8::from(condition))
}
