//! From options to methods with their parameters.

use mislabel::confident::ConfidentLearning;
use mislabel::coreset::{CoresetDetector, Sensitivity};
use mislabel::methods::{
    AutoencoderRatio, CentroidRatio, ConfidentMethod, ConsensusMethod, CoresetMethod, Entry, GaussianMethod, Method,
    MistakennessMethod, NeighborJudge, NeighborMethod, PrunedProbe, RatioMethod, SoftLinearRatio, ZeroShotMethod,
};
use mislabel::neighbors::{
    Agreement, ExactSearch, KNearest, KnnShapley, RelationGraph, SearchBySize, SelfClean, SimiFeat, SimiFeatRule, Wann,
};
use mislabel::posterior::{PosteriorModel, SoftLinearPosterior};
use mislabel::predictions::Mistakenness;
use mislabel::probe::{Probe, Sampling, SoftmaxRegression};
use mislabel::reconstruct::{
    Activation, Autoencoder, Centroid, EarlyStopping, Gaussian, LikelihoodRatio, NearestClasses, SoftLinear,
    TrainingLength,
};

use crate::failure::{Failure, Result};
use crate::options::{MethodOptions, Preset, ReconstructionOptions};

/// Share of a class that training with `--patience` holds out to know when to stop.
const HELD_OUT: f64 = 0.1;

/// More components than rows have features: all of them.
const ALL_COMPONENTS: usize = 1 << 16;

/// The method of `entry` with the parameters that `options` say.
pub(crate) fn method(entry: &Entry, options: &MethodOptions) -> Result<Box<dyn Method>> {
    let seed = options.reconstruction.seed;
    let neighbors = &options.neighbors;
    Ok(match entry.name {
        "rer" | "centroid" | "autoencoder" => return ratio(entry, &options.reconstruction).map(|method| method as _),
        "gaussian" => Box::new(GaussianMethod {
            evidence: Gaussian { model: linear(&options.reconstruction) },
            judge: LikelihoodRatio { threshold: options.reconstruction.number(entry.name)?.unwrap_or_default() },
        }),
        "posterior" => Box::new(posterior(options)),
        "consensus" => return consensus(options),
        "confident" => Box::new(ConfidentMethod { evidence: probe(options), judge: confident(options) }),
        "mistakenness" => {
            Box::new(MistakennessMethod { evidence: probe(options), judge: mistakenness(options, entry.name)? })
        }
        "zero-shot" => {
            if !options.predictions.have_class_texts() {
                return Err(Failure::Arguments("the method zero-shot needs --class-texts".into()));
            }
            let temperature = options.predictions.temperature;
            Box::new(ZeroShotMethod { temperature, judge: mistakenness(options, entry.name)? })
        }
        "simifeat" => on_neighbors(options, simifeat(options, SimiFeat::default().rule)),
        "simifeat-vote" => on_neighbors(options, simifeat(options, SimiFeatRule::Vote)),
        "knn" => {
            let count = neighbors.neighbors.unwrap_or(Agreement::default().neighbors);
            on_neighbors(options, Agreement { neighbors: count, weighting: neighbors.weighting() })
        }
        "selfclean" => {
            let method = NeighborMethod { search: search(options), neighbors: neighbors.neighbors, judge: SelfClean };
            Box::new(method)
        }
        "wann" => {
            let default = Wann::default();
            let most = neighbors.neighbors.unwrap_or(default.most);
            on_neighbors(options, Wann { most, fewest: default.fewest.min(most) })
        }
        "relation" => {
            let default = RelationGraph::default();
            let count = neighbors.neighbors.unwrap_or(default.neighbors);
            on_neighbors(options, RelationGraph { neighbors: count, ..default })
        }
        "shapley" => {
            let count = neighbors.neighbors.unwrap_or(KnnShapley::default().neighbors);
            on_neighbors(options, KnnShapley { neighbors: count })
        }
        "coreset" => Box::new(coreset(options)?),
        _ => entry.seeded(seed),
    })
}

/// The method of `entry`, which is one on the ratio of reconstruction errors.
pub(crate) fn ratio(entry: &Entry, options: &ReconstructionOptions) -> Result<Box<dyn RatioMethod>> {
    let (judge, device) = (options.rer(), options.device);
    match entry.name {
        "rer" => Ok(Box::new(SoftLinearRatio { evidence: linear(options), metric: options.metric(), judge, device })),
        "centroid" => Ok(Box::new(CentroidRatio { evidence: Centroid { scaling: options.scaling() }, judge })),
        "autoencoder" => Ok(Box::new(AutoencoderRatio { evidence: network(options), judge, device })),
        other => Err(Failure::Arguments(format!("the method {other} has no reconstruction errors"))),
    }
}

