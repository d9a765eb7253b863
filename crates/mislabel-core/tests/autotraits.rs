//! Every public type can be sent to other threads, shared with them, and moved once it is pinned.

use std::ops::ControlFlow;

use mislabel_core::{
    Checkpoint, ClassEvidence, ClassMap, ClassMembers, ConvertedRows, Detector, EmbeddingMatrix, EmbeddingSource,
    Embeddings, Error, ErrorColumns, ErrorMask, ErrorSummary, Estimate, Issue, Judge, LabelIssues, LabelQuality,
    Labels, LeastTwo, MemoryBudget, NearestErrors, NoiseModel, NoiseTransition, NoisyLabels, OverallProgress, Pipeline,
    PlannedStage, PredictedProbabilities, ProbabilityArray, ProbabilityMatrix, ProbabilitySink, ProbabilitySource,
    Progress, ProgressFn, RowSample, Run, SelectedRows, Stage, Standing, TransitionEstimator, VerifiedLabels, Weighted,
    WeightedEvidence,
};

const fn assert<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    assert::<ClassMap>();
    assert::<ClassMembers>();
    assert::<ConvertedRows<'static, f64>>();
    assert::<EmbeddingMatrix>();
    assert::<Embeddings<'static>>();
    assert::<Error>();
    assert::<ErrorColumns>();
    assert::<ErrorMask>();
    assert::<ErrorSummary>();
    assert::<Estimate>();
    assert::<Issue>();
    assert::<LabelIssues>();
    assert::<LabelQuality>();
    assert::<Labels>();
    assert::<LeastTwo>();
    assert::<MemoryBudget>();
    assert::<NearestErrors>();
    assert::<NoiseTransition>();
    assert::<NoisyLabels>();
    assert::<Pipeline<Box<dyn ClassEvidence<Evidence = ErrorSummary>>, Box<dyn Judge<ErrorSummary>>>>();
    assert::<OverallProgress<fn(Standing) -> ControlFlow<()>>>();
    assert::<PlannedStage>();
    assert::<PredictedProbabilities<'static>>();
    assert::<ProbabilityArray>();
    assert::<ProbabilityMatrix>();
    assert::<ProgressFn<fn(&'static str, usize, usize) -> ControlFlow<()>>>();
    assert::<RowSample>();
    assert::<Run<'static>>();
    assert::<SelectedRows<EmbeddingMatrix>>();
    assert::<Stage<'static>>();
    assert::<Standing>();
    assert::<VerifiedLabels>();
    assert::<Weighted<Box<dyn WeightedEvidence<Evidence = ErrorSummary>>>>();
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
