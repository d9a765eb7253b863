//! The methods that the command knows: one table from name to runner.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use mislabel_core::{
    ClassEvidence, EmbeddingSource, ErrorSummary, EvidenceDetector, LabelIssues, Labels, Progress, Result,
};
use mislabel_reconstruct::{Centroid, Gaussian, LikelihoodRatio, SoftLinear};
use mislabel_rer::{Rer, RerReport};

use crate::method_options::{MethodOptions, ReconstructionOptions};

/// What a method says of a dataset with k classes; `None` where it says nothing.
pub(crate) struct Findings {
    pub(crate) issues: LabelIssues,
    pub(crate) noise_rate: Option<f64>,
    /// On the scale of the method's score.
    pub(crate) threshold: Option<f64>,
    pub(crate) difficulty: Option<f64>,
    /// `(k,)`.
    pub(crate) class_difficulty: Vec<Option<f64>>,
}

/// A method with its options in place.
pub(crate) trait Runner: Sync {
    /// Judges the labels `given`, `(n,)`, of `embeddings`, `(n, d)`.
    fn run(&self, embeddings: &dyn EmbeddingSource, given: &Labels, progress: &dyn Progress) -> Result<Findings>;
}

/// Evidence that the reconstruction error ratio can be taken from.
pub(crate) type Reconstruction = Box<dyn ClassEvidence<Evidence = ErrorSummary>>;

/// A line of the table.
pub(crate) struct Method {
    pub(crate) name: &'static str,
    about: &'static str,
    /// The options it understands beside `--seed`.
    pub(crate) options: &'static [&'static str],
    pub(crate) runner: fn(&MethodOptions) -> Box<dyn Runner>,
    /// For methods that are the ratio of reconstruction errors: difficulty is measured with these only.
    pub(crate) reconstruction: Option<fn(&ReconstructionOptions) -> Reconstruction>,
}

/// Every method; a new one is a line here and, where it has them, fields of [`MethodOptions`].
static METHODS: [Method; 3] = [
    Method {
        name: "rer",
        about: "Reconstruction error ratio of soft linear reconstructors, exact leave-one-out",
        options: &["alpha", "components", "trim", "no-trim", "scaling", "threshold", "denominator"],
        runner: |options| ratio_runner(soft_linear(&options.reconstruction), options),
        reconstruction: Some(soft_linear),
    },
    Method {
        name: "centroid",
        about: "Reconstruction error ratio of class means: the baseline",
        options: &["scaling", "threshold", "denominator"],
        runner: |options| ratio_runner(centroid(&options.reconstruction), options),
        reconstruction: Some(centroid),
    },
    Method {
        name: "gaussian",
        about: "Likelihood ratio of class-conditional Gaussians, exact leave-one-out",
        options: &["alpha", "components", "trim", "no-trim", "scaling"],
        runner: |options| Box::new(LikelihoodRunner(Gaussian { model: linear(&options.reconstruction) })),
        reconstruction: None,
    },
];

fn soft_linear(options: &ReconstructionOptions) -> Reconstruction {
    Box::new(linear(options))
}

fn linear(options: &ReconstructionOptions) -> SoftLinear {
    let default = SoftLinear::default();
    SoftLinear {
        shrinkage: options.alpha.unwrap_or(default.shrinkage),
        components: options.components.unwrap_or(default.components),
        trim: options.trim().unwrap_or(default.trim),
        scaling: options.scaling(),
        seed: options.seed,
    }
}

fn centroid(options: &ReconstructionOptions) -> Reconstruction {
    Box::new(Centroid { scaling: options.scaling() })
}

/// Reconstruction errors and their ratio.
struct RatioRunner {
    reconstruction: Reconstruction,
    rer: Rer,
}

fn ratio_runner(reconstruction: Reconstruction, options: &MethodOptions) -> Box<dyn Runner> {
    Box::new(RatioRunner { reconstruction, rer: options.rer() })
}

impl Runner for RatioRunner {
    fn run(&self, embeddings: &dyn EmbeddingSource, given: &Labels, progress: &dyn Progress) -> Result<Findings> {
        let errors = self.reconstruction.evidence(embeddings, given, progress)?;
        let report: RerReport = self.rer.report(&errors, given)?;
        Ok(Findings {
            issues: report.issues()?,
            noise_rate: report.noise.rate(),
            threshold: Some(report.threshold),
            difficulty: Some(report.difficulty),
            class_difficulty: report.class_difficulty,
        })
    }
}

/// Class densities and their likelihood ratio, which says nothing of noise rate and difficulty.
struct LikelihoodRunner(Gaussian);

impl Runner for LikelihoodRunner {
    fn run(&self, embeddings: &dyn EmbeddingSource, given: &Labels, progress: &dyn Progress) -> Result<Findings> {
        let judge = LikelihoodRatio::default();
        let errors = self.0.evidence(embeddings, given, progress)?;
        Ok(Findings {
            issues: judge.judge(&errors, given)?,
            noise_rate: None,
            threshold: Some(judge.threshold),
            difficulty: None,
            class_difficulty: vec![None; given.classes()],
        })
    }
}

/// The method and the options that a user who names none gets.
pub(crate) fn default_method() -> Box<dyn Runner> {
    Box::new(RatioRunner { reconstruction: Box::new(SoftLinear::default()), rer: Rer::default() })
}

/// Parses the name of a method.
pub(crate) fn method_parser() -> impl TypedValueParser<Value = &'static Method> {
    let values = METHODS.iter().map(|method| PossibleValue::new(method.name).help(method.about));
    PossibleValuesParser::new(values).try_map(|name| by_name(&name).ok_or("no such method"))
}

fn by_name(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}
