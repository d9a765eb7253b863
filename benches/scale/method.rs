//! The methods that are measured.

use clap::ValueEnum;
use mislabel_confident::ConfidentLearning;
use mislabel_core::{
    ClassEvidence, Detector, EmbeddingSource, Labels, Pipeline, ProbabilitySource, Result, Run, TransitionEstimator,
};
use mislabel_coreset::{CoresetDetector, CoresetEvidence};
use mislabel_neighbors::{Agreement, ExactSearch, Hoc, NeighborSearch};
use mislabel_probe::{Probe, SoftmaxRegression};
use mislabel_reconstruct::{Centroid, Gaussian, SoftLinear};
use mislabel_rer::Rer;
use serde::{Deserialize, Serialize};

/// Neighbors of the graph.
const NEIGHBORS: usize = 10;

/// A method with its defaults; the probe has a fixed penalty, so that one fit is measured and no search for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Method {
    /// Reconstruction error ratio of soft linear reconstructors
    SoftLinear,
    /// Reconstruction error ratio of class means
    Centroid,
    /// Errors of class-conditional Gaussians
    Gaussian,
    /// Confident learning on mapped probabilities
    Confident,
    /// Cross-validated softmax regression
    Probe,
    /// Agreement of the ten nearest neighbors, exact search
    Neighbors,
    /// The noise transition matrix by HOC, on a graph of two neighbors
    Hoc,
    /// Importance by class leverage
    Coreset,
}

/// What is judged.
pub(crate) struct Data<'a> {
    pub(crate) embeddings: &'a dyn EmbeddingSource,
    pub(crate) probabilities: Option<&'a dyn ProbabilitySource>,
    pub(crate) given: &'a Labels,
}

impl Method {
    pub(crate) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Whether the method judges probabilities, not embeddings.
    pub(crate) fn needs_probabilities(self) -> bool {
        self == Self::Confident
    }

    /// Runs the method and tells how many labels it flags, where it flags.
    pub(crate) fn run(self, data: &Data<'_>) -> Result<usize> {
        let detected =
            |detector: &dyn Detector| Ok(detector.detect(data.embeddings, data.given, &Run::quiet())?.flagged());
        match self {
            Self::SoftLinear => detected(&Pipeline::new(SoftLinear::default(), Rer::default())),
            Self::Centroid => detected(&Pipeline::new(Centroid::default(), Rer::default())),
            Self::Gaussian => Gaussian::default().evidence(data.embeddings, data.given, &Run::quiet()).map(|_| 0),
            Self::Coreset => detected(&Pipeline::<CoresetEvidence, CoresetDetector>::default()),
            Self::Probe => {
                let classifier = SoftmaxRegression { l2: Some(1.0), ..SoftmaxRegression::default() };
                detected(&Pipeline::new(Probe::of(classifier), ConfidentLearning::default()))
            }
            Self::Confident => {
                let probabilities = data.probabilities.ok_or(mislabel_core::Error::Empty { what: "probabilities" })?;
                Ok(ConfidentLearning::default().issues(probabilities, data.given, &Run::quiet())?.flagged())
            }
            Self::Neighbors => {
                let graph = ExactSearch::default().neighbors(data.embeddings, NEIGHBORS, &Run::quiet())?;
                let judge = Agreement { neighbors: NEIGHBORS, ..Agreement::default() };
                Ok(mislabel_core::Judge::judge(&judge, &graph, data.given, &Run::quiet())?.flagged())
            }
            Self::Hoc => {
                let graph = ExactSearch::default().neighbors(data.embeddings, 2, &Run::quiet())?;
                Hoc::default().transition(&graph, data.given, &Run::quiet()).map(|_| 0)
            }
        }
    }

    /// Operations of the matrix products that any way of doing it needs, for the share of the machine's peak; `None`
    /// where they do not tell the work.
    pub(crate) fn operations(self, [n, d, k]: [f64; 3]) -> Option<f64> {
        match self {
            // One fit of all classes with 50 components each, and one after a trim.
            Self::SoftLinear => Some(2.0 * 2.0 * n * d * k * 51.0_f64.min(1.0 + n / k).min(1.0 + d)),
            Self::Centroid => Some(2.0 * n * d * k),
            Self::Neighbors => Some(2.0 * n * n * d),
            _ => None,
        }
    }

    /// Bytes of the file that are read, for the share of the memory bandwidth; `None` where products decide.
    pub(crate) fn bytes(self, [n, _, k]: [f64; 3]) -> Option<f64> {
        (self == Self::Confident).then_some(2.0 * 4.0 * n * k)
    }
}
