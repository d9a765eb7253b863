//! Probe and confident learning, as one detector, obey the laws of the testkit.

use mislabel_confident::ConfidentLearning;
use mislabel_core::Pipeline;
use mislabel_probe::{Calibrated, FeatureScaling, Probe, Sampling, SoftmaxRegression};
use mislabel_testkit::{Laws, check_laws};

/// A fit ends when its gradient is under 1e-4; where it ends within that depends on the order of sums.
const FIT: f64 = 2e-3;

/// Folds are drawn by place, so that another order of samples makes other folds.
fn laws() -> Laws {
    Laws { sample_order: false, tolerance: FIT, cases: 16, ..Laws::default() }
}

#[test]
fn cross_validated_confident_learning_obeys_the_laws_but_for_the_order_of_samples() {
    let detector = Pipeline::new(Probe::default(), ConfidentLearning::default());
    assert_eq!(check_laws(&detector, &laws()), Ok(()));
}

#[test]
fn every_scaling_obeys_them() {
    for scaling in [FeatureScaling::None, FeatureScaling::Standardized, FeatureScaling::StandardizedUnitNorm] {
        let probe = Probe { scaling, ..Probe::default() };
        let verdict = check_laws(&Pipeline::new(probe, ConfidentLearning::default()), &laws());
        assert_eq!(verdict, Ok(()), "{scaling:?}");
    }
}

#[test]
fn in_sample_probabilities_at_a_given_strength_obey_all_laws() {
    let classifier = SoftmaxRegression { l2: Some(1.0), ..SoftmaxRegression::default() };
    let probe = Probe { classifier, sampling: Sampling::InSample, ..Probe::default() };
    let laws = Laws { sample_order: true, ..laws() };
    assert_eq!(check_laws(&Pipeline::new(probe, ConfidentLearning::default()), &laws), Ok(()));
}

#[test]
fn calibrated_probabilities_obey_them() {
    let classifier = SoftmaxRegression { l2: Some(1.0), ..SoftmaxRegression::default() };
    let calibrated = Calibrated(Probe { classifier, ..Probe::default() });
    assert_eq!(check_laws(&Pipeline::new(calibrated, ConfidentLearning::default()), &laws()), Ok(()));
}
