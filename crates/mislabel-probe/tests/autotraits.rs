//! Every public type can be sent to other threads, shared with them, and moved once it is pinned.

use mislabel_core::ProbabilityMatrix;
use mislabel_probe::{
    Calibrated, Classifier, FeatureScaling, Folds, L2Path, ProbabilityModel, Probe, Sampling, ScaledRows, SoftmaxModel,
    SoftmaxRegression, Temperature, TrainingSet,
};

const fn assert<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    assert::<Calibrated<ProbabilityMatrix>>();
    assert::<FeatureScaling>();
    assert::<Folds>();
    assert::<L2Path>();
    assert::<Probe>();
    assert::<Sampling>();
    assert::<ScaledRows<'static>>();
    assert::<SoftmaxModel>();
    assert::<SoftmaxRegression>();
    assert::<Temperature>();
    assert::<TrainingSet<'static>>();
    assert::<Box<dyn Classifier>>();
    assert::<Box<dyn ProbabilityModel>>();
}
