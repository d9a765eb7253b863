//! Every public type can be sent to other threads, shared with them, and moved once it is pinned.

use mislabel_coreset::{
    ClassLeverage, ClassSize, Comparison, ConfusedPair, Coreset, CoresetDetector, CoresetEvidence, CoresetTree,
    Importance, ImportanceEvidence, ImportantSample, ImportantSamples, LabelUpdate, LewisWeights, LossSensitivity,
    MergeReduce, RootLeverage, Samples, Sensitivity, TreeError, Uniform,
};

const fn assert<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    assert::<ClassLeverage>();
    assert::<ClassSize>();
    assert::<Comparison>();
    assert::<ConfusedPair>();
    assert::<Coreset>();
    assert::<CoresetDetector>();
    assert::<CoresetEvidence>();
    assert::<CoresetTree>();
    assert::<ImportanceEvidence>();
    assert::<ImportantSample>();
    assert::<ImportantSamples>();
    assert::<LabelUpdate>();
    assert::<LewisWeights>();
    assert::<LossSensitivity>();
    assert::<MergeReduce>();
    assert::<RootLeverage>();
    assert::<Samples<'static>>();
    assert::<Sensitivity>();
    assert::<TreeError>();
    assert::<Uniform>();
    assert::<Box<dyn Importance>>();
}
