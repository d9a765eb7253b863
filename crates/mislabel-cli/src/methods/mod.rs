//! The methods that the command knows: one table from name to runner.

mod consensus;
mod coreset;
mod filed_probe;
mod neighbors;
mod posterior;
mod predictions;
mod reconstruction;

use std::path::Path;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use mislabel_consensus::{CombinedIssues, Explainer, MemberIssues};
use mislabel_core::{EmbeddingSource, ErrorSummary, LabelIssues, Labels, MemoryBudget, Run, VerifiedLabels};
use mislabel_neighbors::Recall;
use mislabel_posterior::NoiseRateInterval;

use crate::failure::{Failure, Result};
use crate::given_options::GivenOptions;
use crate::options::{MethodOptions, ReconstructionOptions};
use crate::sampling::Sampling;
pub(crate) use posterior::PosteriorRunner;
pub(crate) use reconstruction::{Reconstruction, default_method};

/// What a method says of a dataset with k classes; `None` where it says nothing.
pub(crate) struct Findings {
    pub(crate) issues: LabelIssues,
    pub(crate) noise_rate: Option<f64>,
    /// The same, with its standard error, where that was asked for.
    pub(crate) noise_interval: Option<NoiseRateInterval>,
    /// What the noise rate, or the search of classes, owes to a sample of the rows.
    pub(crate) sampling: Option<Sampling>,
    /// On the scale of the method's score.
    pub(crate) threshold: Option<f64>,
    pub(crate) difficulty: Option<f64>,
    /// `(k,)`.
    pub(crate) class_difficulty: Vec<Option<f64>>,
    /// The reconstruction errors that the issues rest on.
    pub(crate) errors: Option<ErrorSummary>,
    /// Of a consensus, how it came about and what its members say.
    pub(crate) consensus: Option<(CombinedIssues, Vec<MemberIssues>)>,
    /// Of an approximate search for neighbors.
    pub(crate) recall: Option<Recall>,
}

impl Findings {
    /// Those of a method that says nothing of the dataset as a whole.
    fn of_issues(issues: LabelIssues) -> Self {
        let class_difficulty = vec![None; issues.suggested().class_count()];
        Self {
            issues,
            noise_rate: None,
            noise_interval: None,
            sampling: None,
            threshold: None,
            difficulty: None,
            class_difficulty,
            errors: None,
            consensus: None,
            recall: None,
        }
    }

    /// Explains the issues by all that is known of them.
    pub(crate) fn explainer(&self) -> Explainer<'_> {
        Explainer {
            errors: self.errors.as_ref(),
            consensus: self.consensus.as_ref().map(|(combined, members)| (combined, members.as_slice())),
            ..Explainer::of_issues(&self.issues)
        }
    }
}

/// A method with its options in place.
pub(crate) trait Runner: Send + Sync {
    /// Judges the labels `given`, `(n,)`.
    fn run(&self, data: &Data<'_>, run: &Run<'_>) -> Result<Findings>;

    /// A file of the method's own that the labels must fit, and what the file says of them.
    fn side_file(&self) -> Option<SideFile<'_>> {
        None
    }
}

/// What is judged.
pub(crate) struct Data<'a> {
    /// `(n, d)`; may be absent where the method has predictions.
    pub(crate) embeddings: Option<&'a dyn EmbeddingSource>,
    /// `(n,)`.
    pub(crate) given: &'a Labels,
    /// What the work may hold beside mapped files.
    pub(crate) memory: Option<MemoryBudget>,
    /// True labels that someone looked up.
    pub(crate) verified: Option<&'a VerifiedLabels>,
    /// Where the issues will be written: a file that does not fit into memory may lie beside.
    pub(crate) out: Option<&'a Path>,
}

impl<'a> Data<'a> {
    /// The embeddings, which most methods cannot do without.
    fn embeddings(&self) -> Result<&'a dyn EmbeddingSource> {
        self.embeddings.ok_or_else(|| Failure::Arguments("the method needs --embeddings".into()))
    }

    /// Refuses a budget below the `bytes` that `what` takes, whatever its blocks.
    fn need(&self, what: &'static str, bytes: u64) -> Result<()> {
        self.memory.map_or(Ok(()), |budget| budget.need(what, bytes).map(|_| ()))?;
        Ok(())
    }
}

