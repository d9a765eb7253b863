//! The table of all methods.

use mislabel_core::Run;
use mislabel_neighbors::{Agreement, KnnShapley, RelationGraph, SearchBySize, SelfClean, SimiFeat, SimiFeatRule, Wann};
use mislabel_posterior::SoftLinearPosterior;
use mislabel_reconstruct::{Autoencoder, Gaussian, NearestClasses, SoftLinear};
use serde_json::Value;

use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::interface::{Method, Needs};
use crate::methods::confident::ConfidentMethod;
use crate::methods::consensus::ConsensusMethod;
use crate::methods::coreset::CoresetMethod;
use crate::methods::gaussian::GaussianMethod;
use crate::methods::mistakenness::MistakennessMethod;
use crate::methods::neighbors::NeighborMethod;
use crate::methods::ratio::{AutoencoderRatio, CentroidRatio, SoftLinearRatio};
use crate::methods::zero_shot::ZeroShotMethod;
use crate::parameters::{read, toml};
use crate::predictions::predictor::PrunedProbe;
use crate::report::Report;

/// A line of the table of methods.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Entry {
    /// The name.
    pub name: &'static str,
    /// What the method does, in one line.
    pub about: &'static str,
    default: fn(u64) -> Box<dyn Method>,
    read: fn(&Value) -> Result<Box<dyn Method>>,
}

/// Every method, in the order in which lists show them.
pub static METHODS: [Entry; 17] = [
    Entry {
        name: "rer",
        about: "Reconstruction error ratio of soft linear reconstructors, exact leave-one-out",
        default: |seed| {
            let evidence = SoftLinear { seed, ..SoftLinear::default() };
            Box::new(SoftLinearRatio { evidence, ..SoftLinearRatio::default() })
        },
        read: |parameters| Ok(Box::new(read::<SoftLinearRatio>("rer", parameters)?)),
    },
    Entry {
        name: "centroid",
        about: "Reconstruction error ratio of class means: the baseline",
        default: |_| Box::new(CentroidRatio::default()),
        read: |parameters| Ok(Box::new(read::<CentroidRatio>("centroid", parameters)?)),
    },
    Entry {
        name: "autoencoder",
        about: "Reconstruction error ratio of one shallow autoencoder per class, cross-fitted",
        default: |seed| {
            let evidence = Autoencoder { seed, ..Autoencoder::default() };
            Box::new(AutoencoderRatio { evidence, ..AutoencoderRatio::default() })
        },
        read: |parameters| Ok(Box::new(read::<AutoencoderRatio>("autoencoder", parameters)?)),
    },
    Entry {
        name: "gaussian",
        about: "Likelihood ratio of class-conditional Gaussians, exact leave-one-out",
        default: |seed| {
            let evidence = Gaussian { model: SoftLinear { seed, ..SoftLinear::default() } };
            Box::new(GaussianMethod { evidence, ..GaussianMethod::default() })
        },
        read: |parameters| Ok(Box::new(read::<GaussianMethod>("gaussian", parameters)?)),
    },
    Entry {
        name: "posterior",
        about: "Probability that the label is wrong, from soft linear reconstructors and a model of the label noise",
        default: |seed| {
            let default = SoftLinearPosterior::default();
            let model = SoftLinear { seed, ..default.evidence.model };
            Box::new(SoftLinearPosterior { evidence: NearestClasses { model, ..default.evidence }, seed, ..default })
        },
        read: |parameters| Ok(Box::new(read::<SoftLinearPosterior>("posterior", parameters)?)),
    },
    Entry {
        name: "consensus",
        about: "The methods that are named, by default posterior, rer and knn, weighed by agreement",
        default: |seed| Box::new(default_consensus(seed)),
        read: consensus,
    },
    Entry {
        name: "confident",
        about: "Confident learning on predicted probabilities, with cleanlab's options",
        default: |seed| {
            Box::new(ConfidentMethod { evidence: PrunedProbe::default().with_seed(seed), ..ConfidentMethod::default() })
        },
        read: |parameters| Ok(Box::new(read::<ConfidentMethod>("confident", parameters)?)),
    },
    Entry {
        name: "mistakenness",
        about: "How sure a model's predictions are of another class",
        default: |seed| {
            let evidence = PrunedProbe::default().with_seed(seed);
            Box::new(MistakennessMethod { evidence, ..MistakennessMethod::default() })
        },
        read: |parameters| Ok(Box::new(read::<MistakennessMethod>("mistakenness", parameters)?)),
    },
    Entry {
        name: "zero-shot",
        about: "Mistakenness of image embeddings against text embeddings of the class names",
        default: |_| Box::new(ZeroShotMethod::default()),
        read: |parameters| Ok(Box::new(read::<ZeroShotMethod>("zero-shot", parameters)?)),
    },
    Entry {
        name: "simifeat",
        about: "SimiFeat-rank: the least plausible labels among neighbors, as many as HOC estimates",
        default: |seed| on_neighbors(SimiFeat { seed, ..SimiFeat::default() }, seed),
        read: |parameters| Ok(Box::new(read::<NeighborMethod<SimiFeat>>("simifeat", parameters)?)),
    },
    Entry {
        name: "simifeat-vote",
        about: "SimiFeat-vote: labels that neighbors outvote in most random subsets",
        default: |seed| on_neighbors(SimiFeat { rule: SimiFeatRule::Vote, seed, ..SimiFeat::default() }, seed),
        read: |parameters| {
            let mut vote = serde_json::json!({ "judge": { "rule": "vote" } });
            merge(&mut vote, parameters);
            Ok(Box::new(read::<NeighborMethod<SimiFeat>>("simifeat-vote", &vote)?))
        },
    },
    Entry {
        name: "knn",
        about: "Share of the nearest neighbors that have the given label",
        default: |seed| on_neighbors(Agreement::default(), seed),
        read: |parameters| Ok(Box::new(read::<NeighborMethod<Agreement>>("knn", parameters)?)),
    },
    Entry {
        name: "selfclean",
        about: "SelfClean: how much nearer the nearest sample of the same label is",
        default: |seed| on_neighbors(SelfClean, seed),
        read: |parameters| Ok(Box::new(read::<NeighborMethod<SelfClean>>("selfclean", parameters)?)),
    },
    Entry {
        name: "wann",
        about: "WANN: how few neighbors it takes to agree with the label",
        default: |seed| on_neighbors(Wann::default(), seed),
        read: |parameters| Ok(Box::new(read::<NeighborMethod<Wann>>("wann", parameters)?)),
    },
    Entry {
        name: "relation",
        about: "Neural relation graph: how related a sample is to others of its label",
        default: |seed| on_neighbors(RelationGraph::default(), seed),
        read: |parameters| Ok(Box::new(read::<NeighborMethod<RelationGraph>>("relation", parameters)?)),
    },
    Entry {
        name: "shapley",
        about: "What the sample is worth to a nearest-neighbor classifier",
        default: |seed| on_neighbors(KnnShapley::default(), seed),
        read: |parameters| Ok(Box::new(read::<NeighborMethod<KnnShapley>>("shapley", parameters)?)),
    },
    Entry {
        name: "coreset",
        about: "How important the sample is to a logistic regression, among samples of its label",
        default: |seed| {
            Box::new(CoresetMethod { evidence: PrunedProbe::default().with_seed(seed), ..CoresetMethod::default() })
        },
        read: |parameters| Ok(Box::new(read::<CoresetMethod>("coreset", parameters)?)),
    },
];