fn linear(options: &ReconstructionOptions) -> SoftLinear {
    let default = SoftLinear::default();
    SoftLinear {
        shrinkage: options.alpha.unwrap_or(default.shrinkage),
        components: options.components.unwrap_or(default.components),
        tail: default.tail,
        search: options.search.unwrap_or(default.search),
        trim: options.trim().unwrap_or(default.trim),
        scaling: options.scaling(),
        seed: options.seed,
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
        centered: preset.centered && output == Activation::Identity,
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

/// The posterior with the parameters that `options` say.
pub(crate) fn posterior(options: &MethodOptions) -> SoftLinearPosterior {
    let default = SoftLinearPosterior::default();
    let reconstruction = &options.reconstruction;
    let trim = reconstruction.trim();
    let model = SoftLinear { trim: trim.clone().unwrap_or_default(), ..linear(reconstruction) };
    let metric = reconstruction.metric();
    let all = metric.and(Some(ALL_COMPONENTS));
    let model = SoftLinear { components: reconstruction.components.or(all).unwrap_or(model.components), ..model };
    let search = ExactSearch { distance: options.neighbors.distance() };
    SoftLinearPosterior {
        evidence: NearestClasses { model, ..default.evidence },
        metric,
        shrinkages: reconstruction.alpha.map_or(default.shrinkages, |alpha| vec![alpha]),
        refits: if trim.is_none() { default.refits } else { 0 },
        neighbors: options.neighbors.neighbors.map(|count| KNearest { neighbors: Some(count), search }),
        model: PosteriorModel { boundary: options.flags.boundary.unwrap_or(0.0), ..PosteriorModel::default() },
        rule: options.flags.rule(),
        interval: options.flags.interval,
        seed: options.reconstruction.seed,
    }
}

/// The method `entry` itself, and where it is a consensus its members, as the parameters of `method` have them.
pub(crate) fn with_members<'a>(entry: &'a Entry, method: &dyn Method) -> Vec<&'a Entry> {
    let parameters = method.parameters();
    let members = parameters["members"].as_array().into_iter().flatten();
    let named = members.filter_map(|member| Entry::named(member["name"].as_str()?).ok());
    [entry].into_iter().chain(named).collect()
}

fn consensus(options: &MethodOptions) -> Result<Box<dyn Method>> {
    let members = options.consensus.members.iter().map(|member| method(member, options)).collect::<Result<_>>()?;
    Ok(Box::new(ConsensusMethod::new(members)?))
}

fn probe(options: &MethodOptions) -> PrunedProbe {
    let training = &options.reconstruction.training;
    let sampling = match (training.in_sample, training.folds) {
        (true, _) => Sampling::InSample,
        (false, Some(folds)) => Sampling::OutOfSample { folds },
        (false, None) => Sampling::default(),
    };
    let seed = options.reconstruction.seed;
    let classifier = SoftmaxRegression { l2: training.l2, seed, ..SoftmaxRegression::default() };
    let default = PrunedProbe::default();
    let rounds = if training.no_prune { 0 } else { default.rounds };
    PrunedProbe { probe: Probe { classifier, sampling, seed, ..Probe::default() }, rounds, ..default }
}

fn confident(options: &MethodOptions) -> ConfidentLearning {
    let (default, chosen) = (ConfidentLearning::default(), &options.confident);
    ConfidentLearning {
        filter: chosen.filter_by.unwrap_or(default.filter),
        score: chosen.score.unwrap_or(default.score),
        adjust: chosen.adjust_pred_probs,
        noise_fraction: chosen.noise_fraction.unwrap_or(default.noise_fraction),
        remove_per_class: chosen.num_to_remove_per_class.clone(),
        min_examples_per_class: chosen.min_examples_per_class.unwrap_or(default.min_examples_per_class),
        ..default
    }
}

fn mistakenness(options: &MethodOptions, method: &'static str) -> Result<Mistakenness> {
    let default = Mistakenness::default();
    let threshold = options.reconstruction.number(method)?.unwrap_or(default.threshold);
    Ok(Mistakenness { certainty: options.predictions.certainty(), threshold })
}

fn search(options: &MethodOptions) -> SearchBySize {
    options.neighbors.search(options.reconstruction.seed)
}

fn on_neighbors<J: NeighborJudge + Default + 'static>(options: &MethodOptions, judge: J) -> Box<dyn Method> {
    Box::new(NeighborMethod { search: search(options), ..NeighborMethod::new(judge) })
}

fn simifeat(options: &MethodOptions, rule: SimiFeatRule) -> SimiFeat {
    let (default, neighbors) = (SimiFeat::default(), &options.neighbors);
    SimiFeat {
        rule,
        neighbors: neighbors.neighbors.unwrap_or(default.neighbors),
        draws: neighbors.draws.unwrap_or(default.draws),
        share: neighbors.share.unwrap_or(default.share),
        seed: options.reconstruction.seed,
    }
}

fn coreset(options: &MethodOptions) -> Result<CoresetMethod> {
    let default = CoresetDetector::default();
    let threshold = options.reconstruction.number("coreset")?.unwrap_or(default.threshold);
    let importance = options.coreset.importance;
    let no_use = |importance: &Sensitivity| !importance.needs_losses() && options.predictions.are_given();
    if let Some(importance) = importance.filter(no_use) {
        let name = importance.name();
        return Err(Failure::Arguments(format!("--importance {name} has no use for predictions")));
    }
    Ok(CoresetMethod { importance, evidence: probe(options), judge: CoresetDetector { threshold, ..default } })
}
