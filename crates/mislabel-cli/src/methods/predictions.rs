//! Methods on predictions: of a file, of a probe of the embeddings, or of class text embeddings.

use std::path::PathBuf;

use mislabel_confident::{ConfidentJoint, ConfidentLearning, Pruned};
use mislabel_core::{ClassEvidence, EmbeddingSource, Judge, LabelIssues, Labels, ProbabilitySource, Run};
use mislabel_io::{EmbeddingFile, ProbabilityFile};
use mislabel_predictions::{Mistakenness, Predictions, Softmax, ZeroShot};
use mislabel_probe::{Probe, Sampling, SoftmaxRegression};

use super::filed_probe::{FiledProbe, ProbeProbabilities, scratch_path};
use super::{Data, Findings, Runner, SideFile};
use crate::failure::{Failure, Result};
use crate::options::MethodOptions;
use crate::prediction_files::{ClassTexts, PredictionFile};

/// Where predictions come from.
pub(super) enum Predictor {
    File(PredictionFile),
    Probe(Pruned<Probe>),
}

/// What they are.
pub(super) enum Predicted<'a> {
    Stored(&'a ProbabilityFile),
    Computed(ProbeProbabilities),
    Logits(&'a EmbeddingFile),
}

impl Predictor {
    pub(super) fn new(options: &MethodOptions) -> Result<Self> {
        match options.predictions.open(options.reconstruction.memory)? {
            Some(file) => Ok(Self::File(file)),
            None => Ok(Self::Probe(probe(options))),
        }
    }

    pub(super) fn predicted(&self, data: &Data<'_>, run: &Run<'_>) -> Result<Predicted<'_>> {
        match self {
            Self::File(PredictionFile::Probabilities(file)) => Ok(Predicted::Stored(file)),
            Self::File(PredictionFile::Logits(file)) => Ok(Predicted::Logits(file)),
            Self::Probe(pruned) => {
                let probe = Probe { memory: data.memory, ..pruned.evidence };
                let evidence = FiledProbe { probe, path: scratch_path(data.out) };
                let pruned = Pruned { evidence, judge: pruned.judge.clone(), rounds: pruned.rounds };
                Ok(Predicted::Computed(pruned.evidence(data.embeddings()?, data.given, progress)?))
            }
        }
    }

    pub(super) fn side_file(&self) -> Option<SideFile<'_>> {
        let Self::File(file) = self else { return None };
        let (samples, classes) = file.shape();
        Some(SideFile { path: file.path(), samples: Some(samples), classes })
    }
}

fn probe(options: &MethodOptions) -> Pruned<Probe> {
    let training = &options.reconstruction.training;
    let sampling = match (training.in_sample, training.folds) {
        (true, _) => Sampling::InSample,
        (false, Some(folds)) => Sampling::OutOfSample { folds },
        (false, None) => Sampling::default(),
    };
    let seed = options.reconstruction.seed;
    let classifier = SoftmaxRegression { l2: training.l2, seed, ..SoftmaxRegression::default() };
    let probe = Probe { classifier, sampling, seed, ..Probe::default() };
    let pruned = Pruned::of(probe);
    Pruned { rounds: if training.no_prune { 0 } else { pruned.rounds }, ..pruned }
}

/// Bytes a sample that confident learning holds, and the blocks it reads.
const CONFIDENT_SAMPLE: u64 = 40;
const CONFIDENT_BLOCKS: u64 = 16 << 20;

/// Bytes a sample of predictions and of what is made of them.
const PREDICTED_SAMPLE: u64 = 64;

/// Confident learning.
struct ConfidentRunner {
    predictor: Predictor,
    judge: ConfidentLearning,
}

pub(super) fn confident(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    let (default, chosen) = (ConfidentLearning::default(), &options.confident);
    let judge = ConfidentLearning {
        filter: chosen.filter_by.unwrap_or(default.filter),
        score: chosen.score.unwrap_or(default.score),
        adjust: chosen.adjust_pred_probs,
        frac_noise: chosen.frac_noise.unwrap_or(default.frac_noise),
        remove_per_class: chosen.num_to_remove_per_class.clone(),
        min_examples_per_class: chosen.min_examples_per_class.unwrap_or(default.min_examples_per_class),
        ..default
    };
    Ok(Box::new(ConfidentRunner { predictor: Predictor::new(options)?, judge }))
}

