//! Every public type can be sent to other threads, shared with them, and moved once it is pinned.

use std::ops::ControlFlow;

use mislabel_core::{
    Checkpoint, ClassEvidence, ClassMembers, Detector, EmbeddingSource, Embeddings, Error, ErrorColumns, ErrorMask,
    ErrorSummary, Estimate, Judge, LabelIssues, LabelQuality, Labels, LeastTwo, MemoryBudget, NearestErrors,
    NoiseModel, NoiseTransition, NoisyLabels, Pipeline, PredictedProbabilities, ProbabilityArray, ProbabilityMatrix,
    ProbabilitySink, ProbabilitySource, Progress, ProgressFn, RowSample, Run, Stage, TransitionEstimator,
    VerifiedLabels, WeightedEvidence,
};

const fn assert<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    assert::<ClassMembers>();
    assert::<Embeddings<'static>>();
    assert::<Error>();
    assert::<ErrorColumns>();
    assert::<ErrorMask>();
    assert::<ErrorSummary>();
    assert::<Estimate>();
    assert::<LabelIssues>();
    assert::<LabelQuality>();
    assert::<Labels>();
    assert::<LeastTwo>();
    assert::<MemoryBudget>();
    assert::<NearestErrors>();
    assert::<NoiseTransition>();
    assert::<NoisyLabels>();
    assert::<Pipeline<Box<dyn ClassEvidence<Evidence = ErrorSummary>>, Box<dyn Judge<ErrorSummary>>>>();
    assert::<PredictedProbabilities<'static>>();
    assert::<ProbabilityArray>();
    assert::<ProbabilityMatrix>();
    assert::<ProgressFn<fn(&'static str, usize, usize) -> ControlFlow<()>>>();
    assert::<RowSample>();
    assert::<Run<'static>>();
    assert::<Stage<'static>>();
    assert::<VerifiedLabels>();
    assert::<Box<dyn Checkpoint>>();
    assert::<Box<dyn ClassEvidence<Evidence = ErrorSummary>>>();
    assert::<Box<dyn Detector>>();
    assert::<Box<dyn EmbeddingSource>>();
    assert::<Box<dyn Judge<ErrorSummary>>>();
    assert::<Box<dyn NoiseModel>>();
    assert::<Box<dyn ProbabilitySink>>();
    assert::<Box<dyn ProbabilitySource>>();
    assert::<Box<dyn Progress>>();
    assert::<Box<dyn TransitionEstimator<ErrorSummary>>>();
    assert::<Box<dyn WeightedEvidence<Evidence = ErrorSummary>>>();
}
