//! The ratio of reconstruction errors: soft linear, centroid, autoencoder.

use mislabel_core::{ClassEvidence, EmbeddingSource, ErrorSummary, Labels, Run};
use mislabel_reconstruct::{Autoencoder, Centroid, ClassSearch, InSharedMetric, RowScaling, SharedMetric, SoftLinear};
use mislabel_rer::Rer;
use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::device::{self, Device};
use crate::error::Result;
use crate::interface::{Method, Needs, embeddings};
use crate::parameters::written;
use crate::report::Report;
use crate::sampled::Sampled;

/// `rer`: the reconstruction error ratio of soft linear reconstructors, leave-one-out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SoftLinearRatio {
    /// The reconstructors.
    pub evidence: SoftLinear,
    /// A metric that all classes share, in which the reconstructors then see the rows, with [`RowScaling::None`]; `None`: the
    /// rows as `evidence` scales them.
    pub metric: Option<SharedMetric>,
    /// The ratio and its threshold.
    pub judge: Rer,
    /// Where the reconstructors are computed.
    pub device: Device,
}

/// `centroid`: the reconstruction error ratio of class means.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CentroidRatio {
    /// The class means.
    pub evidence: Centroid,
    /// The ratio and its threshold.
    pub judge: Rer,
}

/// `autoencoder`: the reconstruction error ratio of one shallow autoencoder per class, cross-fitted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AutoencoderRatio {
    /// The autoencoders.
    pub evidence: Autoencoder,
    /// The ratio and its threshold.
    pub judge: Rer,
    /// Where the autoencoders are trained.
    pub device: Device,
}

/// Evidence that the reconstruction error ratio is taken from.
pub type Reconstruction = Box<dyn ClassEvidence<Evidence = ErrorSummary>>;

/// A method whose scores are ratios of reconstruction errors: difficulty can be measured by it.
pub trait RatioMethod: Method {
    /// Where the reconstruction errors come from.
    ///
    /// # Errors
    /// [`Error::Device`](crate::Error::Device) when the device cannot be used.
    fn reconstruction(&self) -> Result<Reconstruction>;

    /// The ratio and its threshold.
    fn ratio(&self) -> Rer;

    /// How the best classes are found, where that is a choice.
    fn search(&self) -> Option<ClassSearch> {
        None
    }
}

impl RatioMethod for SoftLinearRatio {
    fn reconstruction(&self) -> Result<Reconstruction> {
        let scaling = self.metric.map_or(self.evidence.scaling, |_| RowScaling::None);
        let model = SoftLinear { scaling, ..self.evidence.clone() };
        let evidence: Reconstruction = match self.device {
            Device::Cpu => Box::new(model),
            Device::Cuda(ordinal) => on_device(model, device::open(ordinal)?)?,
        };
        Ok(match self.metric {
            None => evidence,
            Some(metric) => Box::new(InSharedMetric { metric, evidence }),
        })
    }

    fn ratio(&self) -> Rer {
        self.judge
    }

    fn search(&self) -> Option<ClassSearch> {
        (self.device == Device::Cpu).then_some(self.evidence.search)
    }
}

impl RatioMethod for CentroidRatio {
    fn reconstruction(&self) -> Result<Reconstruction> {
        Ok(Box::new(self.evidence))
    }

    fn ratio(&self) -> Rer {
        self.judge
    }
}

impl RatioMethod for AutoencoderRatio {
    fn reconstruction(&self) -> Result<Reconstruction> {
        match self.device {
            Device::Cpu => Ok(Box::new(self.evidence.clone())),
            Device::Cuda(ordinal) => trained_on_device(self.evidence.clone(), device::open(ordinal)?),
        }
    }

    fn ratio(&self) -> Rer {
        self.judge
    }
}

#[cfg(feature = "cuda")]
fn on_device(method: SoftLinear, cuda: mislabel_cuda::Cuda) -> Result<Reconstruction> {
    Ok(Box::new(mislabel_cuda::CudaSoftLinear { method, ..mislabel_cuda::CudaSoftLinear::on(cuda) }))
}

#[cfg(not(feature = "cuda"))]
fn on_device(_: SoftLinear, never: std::convert::Infallible) -> Result<Reconstruction> {
    match never {}
}

#[cfg(feature = "cuda")]
fn trained_on_device(method: Autoencoder, device: mislabel_cuda::Cuda) -> Result<Reconstruction> {
    Ok(Box::new(mislabel_cuda::CudaAutoencoder { method, device }))
}

#[cfg(not(feature = "cuda"))]
fn trained_on_device(_: Autoencoder, never: std::convert::Infallible) -> Result<Reconstruction> {
    match never {}
}

fn report(method: &dyn RatioMethod, data: &Dataset<'_>, run: &Run<'_>) -> Result<Report> {
    let embeddings = embeddings(method.name(), data)?;
    let errors = method.reconstruction()?.evidence(embeddings, data.given(), run)?;
    let ratios = method.ratio().report(&errors, data.given())?;
    Ok(Report {
        noise_rate: ratios.noise().rate(),
        sampled: Sampled::new(&errors, Some(ratios.noise()), method.search()),
        threshold: Some(ratios.threshold()),
        difficulty: Some(ratios.difficulty()),
        class_difficulty: ratios.class_difficulty().to_vec(),
        errors: Some(errors),
        ..Report::new(method.name(), method.parameters(), ratios.into_issues())
    })
}

macro_rules! ratio_method {
    ($method:ty, $name:literal) => {
        impl Method for $method {
            fn name(&self) -> &'static str {
                $name
            }

            fn needs(&self) -> Needs {
                Needs::Embeddings
            }

            fn parameters(&self) -> serde_json::Value {
                written(self)
            }

            fn report(&self, data: &Dataset<'_>, run: &Run<'_>) -> Result<Report> {
                report(self, data, run)
            }
        }
    };
}

ratio_method!(SoftLinearRatio, "rer");
ratio_method!(CentroidRatio, "centroid");
ratio_method!(AutoencoderRatio, "autoencoder");

/// The reconstruction errors of `embeddings` under the labels `given`, and what a search of few classes leaves uncertain.
///
/// # Errors
/// Those of the reconstruction.
pub fn reconstruction_errors(
    method: &dyn RatioMethod,
    embeddings: &dyn EmbeddingSource,
    given: &Labels,
    run: &Run<'_>,
) -> Result<(ErrorSummary, Option<Sampled>)> {
    let errors = method.reconstruction()?.evidence(embeddings, given, run)?;
    let sampled = Sampled::new(&errors, None, method.search());
    Ok((errors, sampled))
}
