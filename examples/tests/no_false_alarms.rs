//! No law cries wolf: every detector, judge, evidence, estimator, noise model, measure and source of the workspace, held
//! against the laws on as many cases as the environment says.
//!
//! `MISLABEL_CASES=300 cargo test --release -p mislabel-examples --test no_false_alarms -- --ignored --nocapture` prints how
//! many cases each subject stood. A law is broken by design where the entry below says so, and the documentation of the
//! subject says why.
#![allow(clippy::unwrap_used, clippy::panic, reason = "functions that only tests call")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use mislabel::confident::{ConfidentLearning, Filter, Score};
use mislabel::consensus::{Consensus, DirectedPosterior};
use mislabel::core::TransitionEstimator;
use mislabel::coreset::{CoresetDetector, CoresetEvidence, Sensitivity};
use mislabel::metrics::{Ranking, auroc, average_precision, best_f1};
use mislabel::neighbors::{
    Agreement, Distance, Duplicates, ExactSearch, Hoc, KNearest, KnnShapley, NeighborGraph, Rarity, RelationGraph,
    SelfClean, SimiFeat, SimiFeatRule, Wann, Weighting,
};
use mislabel::noise::{Asymmetric, Symmetric, Transition, pair_flip_transition, symmetric_transition};
use mislabel::posterior::{FlagRule, PosteriorDetector, PosteriorModel};
use mislabel::predictions::{Certainty, Mistakenness};
use mislabel::probe::{Probe, Sampling, SoftmaxRegression};
use mislabel::reconstruct::{Autoencoder, Centroid, Gaussian, GaussianJudge, NearestClasses, SoftLinear};
use mislabel::rer::{Denominator, Rer, Threshold};
use mislabel::testkit::{
    LabeledErrors, LabeledProbabilities, LabeledRows, LawViolation, Laws, check_error_laws, check_evidence_laws,
    check_laws, check_metric_laws, check_noise_laws, check_probability_laws, check_scores, check_source_laws,
};
use mislabel::{ConvertedRows, Detector, EmbeddingMatrix, Judge, Pipeline, ProbabilityMatrix, Run, SelectedRows};
use ndarray::Array2;
