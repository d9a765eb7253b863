//! Methods on reconstruction errors.

use mislabel_core::{ClassEvidence, ErrorSummary, EvidenceDetector, Progress};
use mislabel_flags::{FlagRule, TrueLabels};
use mislabel_reconstruct::{
    Activation, Autoencoder, Centroid, EarlyStopping, Gaussian, LikelihoodRatio, NearestClasses, SoftLinear,
    TrainingLength,
};
use mislabel_rer::{Rer, RerReport};

use super::{Data, Findings, Runner};
use crate::device::Device;
use crate::failure::Result;
use crate::options::{MethodOptions, Preset, ReconstructionOptions};

/// Evidence that the reconstruction error ratio can be taken from.
pub(crate) type Reconstruction = Box<dyn ClassEvidence<Evidence = ErrorSummary>>;

/// Share of a class that training with `--patience` holds out to know when to stop.
const HELD_OUT: f64 = 0.1;

pub(super) fn soft_linear(options: &ReconstructionOptions) -> Result<Reconstruction> {
    match options.device {
        Device::Cpu => Ok(Box::new(linear(options))),
        Device::Cuda(ordinal) => on_device(linear(options), Device::open(ordinal)?),
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

pub(super) fn linear(options: &ReconstructionOptions) -> SoftLinear {
    let default = SoftLinear::default();
    SoftLinear {
        shrinkage: options.alpha.unwrap_or(default.shrinkage),
        components: options.components.unwrap_or(default.components),
        trim: options.trim().unwrap_or(default.trim),
        scaling: options.scaling(),
        seed: options.seed,
    }
}

pub(super) fn centroid(options: &ReconstructionOptions) -> Result<Reconstruction> {
    Ok(Box::new(Centroid { scaling: options.scaling() }))
}

pub(super) fn autoencoder(options: &ReconstructionOptions) -> Result<Reconstruction> {
    let network = &options.network;
    let preset = match network.preset {
        Some(Preset::Paper) => Autoencoder::paper(),
        Some(Preset::Default) | None => Autoencoder::default(),
    };
    let epochs = network.epochs.map(TrainingLength::Epochs);
    let steps = network.steps.map(TrainingLength::Steps);
    let output = network.output.map_or(preset.output, Into::into);
    let stopping = network.patience.map(|patience| EarlyStopping { share: HELD_OUT, patience });
    Ok(Box::new(Autoencoder {
        hidden: network.hidden.clone().unwrap_or(preset.hidden),
        latent: network.latent.unwrap_or(preset.latent),
        activation: network.activation.map_or(preset.activation, Into::into),
        output,
        centred: preset.centred && output == Activation::Identity,
        tied: network.tied.unwrap_or(preset.tied),
        dropout: network.dropout.unwrap_or(preset.dropout),
        l2: options.training.l2.unwrap_or(preset.l2),
        shrinkage: options.alpha.unwrap_or(preset.shrinkage),
        noise: network.noise.unwrap_or(preset.noise),
        learning_rate: network.learning_rate.unwrap_or(preset.learning_rate),
        batch: network.batch.unwrap_or(preset.batch),
        length: epochs.or(steps).unwrap_or(preset.length),
        early_stopping: stopping.or(preset.early_stopping),
        folds: if options.training.in_sample { 1 } else { options.training.folds.unwrap_or(preset.folds) },
        trim: options.trim().unwrap_or(preset.trim),
        scaling: network.inputs(preset.scaling),
        seed: options.seed,
        ..preset
    }))
}

/// Reconstruction errors and their ratio.
struct RatioRunner {
    reconstruction: Reconstruction,
    rer: Rer,
}

pub(super) fn ratio(reconstruction: Result<Reconstruction>, options: &MethodOptions) -> Result<Box<dyn Runner>> {
    Ok(Box::new(RatioRunner { reconstruction: reconstruction?, rer: options.reconstruction.rer() }))
}

impl Runner for RatioRunner {
    fn run(&self, data: &Data<'_>, progress: &dyn Progress) -> Result<Findings> {
        let errors = self.reconstruction.evidence(data.embeddings()?, data.given, progress)?;
        let report: RerReport = self.rer.report(&errors, data.given)?;
        Ok(Findings {
            issues: report.issues()?,
            noise_rate: report.noise.rate(),
            threshold: Some(report.threshold),
            difficulty: Some(report.difficulty),
            class_difficulty: report.class_difficulty,
            errors: Some(errors),
            consensus: None,
        })
    }
}

/// Class densities and their likelihood ratio, which says nothing of noise rate and difficulty.
struct LikelihoodRunner {
    densities: Gaussian,
    judge: LikelihoodRatio,
}

pub(super) fn likelihood(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    let threshold = options.reconstruction.number("gaussian")?.unwrap_or_default();
    let densities = Gaussian { model: linear(&options.reconstruction) };
    Ok(Box::new(LikelihoodRunner { densities, judge: LikelihoodRatio { threshold } }))
}

impl Runner for LikelihoodRunner {
    fn run(&self, data: &Data<'_>, progress: &dyn Progress) -> Result<Findings> {
        let errors = self.densities.evidence(data.embeddings()?, data.given, progress)?;
        let issues = self.judge.judge(&errors, data.given)?;
        Ok(Findings { threshold: Some(self.judge.threshold), ..Findings::of_issues(issues) })
    }
}

/// Errors under the nearest classes and the posterior that they give.
struct PosteriorRunner {
    evidence: NearestClasses,
    model: TrueLabels,
    rule: Option<FlagRule>,
}

pub(super) fn posterior(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    let default = TrueLabels::default();
    let model = TrueLabels { boundary: options.flags.boundary, ..default };
    let evidence = NearestClasses::default();
    let components = options.reconstruction.components.unwrap_or(evidence.model.components);
    let model_of_classes = SoftLinear { components, ..linear(&options.reconstruction) };
    let evidence = NearestClasses { model: model_of_classes, ..evidence };
    Ok(Box::new(PosteriorRunner { evidence, model, rule: options.flags.rule() }))
}

impl Runner for PosteriorRunner {
    fn run(&self, data: &Data<'_>, progress: &dyn Progress) -> Result<Findings> {
        let errors = self.evidence.evidence(data.embeddings()?, data.given, progress)?;
        let posterior = self.model.posterior(&errors, data.given, progress)?;
        let rule = self.rule.unwrap_or_else(|| posterior.advised_rule());
        let noise_rate = Some(posterior.noise_rate());
        let errors = Some(errors.summary().clone());
        Ok(Findings { noise_rate, errors, ..Findings::of_issues(posterior.issues(rule)?) })
    }
}

/// The method and the options that a user who names none gets.
pub(crate) fn default_method() -> Box<dyn Runner> {
    Box::new(RatioRunner { reconstruction: Box::new(SoftLinear::default()), rer: Rer::default() })
}
