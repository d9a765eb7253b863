//! `mislabel difficulty`: how hard a dataset and its classes are to tell apart.

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use mislabel::core::{Labels, Run};
use mislabel::io::{EmbeddingFile, LabelFile};
use mislabel::methods::{Entry, RatioMethod, Sampled, reconstruction_errors};
use mislabel::rer::{
    Difficulty as MeanRatios, DifficultyScale, KMeans, Ratios, SampleSizeCurve, SampleSizeFit, SampleSizePoint,
};
use serde::Serialize;

use crate::failure::{Failure, Result, one_line};
use crate::inputs::embedded_files::EmbeddedFiles;
use crate::inputs::files::{Embeddings, LabelForm, LabelPlace, check_pair, labelled_rows};
use crate::inputs::raw_samples::{LabelNeed, RawSamples};
use crate::options::ReconstructionOptions;
use crate::options::given::{GivenOptions, refuse_foreign};
use crate::options::method::ratio;
use crate::options::parsers::ratio_method_parser;
use crate::output::json::{PerClass, print_json};
use crate::output::understanding::Understood;
use crate::session::progress_bar::progress;
use crate::session::threads::Threads;
use crate::value_parsers::{calibration, clusters};

const EXAMPLES: &str = "\
Examples:
  mislabel difficulty --embeddings embeddings.npy --labels labels.npy
  mislabel difficulty --embeddings embeddings.npy --labels labels.npy --curve --json
  mislabel difficulty --images photos/
  mislabel difficulty --embeddings embeddings.npy --label-free --clusters 20 --calibration 0.7:1.1

Difficulty is the mean reconstruction error ratio: the error of a sample under its own class over the
least error under another class. Below 1 classes are told apart; at 1 they are alike. The named
calibrations hold for the paper's autoencoder on that extractor's features, not for other methods.";

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
#[command(mut_arg("embeddings", |file| file.required(false).required_unless_present_any(["images", "texts"])))]
pub(crate) struct Difficulty {
    #[command(flatten)]
    embeddings: Embeddings,
    #[command(flatten)]
    raw: RawSamples,
    /// Labels: an array or a table of any kind; may be the file of the embeddings
    #[arg(long, value_name = "FILE", required_unless_present_any = ["label_free", "images", "texts"], conflicts_with = "label_free")]
    labels: Option<PathBuf>,
    /// Array or column of the labels
    #[arg(long, value_name = "NAME", conflicts_with = "label_free")]
    labels_key: Option<String>,
    #[command(flatten)]
    form: LabelForm,
    /// Take clusters of the embeddings for classes
    #[arg(long)]
    label_free: bool,
    /// Number of clusters [default: 10]
    #[arg(long, value_name = "K", conflicts_with = "labels", value_parser = clusters, allow_negative_numbers = true)]
    clusters: Option<usize>,
    /// Also measure the difficulty with fewer samples per class, and what unlimited samples would leave of it
    #[arg(long)]
    curve: bool,
    /// Also put the difficulty on a scale from 0 to 1: clip-vit-l-14, clip-vit-b-32, dinov2, resnet-50 or LOW:HIGH
    #[arg(long, value_name = "SCALE", value_parser = calibration, allow_hyphen_values = true)]
    calibration: Option<DifficultyScale>,
    /// Print the difficulties as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    threads: Threads,
    /// The method whose reconstruction errors are compared
    #[arg(long, value_name = "NAME", default_value = "rer", value_parser = ratio_method_parser())]
    method: &'static Entry,
    #[command(flatten)]
    options: ReconstructionOptions,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Summary<'a> {
    #[serde(rename = "n")]
    samples: usize,
    #[serde(rename = "k")]
    classes: usize,
    label_free: bool,
    #[serde(rename = "dataset_difficulty")]
    difficulty: f64,
    scaled_difficulty: Option<f64>,
    #[serde(rename = "class_difficulties")]
    class_difficulty: PerClass<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sampling: Option<Sampled>,
    curve: Option<Curve>,
    seconds: f64,
    method: &'static str,
    seed: u64,
    version: &'static str,
    /// What was read as what.
    read: Understood,
}

