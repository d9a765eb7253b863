//! The detectors obey the laws of the testkit.

#![allow(clippy::unwrap_used, reason = "tests")]

use mislabel_core::{Detector, EmbeddingSource, LabelIssues, Labels, Pipeline, Result, Run};
use mislabel_predictions::{Certainty, Logits, Mistakenness, ZeroShot};
use mislabel_testkit::{LabeledProbabilities, Laws, check_laws, check_probability_laws, check_scores};
use ndarray::Array2;

#[test]
fn mistakenness_obeys_the_laws() {
    for certainty in [Certainty::Entropy, Certainty::Confidence] {
        let detector = Mistakenness { certainty, ..Mistakenness::default() };
        check_probability_laws(&detector, &Laws::default()).unwrap();
    }
}

#[test]
fn mistakenness_of_logits_obeys_the_laws() {
    let judge = |case: &LabeledProbabilities| -> Result<LabelIssues> {
        // A probability of 0 has no logarithm: a floor that exp turns into 0 again.
        let logits = case.probabilities.mapv(|p| p.ln().max(-1e4) as f32);
        mislabel_core::Judge::judge(&Mistakenness::default(), &Logits::new(logits)?, &case.given, &Run::quiet())
    };
    check_scores(&judge, &Laws::default()).unwrap();
}

/// Texts that embed as the axes on which the testkit puts its clusters.
struct AxisTexts;

impl Detector for AxisTexts {
    fn detect(&self, images: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<LabelIssues> {
        let texts = Array2::from_shape_fn((given.class_count(), images.shape().1), |(class, axis)| {
            if class % images.shape().1 == axis { 1.0 } else { 0.01 }
        });
        Pipeline::new(ZeroShot::new(texts)?, Mistakenness::default()).detect(images, given, run)
    }
}

#[test]
fn zero_shot_mistakenness_obeys_the_laws() {
    // The texts belong to the numbers of the classes, so renaming the classes alone must change the result, and so does a text
    // more.
    check_laws(&AxisTexts, &Laws { class_names: false, empty_class: false, ..Laws::default() }).unwrap();
}