fn on_neighbors<J>(judge: J, seed: u64) -> Box<dyn Method>
where
    J: crate::methods::neighbors::NeighborJudge + Default + 'static,
{
    let search = SearchBySize { seed, ..SearchBySize::default() };
    Box::new(NeighborMethod { search, ..NeighborMethod::new(judge) })
}

fn default_consensus(seed: u64) -> ConsensusMethod {
    let member = |name: &str| Entry::named(name).expect("the members are methods").seeded(seed);
    ConsensusMethod::new(ConsensusMethod::MEMBERS.map(member).into()).expect("no member is named twice")
}

/// A consensus of `members`: names, or names with parameters.
fn consensus(parameters: &Value) -> Result<Box<dyn Method>> {
    let wrong = |reason: &str| Error::Parameters { method: "consensus", reason: reason.into() };
    let fields = parameters.as_object().ok_or_else(|| wrong("parameters must be a table"))?;
    if let Some(unknown) = fields.keys().find(|name| *name != "members") {
        return Err(wrong(&format!("unknown field `{unknown}`, expected `members`")));
    }
    let Some(members) = fields.get("members") else { return Ok(Box::new(default_consensus(0))) };
    let members = members.as_array().ok_or_else(|| wrong("members must be a list"))?;
    let member = |member: &Value| match member {
        Value::String(name) => method(name),
        member => {
            let fields = member.as_object().into_iter().flatten();
            if let Some((unknown, _)) =
                fields.into_iter().find(|(key, _)| !["name", "parameters"].contains(&key.as_str()))
            {
                return Err(wrong(&format!(
                    "a member has the unknown field `{unknown}`, expected `name` or `parameters`"
                )));
            }
            let name = member.get("name").and_then(Value::as_str);
            let name = name.ok_or_else(|| wrong("a member must be a name, or have a name and parameters"))?;
            parameterized(name, member.get("parameters").unwrap_or(&Value::Object(Default::default())))
        }
    };
    let is_nested =
        |member: &Value| [Some(member), member.get("name")].into_iter().flatten().any(|name| name == "consensus");
    if members.iter().any(is_nested) {
        return Err(wrong("a member must not be a consensus itself"));
    }
    if members.is_empty() {
        return Err(wrong("members is empty: name the methods to combine, such as [\"posterior\", \"rer\", \"knn\"]"));
    }
    Ok(Box::new(ConsensusMethod::new(members.iter().map(member).collect::<Result<_>>()?)?))
}

