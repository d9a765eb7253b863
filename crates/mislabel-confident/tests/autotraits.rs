//! Every public type can be sent to other threads, shared with them, and moved once it is pinned.

use mislabel_confident::{
    ActiveLab, ActiveTrust, Annotations, AnnotatorQuality, ClassHealth, ClassOverlap, ConfidentJoint,
    ConfidentLearning, ConfidentThresholds, ConsensusMethod, ConsensusQuality, CrowdConsensus, CrowdLab, CrowdWeights,
    Ensemble, EnsembleScores, Filter, IssueCount, LabelHealth, LatentEstimates, LatentEstimation, PriorMethod, Pruned,
    Score, Standing, Temperature, Weighting,
};
use mislabel_core::{ProbabilityMatrix, WeightedEvidence};

const fn assert<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    assert::<ActiveLab>();
    assert::<ActiveTrust>();
    assert::<Annotations>();
    assert::<AnnotatorQuality>();
    assert::<ClassHealth>();
    assert::<ClassOverlap>();
    assert::<ConfidentJoint>();
    assert::<ConfidentLearning>();
    assert::<ConfidentThresholds>();
    assert::<CrowdConsensus>();
    assert::<ConsensusMethod>();
    assert::<ConsensusQuality>();
    assert::<CrowdLab>();
    assert::<CrowdWeights>();
    assert::<Ensemble>();
    assert::<EnsembleScores>();
    assert::<Filter>();
    assert::<IssueCount>();
    assert::<LabelHealth>();
    assert::<LatentEstimates>();
    assert::<LatentEstimation>();
    assert::<PriorMethod>();
    assert::<Pruned<Box<dyn WeightedEvidence<Evidence = ProbabilityMatrix>>>>();
    assert::<Score>();
    assert::<Standing>();
    assert::<Temperature>();
    assert::<Weighting>();
}
