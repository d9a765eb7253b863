//! `mislabel-worker detect`.

use std::io::Write as _;
use std::time::Duration;

use clap::ValueEnum as _;
use mislabel_ballista::{Connection, connect};
use mislabel_confident::Filter;
use mislabel_datafusion::{
    Columns, ConfidentDetection, Detection, Engine, Error, Layout, PosteriorDetection, Progress, Result, Table,
    set_own_models_memory,
};
use mislabel_posterior::SoftLinearPosterior;
use mislabel_reconstruct::SoftLinear;
use mislabel_rer::Threshold;

use crate::arguments::{DetectArguments, FilterName, LayoutName, MethodName};

/// Steps on standard error.
struct Lines;

impl Progress for Lines {
    fn begins(&self, step: &str) {
        eprintln!("{step} ...");
    }
    fn ended(&self, step: &str, seconds: Option<f64>) {
        match seconds {
            Some(seconds) => eprintln!("{step}: {seconds:.1} s"),
            None => eprintln!("{step}: taken before"),
        }
    }
}

pub(crate) async fn detect(arguments: DetectArguments) -> Result<()> {
    let columns = columns(&arguments.columns)?;
    let table = Table { location: arguments.table.clone(), columns, layout: layout(arguments.layout) };
    of_the_method(&arguments)?;
    set_own_models_memory(arguments.own_models.own_models_memory);
    let (rer, posterior) = (rer(&arguments)?, posterior(&arguments));
    rer.check()?;
    posterior.check()?;
    let engine = engine(&arguments).await?.with_limit(arguments.limit.map(Duration::from_secs));
    let progress: &dyn Progress = if arguments.quiet { &() } else { &Lines };
    match arguments.method {
        MethodName::Posterior => {
            let report = posterior.run(&engine, &table, progress).await?;
            print(arguments.json, &report, &report.text())
        }
        MethodName::Rer => {
            let report = rer.run(&engine, &table, progress).await?;
            print(arguments.json, &report, &report.text())
        }
        MethodName::Confident => {
            let report = confident(&arguments).run(&engine, &table, progress).await?;
            print(arguments.json, &report, &report.text())
        }
    }
}

/// Refuses options that the method does not look at.
fn of_the_method(arguments: &DetectArguments) -> Result<()> {
    use MethodName::{Confident, Posterior, Rer};

    let options: [(&str, bool, &[MethodName]); 7] = [
        ("--trim", arguments.trim.is_some(), &[Rer]),
        ("--threshold", arguments.threshold.is_some(), &[Rer]),
        ("--refits", arguments.refits.is_some(), &[Posterior]),
        ("--shrinkage", arguments.shrinkage.is_some(), &[Rer, Posterior]),
        ("--components", arguments.components.is_some(), &[Rer, Posterior]),
        ("--filter-by", arguments.filter_by.is_some(), &[Confident]),
        ("--classes", arguments.classes.is_some(), &[Confident]),
    ];
    let named = |method: &MethodName| method.to_possible_value().map(|value| value.get_name().to_owned());
    match options.iter().find(|(_, given, methods)| *given && !methods.contains(&arguments.method)) {
        None => Ok(()),
        Some((option, _, methods)) => {
            let methods: Vec<String> = methods.iter().filter_map(named).collect();
            let asked = named(&arguments.method).unwrap_or_default();
            Err(Error::Input(format!(
                "{option} is an option of --method {}, and the method is {asked}: leave it out, or name another method",
                methods.join(" and ")
            )))
        }
    }
}

fn rer(arguments: &DetectArguments) -> Result<Detection> {
    Ok(Detection {
        model: model(arguments)?,
        threshold: arguments.threshold.map_or(Threshold::Published, Threshold::Fixed),
        work: arguments.work.clone(),
        resume: arguments.resume,
        top: arguments.top,
        seed: arguments.seed,
    })
}