/// Mean ratios at several numbers of samples per class, and the curve limit + amplitude / (m + offset) through them.
#[derive(Serialize)]
struct Curve {
    points: Vec<Point>,
    limit: f64,
    amplitude: f64,
    offset: f64,
    residual: f64,
    at_bound: bool,
}

#[derive(Serialize)]
struct Point {
    samples_per_class: f64,
    difficulty: f64,
    deviation: f64,
}

/// What is measured with one set of labels.
struct Measured {
    means: MeanRatios,
    curve: Option<Curve>,
    sampling: Option<Sampled>,
}

impl Difficulty {
    pub(crate) fn run(&self, given: &GivenOptions) -> Result<()> {
        refuse_foreign(&[self.method], given)?;
        let method = ratio(self.method, &self.options)?;
        if self.label_free && self.form.names_classes() {
            return Err(Failure::Arguments("--class-names cannot be used with --label-free".into()));
        }
        let start = Instant::now();
        let progress = progress(false);
        let run = Run::quiet().with_progress(&*progress).with_memory(self.options.memory);
        let embedded = self.embedded()?;
        let (embeddings, labels, understood) = self.threads.run(|| self.read(embedded.as_ref(), &run))?;
        let measured = self.threads.run(|| self.measure(&*method, &embeddings, &labels, &run))?;
        drop(progress);
        let Measured { means, curve, sampling } = measured;
        let summary = Summary {
            samples: labels.len(),
            classes: labels.class_count(),
            label_free: self.label_free,
            difficulty: means.dataset,
            scaled_difficulty: self.calibration.map(|scale| scale.difficulty(means.dataset)).transpose()?,
            class_difficulty: PerClass { labels: &labels, values: &means.classes },
            sampling,
            curve,
            seconds: start.elapsed().as_secs_f64(),
            method: self.method.name,
            seed: self.options.seed,
            version: env!("CARGO_PKG_VERSION"),
            read: understood,
        };
        match self.json {
            true => print_json(&summary),
            false => print_text(&summary),
        }
    }

    /// The pictures or texts that stand in place of embeddings, embedded.
    fn embedded(&self) -> Result<Option<EmbeddedFiles>> {
        if !self.raw.are_given() {
            return self.raw.without_model().map(|()| None);
        }
        if self.embeddings.path().is_some() || self.labels.is_some() {
            return Err(Failure::Arguments(
                "--images and --texts bring embeddings and labels: leave --embeddings and --labels out".into(),
            ));
        }
        let needs = if self.label_free { LabelNeed::None } else { LabelNeed::Any };
        let label = self.labels_key.as_deref();
        EmbeddedFiles::new(&self.raw, label, needs, &self.form, None, false, &self.threads).map(Some)
    }

    /// The embeddings, and their labels or the clusters that stand for them.
    fn read(&self, embedded: Option<&EmbeddedFiles>, run: &Run<'_>) -> Result<(EmbeddingFile, Labels, Understood)> {
        let open = |labels: Option<&LabelFile>| match embedded {
            Some(files) => self.embeddings.open_at(files.embeddings(), labels, &self.form, self.options.memory),
            None => self.embeddings.open(labels, &self.form, self.options.memory),
        };
        let given = self.labels.as_deref().map(|path| LabelPlace { path, key: self.labels_key.as_deref() });
        let place = given.or_else(|| embedded.filter(|_| !self.label_free).map(EmbeddedFiles::labels));
        let Some(place) = place else {
            let embeddings = open(None)?;
            let default = KMeans::default();
            let clusters = self.clusters.unwrap_or(default.clusters);
            let labels = KMeans { clusters, seed: self.options.seed, ..default }.labels(&embeddings, run)?;
            let mut understood = Understood::default();
            understood.add(embeddings.understanding());
            understood.replace_embedded(embedded);
            return Ok((embeddings, labels, understood));
        };
        let unlabelled = self.form.reading.unlabelled();
        let unlabelled = embedded.map_or(unlabelled.clone(), |files| files.unlabelled(unlabelled));
        let labels = self.form.read_with(place, unlabelled)?;
        let given = labels.column(&self.form.classes()?)?;
        let embeddings = open(Some(&labels))?;
        check_pair(&embeddings, &given, &labels)?;
        let mut understood = Understood::of_pair(&labels, &given, &embeddings)?;
        understood.replace_embedded(embedded);
        Ok((labelled_rows(embeddings, &given), given.labels, understood))
    }