impl Runner for ConfidentRunner {
    fn run(&self, data: &Data<'_>, run: &Run<'_>) -> Result<Findings> {
        let k = data.given.class_count() as u64;
        data.need("confident learning", CONFIDENT_SAMPLE * data.given.len() as u64 + 16 * k * k + CONFIDENT_BLOCKS)?;
        let predicted = self.predictor.predicted(data, progress)?;
        let softmax;
        let probabilities: &dyn ProbabilitySource = match &predicted {
            Predicted::Stored(stored) => *stored,
            Predicted::Computed(computed) => computed,
            Predicted::Logits(logits) => {
                softmax = Softmax::new(*logits);
                &softmax
            }
        };
        let (issues, joint) = self.judge.issues_and_joint(probabilities, data.given)?;
        Ok(Findings { noise_rate: Some(noise_rate(&joint, data.given)?), ..Findings::of_issues(issues) })
    }

    fn side_file(&self) -> Option<SideFile<'_>> {
        self.predictor.side_file()
    }
}

/// What the calibrated confident joint has off its diagonal.
fn noise_rate(joint: &ConfidentJoint, given: &Labels) -> Result<f64> {
    Ok((1.0 - joint.distribution(given)?.diag().sum()).clamp(0.0, 1.0))
}

/// Mistakenness.
struct MistakennessRunner {
    predictor: Predictor,
    judge: Mistakenness,
}

pub(super) fn mistakenness(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    let judge = mistakenness_judge(options, "mistakenness")?;
    Ok(Box::new(MistakennessRunner { predictor: Predictor::new(options)?, judge }))
}

fn mistakenness_judge(options: &MethodOptions, method: &'static str) -> Result<Mistakenness> {
    let default = Mistakenness::default();
    let threshold = options.reconstruction.number(method)?.unwrap_or(default.threshold);
    Ok(Mistakenness { certainty: options.predictions.certainty(), threshold })
}

impl Runner for MistakennessRunner {
    fn run(&self, data: &Data<'_>, run: &Run<'_>) -> Result<Findings> {
        data.need("mistakenness", PREDICTED_SAMPLE * data.given.len() as u64)?;
        let issues = match self.predictor.predicted(data, progress)? {
            Predicted::Stored(stored) => self.judge.judge(stored, data.given, run)?,
            Predicted::Computed(computed) => self.judge.judge(&computed, data.given, run)?,
            Predicted::Logits(logits) => mistaken(&self.judge, logits, data, progress)?,
        };
        Ok(Findings { threshold: Some(self.judge.threshold), ..Findings::of_issues(issues) })
    }

    fn side_file(&self) -> Option<SideFile<'_>> {
        self.predictor.side_file()
    }
}

/// Mistakenness by logits that are read in blocks.
fn mistaken(judge: &Mistakenness, logits: &dyn EmbeddingSource, data: &Data<'_>, run: &Run<'_>) -> Result<LabelIssues> {
    let predictions = Predictions::from_logit_rows(logits, data.given, judge.certainty, progress)?;
    Ok(judge.judge(&predictions, data.given, run)?)
}

/// Mistakenness of zero-shot predictions.
struct ZeroShotRunner {
    path: PathBuf,
    classes: usize,
    zero_shot: ZeroShot,
    judge: Mistakenness,
}

pub(super) fn zero_shot(options: &MethodOptions) -> Result<Box<dyn Runner>> {
    let judge = mistakenness_judge(options, "zero-shot")?;
    let Some(ClassTexts { path, embeddings }) = options.predictions.class_texts()? else {
        return Err(Failure::Arguments("the method zero-shot needs --class-texts".into()));
    };
    let classes = embeddings.nrows();
    let of_file = |cause| Failure::Content { path: path.clone(), cause };
    let mut zero_shot = ZeroShot::new(embeddings).map_err(of_file)?;
    if let Some(temperature) = options.predictions.temperature {
        zero_shot = zero_shot.with_scale(temperature.recip())?;
    }
    Ok(Box::new(ZeroShotRunner { path, classes, zero_shot, judge }))
}

impl Runner for ZeroShotRunner {
    fn run(&self, data: &Data<'_>, run: &Run<'_>) -> Result<Findings> {
        data.need("mistakenness", PREDICTED_SAMPLE * data.given.len() as u64)?;
        let logits = self.zero_shot.logit_rows(data.embeddings()?)?;
        let issues = mistaken(&self.judge, &logits, data, progress)?;
        Ok(Findings { threshold: Some(self.judge.threshold), ..Findings::of_issues(issues) })
    }

    fn side_file(&self) -> Option<SideFile<'_>> {
        Some(SideFile { path: &self.path, samples: None, classes: self.classes })
    }
}