fn posterior(arguments: &DetectArguments) -> PosteriorDetection {
    let mut method = SoftLinearPosterior::default();
    method.evidence.model.seed = arguments.seed;
    method.model.seed = arguments.seed;
    method.refits = arguments.refits.unwrap_or(method.refits);
    method.evidence.model.components = arguments.components.unwrap_or(method.evidence.model.components);
    method.shrinkages = arguments.shrinkage.map_or(method.shrinkages, |shrinkage| vec![shrinkage]);
    PosteriorDetection {
        method,
        resume: arguments.resume,
        top: arguments.top,
        seed: arguments.seed,
        ..PosteriorDetection::new(arguments.work.clone())
    }
}

/// A text on standard output, where nobody need read to its end.
pub(crate) fn said(text: &str) -> Result<()> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::Lost(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

fn print(as_json: bool, report: &impl serde::Serialize, text: &str) -> Result<()> {
    let failed = |error| Error::Damaged(format!("the report cannot be written: {error}"));
    let json = if as_json { Some(serde_json::to_string_pretty(report).map_err(failed)?) } else { None };
    said(json.as_deref().unwrap_or(text))
}

fn confident(arguments: &DetectArguments) -> ConfidentDetection {
    let filter = match arguments.filter_by.unwrap_or(FilterName::PruneByNoiseRate) {
        FilterName::PruneByNoiseRate => Filter::PruneByNoiseRate,
        FilterName::PruneByClass => Filter::PruneByClass,
        FilterName::Both => Filter::Both,
        FilterName::ConfidentLearning => Filter::ConfidentLearning,
        FilterName::PredictedNeqGiven => Filter::PredictedNotGiven,
    };
    ConfidentDetection {
        filter,
        classes: arguments.classes.clone(),
        resume: arguments.resume,
        top: arguments.top,
        ..ConfidentDetection::new(arguments.work.clone())
    }
}

async fn engine(arguments: &DetectArguments) -> Result<Engine> {
    if arguments.partitions == Some(0) {
        return Err(Error::Input("--partitions 0: at least 1".to_owned()));
    }
    match arguments.engine.as_str() {
        "embedded" => Engine::embedded(arguments.partitions),
        url if url.starts_with("ballista://") => {
            let partitions = arguments.partitions.unwrap_or_else(|| Connection::default().partitions);
            connect(url, Connection { partitions, remote_reads: arguments.remote_reads }).await
        }
        other => Err(Error::Input(format!("--engine {other}: embedded or ballista://host:port"))),
    }
}

/// How rows lie in files.
pub(crate) fn layout(name: LayoutName) -> Layout {
    match name {
        LayoutName::Any => Layout::Any,
        LayoutName::Sorted => Layout::Sorted,
        LayoutName::Hive => Layout::Hive,
    }
}

/// The three columns.
pub(crate) fn columns(names: &[String]) -> Result<Columns> {
    match names {
        [id, embedding, label] => Ok(Columns { id: id.clone(), embedding: embedding.clone(), label: label.clone() }),
        other => Err(Error::Input(format!(
            "--columns names {} columns: the ids, the embeddings and the labels are needed, in this order",
            other.len()
        ))),
    }
}

fn model(arguments: &DetectArguments) -> Result<SoftLinear> {
    let number = |text: &String| {
        text.trim()
            .parse()
            .map_err(|_| Error::Input(format!("--trim {text:?}: numbers are needed, with commas between")))
    };
    let standard = SoftLinear::default();
    let numbers = |texts: &Vec<String>| texts.iter().filter(|text| !text.is_empty()).map(number).collect();
    let trim: Option<Vec<f64>> = arguments.trim.as_ref().map(numbers).transpose()?;
    Ok(SoftLinear {
        shrinkage: arguments.shrinkage.unwrap_or(standard.shrinkage),
        components: arguments.components.unwrap_or(standard.components),
        seed: arguments.seed,
        trim: trim.unwrap_or(standard.trim),
        ..standard
    })
}