    fn measure(
        &self,
        method: &dyn RatioMethod,
        embeddings: &EmbeddingFile,
        labels: &Labels,
        run: &Run<'_>,
    ) -> Result<Measured> {
        let (errors, sampling) = reconstruction_errors(method, embeddings, labels, run)?;
        let means = MeanRatios::new(&Ratios::new(&errors, labels)?, labels)?;
        if !self.curve {
            return Ok(Measured { means, curve: None, sampling });
        }
        let curve = SampleSizeCurve { seed: self.options.seed, ..SampleSizeCurve::default() };
        let points = curve.points(&*method.reconstruction()?, embeddings, labels, run)?;
        Ok(Measured { means, curve: Some(Curve::through(&points)?), sampling })
    }
}

impl Curve {
    fn through(points: &[SampleSizePoint]) -> Result<Self> {
        let SampleSizeFit { limit, amplitude, offset, residual, at_bound, .. } = SampleSizeFit::new(points)?;
        let point = |point: &SampleSizePoint| Point {
            samples_per_class: point.samples_per_class,
            difficulty: point.mean_ratio,
            deviation: point.deviation,
        };
        Ok(Self { points: points.iter().map(point).collect(), limit, amplitude, offset, residual, at_bound })
    }
}

fn print_text(summary: &Summary<'_>) -> Result<()> {
    let mut out = stdout().lock();
    summary.read.print(&mut out)?;
    let Summary { samples, classes, difficulty, method, seconds, .. } = summary;
    let kind = if summary.label_free { "clusters" } else { "classes" };
    writeln!(out, "{samples} samples, {classes} {kind}; method {method}, {seconds:.2} s\n")?;
    writeln!(out, "  difficulty   {difficulty:.4}")?;
    if let Some(scaled) = summary.scaled_difficulty {
        writeln!(out, "  scaled       {scaled:.4} (0 easiest, 1 hardest)")?;
    }
    if let Some(search) = summary.sampling.and_then(|sampling| sampling.search()) {
        writeln!(out, "  search       {search}")?;
    }
    writeln!(out, "\nBy class, hardest first:\n")?;
    print_classes(&mut out, &summary.class_difficulty)?;
    if let Some(curve) = &summary.curve {
        print_curve(&mut out, curve)?;
    }
    Ok(out.flush()?)
}

fn print_classes(out: &mut impl Write, classes: &PerClass<'_>) -> Result<()> {
    let mut order: Vec<usize> = (0..classes.values.len()).collect();
    let value = |class: usize| classes.values[class].unwrap_or(f64::NEG_INFINITY);
    order.sort_by(|&a, &b| value(b).total_cmp(&value(a)));
    for class in order {
        let name = one_line(&classes.labels.class_name(class));
        match classes.values[class] {
            Some(difficulty) => writeln!(out, "  {difficulty:.4}  {name}")?,
            None => writeln!(out, "       -  {name} (no samples)")?,
        }
    }
    Ok(())
}

fn print_curve(out: &mut impl Write, curve: &Curve) -> Result<()> {
    writeln!(out, "\nBy samples per class:\n")?;
    for point in &curve.points {
        writeln!(out, "  {:>8}  {:.4}  (deviation {:.4})", point.samples_per_class, point.difficulty, point.deviation)?;
    }
    writeln!(out, "  no limit  {:.4}", curve.limit)?;
    if curve.at_bound {
        writeln!(out, "\nThe points do not determine the limit: take it for a guess.")?;
    }
    Ok(())
}
