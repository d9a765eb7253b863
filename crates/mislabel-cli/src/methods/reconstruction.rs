//! Methods on reconstruction errors.

use mislabel_core::{ClassEvidence, ErrorSummary, Judge, Labels, Run};
use mislabel_reconstruct::{
    Activation, Autoencoder, Centroid, Classes, EarlyStopping, Gaussian, LikelihoodRatio, SoftLinear, TrainingLength,
};
use mislabel_rer::{Rer, RerReport};

use super::{Data, Findings, Runner};
use crate::device::Device;
use crate::failure::Result;
use crate::options::{MethodOptions, Preset, ReconstructionOptions};
use crate::sampling::Sampling;

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
        tail: default.tail,
        classes: options.search.unwrap_or(default.classes),
        memory: options.memory,
        trim: options.trim().unwrap_or(default.trim),
        scaling: options.scaling(),
        seed: options.seed,
    }
}

pub(super) fn centroid(options: &ReconstructionOptions) -> Result<Reconstruction> {
    Ok(Box::new(Centroid { scaling: options.scaling() }))
}

pub(super) fn autoencoder(options: &ReconstructionOptions) -> Result<Reconstruction> {
    let method = network(options);
    match options.device {
        Device::Cpu => Ok(Box::new(method)),
        Device::Cuda(ordinal) => trained_on_device(method, Device::open(ordinal)?),
    }
}

fn network(options: &ReconstructionOptions) -> Autoencoder {
    let network = &options.network;
    let preset = match network.preset {
        Some(Preset::Paper) => Autoencoder::paper(),
        Some(Preset::Default) | None => Autoencoder::default(),
    };
    let epochs = network.epochs.map(TrainingLength::Epochs);
    let steps = network.steps.map(TrainingLength::Steps);
    let output = network.output.map_or(preset.output, Into::into);
    let stopping = network.patience.map(|patience| EarlyStopping { share: HELD_OUT, patience });
    Autoencoder {
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
    }
}

#[cfg(feature = "cuda")]
fn trained_on_device(method: Autoencoder, device: mislabel_cuda::Cuda) -> Result<Reconstruction> {
    Ok(Box::new(mislabel_cuda::CudaAutoencoder { method, device }))
}

#[cfg(not(feature = "cuda"))]
fn trained_on_device(_: Autoencoder, never: std::convert::Infallible) -> Result<Reconstruction> {
    match never {}
}

/// Reconstruction errors and their ratio.
struct RatioRunner {
    reconstruction: Reconstruction,
    rer: Rer,
    /// How the best classes are found, where that was a question.
    search: Option<Classes>,
    held: Held,
}

impl RatioRunner {
    fn new(reconstruction: Reconstruction, rer: Rer) -> Self {
        Self { reconstruction, rer, search: None, held: Box::new(|_, _| 0) }
    }
}

/// The bytes that a reconstruction holds, whatever its blocks, of samples with these labels and so many features; 0 for one
/// that sees to its budget itself.
type Held = Box<dyn Fn(&Labels, usize) -> u64 + Send + Sync>;

pub(super) fn centroid_ratio(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    /// Labels, places in their classes, own errors and the summary; means three times in f64.
    const SAMPLE: u64 = 64;
    const MEAN: u64 = 24;
    let held =
        |given: &Labels, features: usize| SAMPLE * given.len() as u64 + MEAN * (given.class_count() * features) as u64;
    let (reconstruction, rer) = (centroid(&options.reconstruction)?, options.reconstruction.rer());
    Ok(Box::new(RatioRunner { held: Box::new(held), ..RatioRunner::new(reconstruction, rer) }))
}

pub(super) fn autoencoder_ratio(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    let (reconstruction, rer) = (autoencoder(&options.reconstruction)?, options.reconstruction.rer());
    let method = network(&options.reconstruction);
    let held = move |given: &Labels, features: usize| method.least_memory(given, features);
    Ok(Box::new(RatioRunner { held: Box::new(held), ..RatioRunner::new(reconstruction, rer) }))
}

impl Runner for RatioRunner {
    fn run(&self, data: &Data<'_>, run: &Run<'_>) -> Result<Findings> {
        let embeddings = data.embeddings()?;
        data.need("the reconstruction of all classes", (self.held)(data.given, embeddings.shape().1))?;
        let errors = self.reconstruction.evidence(embeddings, data.given, progress)?;
        let report: RerReport = self.rer.report(&errors, data.given)?;
        Ok(Findings {
            issues: report.issues()?,
            noise_interval: None,
            noise_rate: report.noise.rate(),
            sampling: Sampling::new(&errors, Some(&report.noise), self.search),
            threshold: Some(report.threshold),
            difficulty: Some(report.difficulty),
            class_difficulty: report.class_difficulty,
            errors: Some(errors),
            consensus: None,
            recall: None,
        })
    }
}

/// Soft linear reconstruction errors, within a budget of memory, and their ratio.
struct LinearRunner {
    model: SoftLinear,
    rer: Rer,
}

pub(super) fn linear_ratio(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    let reconstruction = &options.reconstruction;
    match reconstruction.device {
        Device::Cpu => Ok(Box::new(LinearRunner { model: linear(reconstruction), rer: reconstruction.rer() })),
        Device::Cuda(_) => Ok(Box::new(RatioRunner::new(soft_linear(reconstruction)?, reconstruction.rer()))),
    }
}

impl Runner for LinearRunner {
    fn run(&self, data: &Data<'_>, run: &Run<'_>) -> Result<Findings> {
        let model = SoftLinear { memory: data.memory, ..self.model.clone() };
        let search = Some(model.classes);
        RatioRunner { search, ..RatioRunner::new(Box::new(model), self.rer) }.run(data, progress)
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
    fn run(&self, data: &Data<'_>, run: &Run<'_>) -> Result<Findings> {
        let densities = Gaussian { model: SoftLinear { memory: data.memory, ..self.densities.model.clone() } };
        let errors = densities.evidence(data.embeddings()?, data.given, progress)?;
        let issues = self.judge.judge(&errors, data.given, run)?;
        let sampling = Sampling::new(&errors, None, Some(self.densities.model.classes));
        Ok(Findings { threshold: Some(self.judge.threshold), sampling, ..Findings::of_issues(issues) })
    }
}

/// The method and the options that a user who names none gets.
pub(crate) fn default_method() -> Box<dyn Runner> {
    Box::new(LinearRunner { model: SoftLinear::default(), rer: Rer::default() })
}
