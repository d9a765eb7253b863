//! The programs in README.md, and in those of the crates, compile and run as they stand.

#[doc = include_str!("../../README.md")]
pub struct FrontPage;

#[doc = include_str!("../../crates/mislabel/README.md")]
pub struct Mislabel;

#[doc = include_str!("../../crates/mislabel-checkpoint/README.md")]
pub struct MislabelCheckpoint;

#[doc = include_str!("../../crates/mislabel-confident/README.md")]
pub struct MislabelConfident;

#[doc = include_str!("../../crates/mislabel-consensus/README.md")]
pub struct MislabelConsensus;

#[doc = include_str!("../../crates/mislabel-core/README.md")]
pub struct MislabelCore;

#[doc = include_str!("../../crates/mislabel-coreset/README.md")]
pub struct MislabelCoreset;

#[doc = include_str!("../../crates/mislabel-datasets/README.md")]
pub struct MislabelDatasets;

#[doc = include_str!("../../crates/mislabel-demo/README.md")]
pub struct MislabelDemo;

#[doc = include_str!("../../crates/mislabel-embed/README.md")]
pub struct MislabelEmbed;

#[doc = include_str!("../../crates/mislabel-interchange/README.md")]
pub struct MislabelInterchange;

#[doc = include_str!("../../crates/mislabel-io/README.md")]
pub struct MislabelIo;

#[doc = include_str!("../../crates/mislabel-linalg/README.md")]
pub struct MislabelLinalg;

#[doc = include_str!("../../crates/mislabel-linfa/README.md")]
pub struct MislabelLinfa;

#[doc = include_str!("../../crates/mislabel-methods/README.md")]
pub struct MislabelMethods;

#[doc = include_str!("../../crates/mislabel-metrics/README.md")]
pub struct MislabelMetrics;

#[doc = include_str!("../../crates/mislabel-neighbors/README.md")]
pub struct MislabelNeighbors;

#[doc = include_str!("../../crates/mislabel-noise/README.md")]
pub struct MislabelNoise;

#[doc = include_str!("../../crates/mislabel-pictures/README.md")]
pub struct MislabelPictures;

#[doc = include_str!("../../crates/mislabel-posterior/README.md")]
pub struct MislabelPosterior;

#[doc = include_str!("../../crates/mislabel-predictions/README.md")]
pub struct MislabelPredictions;

#[doc = include_str!("../../crates/mislabel-probe/README.md")]
pub struct MislabelProbe;

#[doc = include_str!("../../crates/mislabel-reconstruct/README.md")]
pub struct MislabelReconstruct;

#[doc = include_str!("../../crates/mislabel-report/README.md")]
pub struct MislabelReport;

#[doc = include_str!("../../crates/mislabel-rer/README.md")]
pub struct MislabelRer;

#[doc = include_str!("../../crates/mislabel-review/README.md")]
pub struct MislabelReview;

#[doc = include_str!("../../crates/mislabel-testkit/README.md")]
pub struct MislabelTestkit;