/// A file of predictions or of class text embeddings.
pub(crate) struct SideFile<'a> {
    pub(crate) path: &'a Path,
    /// Samples it has rows for; `None` where it has none for samples.
    pub(crate) samples: Option<usize>,
    pub(crate) classes: usize,
}

/// A line of the table.
pub(crate) struct Method {
    pub(crate) name: &'static str,
    about: &'static str,
    /// The options it understands beside `--seed`.
    options: &'static [&'static [&'static str]],
    pub(crate) runner: fn(&MethodOptions) -> Result<Box<dyn Runner>>,
    /// For methods that are the ratio of reconstruction errors: difficulty is measured with these only.
    pub(crate) reconstruction: Option<fn(&ReconstructionOptions) -> Result<Reconstruction>>,
}

const RATIO: &[&str] = &["threshold", "denominator"];
const LINEAR: &[&str] = &["alpha", "components", "trim", "no-trim", "scaling", "search"];
const TRAINING: &[&str] = &["folds", "in-sample", "l2"];
const NETWORK: &[&str] = &[
    "alpha",
    "trim",
    "no-trim",
    "preset",
    "hidden",
    "latent",
    "activation",
    "output",
    "tied",
    "dropout",
    "noise",
    "epochs",
    "steps",
    "batch",
    "learning-rate",
    "patience",
    "inputs",
];
const SEARCH: &[&str] = &["neighbors-search", "searched-cells"];
const PROBE: &[&str] = &["folds", "in-sample", "l2", "no-prune"];
const PREDICTIONS: &[&str] = &["pred-probs", "logits", "predictions-key"];

/// Every method; a new one is a line here and, where it has them, fields of [`MethodOptions`].
static METHODS: [Method; 17] = [
    Method {
        name: "rer",
        about: "Reconstruction error ratio of soft linear reconstructors, exact leave-one-out",
        options: &[LINEAR, RATIO, &["device"]],
        runner: reconstruction::linear_ratio,
        reconstruction: Some(reconstruction::soft_linear),
    },
    Method {
        name: "centroid",
        about: "Reconstruction error ratio of class means: the baseline",
        options: &[&["scaling"], RATIO],
        runner: reconstruction::centroid_ratio,
        reconstruction: Some(reconstruction::centroid),
    },
    Method {
        name: "autoencoder",
        about: "Reconstruction error ratio of one shallow autoencoder per class, cross-fitted",
        options: &[NETWORK, TRAINING, RATIO, &["device"]],
        runner: reconstruction::autoencoder_ratio,
        reconstruction: Some(reconstruction::autoencoder),
    },
    Method {
        name: "gaussian",
        about: "Likelihood ratio of class-conditional Gaussians, exact leave-one-out",
        options: &[LINEAR, &["threshold"]],
        runner: reconstruction::likelihood,
        reconstruction: None,
    },
    Method {
        name: "posterior",
        about: "Probability that the label is wrong, from soft linear reconstructors and a model of the label noise",
        options: &[
            LINEAR,
            &["budget", "precision", "noise-rate", "boundary", "interval", "verified", "neighbors", "distance"],
        ],
        runner: posterior::posterior,
        reconstruction: None,
    },
    Method {
        name: "consensus",
        about: "Four judges on reconstruction errors and neighbors, or the methods that --members names, weighed by agreement",
        options: &[LINEAR, &["members", "neighbors", "verified"]],
        runner: consensus::consensus,
        reconstruction: None,
    },
    Method {
        name: "confident",
        about: "Confident learning on predicted probabilities, with cleanlab's options",
        options: &[
            PREDICTIONS,
            PROBE,
            &["filter-by", "score", "adjust-pred-probs", "frac-noise", "min-examples-per-class"],
            &["num-to-remove-per-class"],
        ],
        runner: predictions::confident,
        reconstruction: None,
    },
    Method {
        name: "mistakenness",
        about: "How sure a model's predictions are of another class",
        options: &[PREDICTIONS, PROBE, &["certainty", "threshold"]],
        runner: predictions::mistakenness,
        reconstruction: None,
    },
    Method {
        name: "zero-shot",
        about: "Mistakenness of image embeddings against text embeddings of the class names",
        options: &[&["class-texts", "class-texts-key", "temperature", "certainty", "threshold"]],
        runner: predictions::zero_shot,
        reconstruction: None,
    },
    Method {
        name: "simifeat",
        about: "SimiFeat-rank: the least plausible labels among neighbors, as many as HOC estimates",
        options: &[&["neighbors", "distance", "draws", "share"], SEARCH],
        runner: neighbors::simifeat_rank,
        reconstruction: None,
    },
    Method {
        name: "simifeat-vote",
        about: "SimiFeat-vote: labels that neighbors outvote in most random subsets",
        options: &[&["neighbors", "distance", "draws", "share"], SEARCH],
        runner: neighbors::simifeat_vote,
        reconstruction: None,
    },
    Method {
        name: "knn",
        about: "Share of the nearest neighbors that have the given label",
        options: &[&["neighbors", "distance", "weighting"], SEARCH],
        runner: neighbors::agreement,
        reconstruction: None,
    },
    Method {
        name: "selfclean",
        about: "SelfClean: how much nearer the nearest sample of the same label is",
        options: &[&["neighbors", "distance"], SEARCH],
        runner: neighbors::selfclean,
        reconstruction: None,
    },
    Method {
        name: "wann",
        about: "WANN: how few neighbors it takes to agree with the label",
        options: &[&["neighbors", "distance"], SEARCH],
        runner: neighbors::wann,
        reconstruction: None,
    },
    Method {
        name: "relation",
        about: "Neural relation graph: how related a sample is to others of its label",
        options: &[&["neighbors", "distance"], SEARCH],
        runner: neighbors::relation,
        reconstruction: None,
    },
    Method {
        name: "shapley",
        about: "What the sample is worth to a nearest-neighbor classifier",
        options: &[&["neighbors", "distance"], SEARCH],
        runner: neighbors::shapley,
        reconstruction: None,
    },
    Method {
        name: "coreset",
        about: "How important the sample is to a logistic regression, among samples of its label",
        options: &[PREDICTIONS, PROBE, &["importance", "threshold"]],
        runner: coreset::coreset,
        reconstruction: None,
    },
];

impl Method {
    pub(crate) fn understands(&self, option: &str) -> bool {
        self.options.iter().any(|group| group.contains(&option))
    }
}

/// Refuses options that every one of `methods` would ignore.
pub(crate) fn refuse_foreign(methods: &[&Method], given: &GivenOptions) -> Result<()> {
    let foreign = given.names().find(|option| !methods.iter().any(|method| method.understands(option)));
    let Some(option) = foreign else { return Ok(()) };
    let names: Vec<&str> = methods.iter().map(|method| method.name).collect();
    let kind = if names.len() == 1 { "the method" } else { "any of the methods" };
    Err(Failure::Arguments(format!("--{option} is no option of {kind} {}", names.join(", "))))
}

/// Parses the name of a method.
pub(crate) fn method_parser() -> impl TypedValueParser<Value = &'static Method> {
    let values = METHODS.iter().map(|method| PossibleValue::new(method.name).help(method.about));
    PossibleValuesParser::new(values).try_map(|name| by_name(&name).ok_or("no such method"))
}

/// The method of that name, which must be in the table.
pub(crate) fn named(name: &str) -> &'static Method {
    by_name(name).expect("a method of the table")
}

fn by_name(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}

/// Members of a consensus: methods that are none themselves.
pub(crate) fn member_parser() -> impl TypedValueParser<Value = &'static Method> {
    let is_member = |method: &&Method| method.name != "consensus";
    let values = METHODS.iter().filter(is_member).map(|method| PossibleValue::new(method.name));
    PossibleValuesParser::new(values).try_map(|name| by_name(&name).ok_or("no such method"))
}

/// The methods that need nothing but embeddings and labels, in the order of the table, and those that `options` equip.
pub(crate) fn comparable(given: &GivenOptions) -> Vec<&'static Method> {
    let equipped = |method: &&Method| method.name != "zero-shot" || given.has("class-texts");
    METHODS.iter().filter(equipped).collect()
}