/// Puts the fields of `over` into `base`.
fn merge(base: &mut Value, over: &Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (name, value) in over {
                merge(base.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over.clone(),
    }
}

impl Entry {
    /// The line of the method called `name`.
    ///
    /// # Errors
    /// [`Error::NoSuchMethod`].
    pub fn named(name: &str) -> Result<&'static Self> {
        METHODS.iter().find(|entry| entry.name == name).ok_or_else(|| {
            let known = METHODS.map(|entry| entry.name).join(", ");
            Error::NoSuchMethod { name: name.into(), known }
        })
    }

    /// The method with its default parameters and `seed` for everything random.
    pub fn seeded(&self, seed: u64) -> Box<dyn Method> {
        (self.default)(seed)
    }

    /// The method with `parameters`, as [`Method::parameters`] writes them; what is left out has its default.
    ///
    /// # Errors
    /// [`Error::Parameters`] for a name or a value that does not belong there.
    pub fn parameterized(&self, parameters: &Value) -> Result<Box<dyn Method>> {
        (self.read)(parameters)
    }

    /// What a dataset must have for the method with its default parameters.
    pub fn needs(&self) -> Needs {
        self.seeded(0).needs()
    }

    /// The default parameters as TOML.
    pub fn default_toml(&self) -> String {
        toml(&self.seeded(0).parameters())
    }
}

/// The method called `name`, with its default parameters.
///
/// # Errors
/// [`Error::NoSuchMethod`].
pub fn method(name: &str) -> Result<Box<dyn Method>> {
    Ok(Entry::named(name)?.seeded(0))
}

/// The method called `name` with `parameters`, as [`Method::parameters`] writes them; what is left out has its default.
///
/// # Errors
/// [`Error::NoSuchMethod`], [`Error::Parameters`].
pub fn parameterized(name: &str, parameters: &Value) -> Result<Box<dyn Method>> {
    Entry::named(name)?.parameterized(parameters)
}

/// The method called `name` with parameters from TOML; what is left out has its default.
///
/// # Errors
/// [`Error::NoSuchMethod`], [`Error::Parameters`].
pub fn from_toml(name: &str, parameters: &str) -> Result<Box<dyn Method>> {
    let entry = Entry::named(name)?;
    let failed = |cause: toml::de::Error| Error::Parameters { method: entry.name, reason: cause.to_string() };
    entry.parameterized(&toml::from_str(parameters).map_err(failed)?)
}

/// What the method called `name`, with its default parameters, says of `data`.
///
/// ```
/// use mislabel_core::{Embeddings, NoiseModel, Run};
/// use mislabel_methods::{Dataset, detect};
/// use mislabel_noise::Symmetric;
///
/// let digits = mislabel_datasets::digits();
/// let noisy = Symmetric { rate: 0.1, ..Symmetric::default() }.corrupt(&digits.labels, 51)?;
/// let embeddings = Embeddings::new(digits.embeddings.view())?;
/// let data = Dataset::new(&noisy.given).with_embeddings(&embeddings)?;
/// let report = detect("posterior", &data, &Run::quiet())?;
/// assert!(report.noise_rate.is_some_and(|rate| (rate - 0.1).abs() < 0.02));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::NoSuchMethod`], and as [`Method::report`].
pub fn detect(name: &str, data: &Dataset<'_>, run: &Run<'_>) -> Result<Report> {
    method(name)?.report(data, run)
}
