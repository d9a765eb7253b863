//! `mislabel detect`: the label issues of a dataset, as a table.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use mislabel::consensus::Explanation;
use mislabel::core::{EmbeddingSource, Error, Run, StandardizedRows, VerifiedLabels};
use mislabel::io::LabelColumn;
use mislabel::methods::{Dataset, Entry, Method, PartialDataset, PartialReport, Report};

use crate::commands::detected::{Inputs, Sources};
use crate::failure::{Failure, Result};
use crate::inputs::embedded_files::EmbeddedFiles;
use crate::inputs::files::{EmbeddingForm, GivenLabels, LabelForm};
use crate::inputs::parameters::read_parameters;
use crate::inputs::raw_samples::{LabelNeed, RawSamples};
use crate::options::MethodOptions;
use crate::options::given::{GivenOptions, refuse_foreign};
use crate::options::method::{method, with_members};
use crate::options::parsers::method_parser;
use crate::output::explanations::{ExplanationRow, members, print_explanations};
use crate::output::json::{PerClass, print_json};
use crate::output::output_file::{TABLES, check_output};
use crate::output::summary::{Listing, Summary, print_text};
use crate::output::understanding::Understood;
use crate::session::progress_bar::progress;
use crate::session::resume::Resume;
use crate::session::threads::Threads;

const EXAMPLES: &str = "\
Examples:
  mislabel detect --embeddings embeddings.npy --labels labels.npy --out issues.csv
  mislabel detect --embeddings table.parquet --embeddings-key embedding \\
      --labels table.parquet --labels-key label --out issues.parquet --json
  mislabel detect --images photos/ --out issues.csv
  mislabel detect --texts questions.csv --texts-key text --labels-key intent --out issues.csv
  mislabel detect --method rer --embeddings features.csv --labels labels.txt --class-names names.txt \\
      --trim 1.06 --trim 1.03 --threshold 1.0 --out issues.jsonl
  mislabel detect --method confident --pred-probs pred_probs.npy --labels labels.npy \\
      --filter-by both --score normalized_margin --out issues.csv
  mislabel detect --method consensus --embeddings embeddings.npy --labels labels.npy \\
      --explain 17,204 --out issues.csv
  mislabel detect --method zero-shot --embeddings clip.npy --class-texts texts.npy \\
      --temperature 0.01 --labels labels.npy --out issues.csv
  mislabel detect --method zero-shot --texts questions.csv --labels-key intent --model minilm/ \\
      --class-texts 'a question about {}' --text-model minilm/ --out issues.csv
  mislabel detect --method posterior --verified review.csv \\
      --embeddings embeddings.npy --labels labels.npy --out issues.csv

  mislabel detect --table 's3://bucket/train/' --work 's3://bucket/run' --engine ballista://host:50050

The last is for tables larger than a machine: the program mislabel-worker, which is built apart, does the work
(docs/distributed.md; `mislabel detect --table --help` lists its options).

Every method has options of its own: `mislabel detect --method NAME --help` lists them, `mislabel methods` lists the
methods with what they need.

The table has one row per sample, in the order of the input: index, given_label, suggested_label,
quality (0 to 1, lower is more suspect), score and is_issue. The score is the method's own:
  rer, centroid, autoencoder   reconstruction error ratio, above 1 when another class fits better
  gaussian                     log likelihood ratio of the best other class, above 0 when it fits better
  posterior                    probability that the label is wrong
  consensus                    weighted sum of minus the logarithms of the members' ranks over n
  confident                    the score that --score names; the quality is the same number
  mistakenness, zero-shot      mistakenness, from 0 (sure of the given label) to 1 (sure of another)
  coreset                      importance over the mean of the given class
  simifeat, simifeat-vote      share of the random subsets in which the label was noisy
  knn, selfclean, wann, relation, shapley   as the quality, on the method's own scale: lower is more suspect

Beyond 31 classes and 16,384 samples the noise rate of rer is taken from 16,384 samples drawn with the seed, and printed
with the standard error of that (± one), as is how often --search N names another best class than a search of all.";

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
#[command(mut_arg("labels", |labels| labels.required(false).required_unless_present_any(["images", "texts"])))]
pub(crate) struct Detect {
    /// Embeddings, one row per sample: an array (.npy, .npz, .safetensors) or a table (.csv, .tsv, .txt, .jsonl, .json, .arrow,
    /// .feather, .parquet; text also with .gz or .zst), a folder of these, or a pattern in quotes
    #[arg(long, value_name = "FILE", required_unless_present_any = ["pred_probs", "logits", "images", "texts"])]
    pub(crate) embeddings: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) embedding_form: EmbeddingForm,
    #[command(flatten)]
    pub(crate) labels: GivenLabels,
    #[command(flatten)]
    pub(crate) raw: RawSamples,
    /// Where to write the table of label issues: .csv, .tsv, .jsonl or .parquet
    #[arg(long, alias = "output", value_name = "FILE")]
    out: PathBuf,
    /// True labels that someone looked up, with the columns index and true_label, as `mislabel review` asks for them: .csv,
    /// .tsv, .jsonl, .npz, .safetensors or .parquet. A sample without a given label is taken to be labelled so
    #[arg(long, value_name = "FILE", conflicts_with = "interval", help_heading = "Options of posterior")]
    verified: Option<PathBuf>,
    /// Put every feature on one scale first: centered on its median, divided by its spread
    #[arg(long, alias = "standardise")]
    standardize: bool,
    /// Print a summary as JSON
    #[arg(long)]
    json: bool,
    /// Print nothing but errors
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
    #[command(flatten)]
    resume: Resume,
    #[command(flatten)]
    threads: Threads,
    /// The method
    #[arg(long, value_name = "NAME", default_value = "posterior", value_parser = method_parser())]
    method: &'static Entry,
    /// Parameters of the method, in TOML or JSON, instead of its options: `mislabel methods NAME` prints the defaults
    #[arg(long, value_name = "FILE", conflicts_with = "seed")]
    params: Option<PathBuf>,
    /// Say why these samples are suspect, or are not: their numbers, comma-separated
    #[arg(long, value_name = "INDEX,...", value_delimiter = ',')]
    explain: Vec<usize>,
    #[command(flatten)]
    pub(crate) options: MethodOptions,
}

/// What was judged, and the report on it.
pub(crate) struct Judged<'a> {
    pub(crate) report: &'a PartialReport,
    pub(crate) data: &'a PartialDataset<'a>,
    pub(crate) inputs: &'a Inputs,
    sources: &'a Sources<'a>,
    /// The samples that were embedded for this.
    pub(crate) embedded: Option<&'a EmbeddedFiles>,
    /// The embeddings as they were judged.
    pub(crate) embeddings: Option<&'a dyn EmbeddingSource>,
    /// The verified labels, those of samples without a given one, too.
    known: Option<&'a VerifiedLabels>,
    explained: Vec<usize>,
    seconds: f64,
}

impl Detect {
    pub(crate) fn run(&self, options: &GivenOptions) -> Result<()> {
        check_output(&self.out, &TABLES, &self.inputs())?;
        if let Some(path) = self.raw.paths().next().filter(|_| !self.embeds()) {
            let path = path.display();
            return Err(Failure::Arguments(format!(
                "{path}: is of no use beside --embeddings or predictions, it shows samples to report"
            )));
        }
        self.judged(options, |judged| self.output(judged))
    }

    /// Writes the table of issues and says what was found.
    fn output(&self, judged: &Judged<'_>) -> Result<()> {
        let (report, given) = (&judged.report.report, &judged.inputs.given);
        judged.inputs.table(judged.report, judged.sources, judged.known)?.write(&self.out)?;
        let mut explanations = judged.data.judged(|data| Ok(self.explanations(report, data, &judged.explained)))??;
        let numbers = judged.inputs.numbers();
        explanations.iter_mut().for_each(|why| renumber(why, &numbers));
        let features = judged.embeddings.map(|source| source.shape().1);
        let mut summary = self.summary(report, given, features, judged.seconds);
        summary.samples = judged.inputs.partial.len();
        summary.read = self.understood(judged)?;
        if self.json {
            summary.explanations = explanations.iter().map(|why| ExplanationRow::new(why, given)).collect();
            return print_json(&summary);
        }
        if !self.quiet {
            let (names, verified) = (judged.inputs.names(), judged.known);
            print_text(&summary, report, &Listing { given, numbers: &numbers, names, verified })?;
        }
        print_explanations(&explanations, given)
    }

    /// Judges the labels and gives what was judged to `output`, which writes it; then removes the parts that were kept.
    pub(crate) fn judged(&self, options: &GivenOptions, output: impl FnOnce(&Judged<'_>) -> Result<()>) -> Result<()> {
        let methods = match self.method.name {
            "consensus" => with_members(self.method, &*self.parameterized()?),
            _ => vec![self.method],
        };
        refuse_foreign(&methods, options)?;
        self.refuse_idle(options)?;
        self.refuse_beside_parameters(options)?;
        let start = Instant::now();
        let method = self.parameterized()?;
        let embedded = self.embedded()?;
        let sources = self.sources(embedded.as_ref())?;
        let told = |failure| match &embedded {
            Some(embedded) => embedded.told(failure),
            None => failure,
        };
        let mut inputs = Inputs::read(&sources, &methods).map_err(told)?;
        if self.verified.is_some() && inputs.leaves_out() {
            return Err(Failure::Arguments("--verified is of no use where --id leaves samples out".into()));
        }
        let verified = self.verified.as_deref().map(|path| inputs.verify(path, &self.labels.form)).transpose()?;
        let explained = self.explained(&inputs.given)?;
        let standardized = self.standardized(&inputs)?;
        let embeddings = standardized.as_ref().map(|rows| rows as &dyn EmbeddingSource).or_else(|| inputs.embeddings());
        let data = inputs.data(embeddings, verified.as_ref().map(|joined| &joined.verified));
        let mut work = self.work(&*method, options);
        embedded.iter().for_each(|embedded| work.push_str(&embedded.work()));
        let parts = self.resume.parts(&self.out, &self.files(), &work)?;
        let progress = progress(self.quiet);
        let held = inputs.held_bytes();
        let run = Run::quiet().with_progress(&*progress).with_memory(self.options.reconstruction.memory);
        let run = parts.watched(run.with_scratch(&self.out)).without(held);
        let report = self.threads.run(|| Ok(data.report(&*method, &run)?));
        let report = &report.map_err(|failure| self.of_parameters(failure))?;
        drop(progress);
        let seconds = start.elapsed().as_secs_f64();
        output(&Judged {
            report,
            data: &data,
            inputs: &inputs,
            sources: &sources,
            embedded: embedded.as_ref(),
            embeddings,
            known: verified.as_ref().map(|joined| &joined.known),
            explained,
            seconds,
        })?;
        parts.remove()
    }

    /// The embeddings with their columns on one scale, where that is asked for.
    fn standardized<'a>(&self, inputs: &'a Inputs) -> Result<Option<StandardizedRows<&'a dyn EmbeddingSource>>> {
        match (self.standardize, inputs.embeddings()) {
            (true, Some(source)) => Ok(Some(StandardizedRows::new(source)?)),
            (true, None) => Err(Failure::Arguments("--standardize needs --embeddings".into())),
            (false, _) => Ok(None),
        }
    }

    /// The pictures or texts that stand in place of embeddings, embedded.
    fn embedded(&self) -> Result<Option<EmbeddedFiles>> {
        if !self.embeds() {
            return self.raw.without_model().map(|()| None);
        }
        if self.labels.place_if_given().is_some() {
            return Err(Failure::Arguments(
                "--labels: the labels come with the pictures or texts (folders, or --labels-key); beside --labels, embed first"
                    .into(),
            ));
        }
        let (label, form) = (self.labels.key(), &self.labels.form);
        EmbeddedFiles::new(&self.raw, label, LabelNeed::Any, form, Some(&self.out), self.quiet, &self.threads).map(Some)
    }

    /// Whether pictures or texts are embedded.
    pub(crate) fn embeds(&self) -> bool {
        let predicts = self.options.predictions.are_given();
        self.embeddings.is_none() && !predicts && self.raw.are_given()
    }

    fn sources<'a>(&'a self, embedded: Option<&'a EmbeddedFiles>) -> Result<Sources<'a>> {
        let form = &self.labels.form;
        let given = || {
            let missing = "the following required arguments were not provided: --labels <FILE>";
            self.labels.place_if_given().ok_or_else(|| Failure::Arguments(missing.into()))
        };
        Ok(Sources {
            labels: embedded.map_or_else(given, |embedded| Ok(embedded.labels()))?,
            form,
            unlabelled: embedded
                .map_or_else(|| form.reading.unlabelled(), |embedded| embedded.unlabelled(form.reading.unlabelled())),
            embeddings: embedded.map_or(self.embeddings.as_deref(), |embedded| Some(embedded.embeddings())),
            embedding_form: &self.embedding_form,
            options: &self.options,
        })
    }

    /// What was read as what, and what is odd about it.
    pub(crate) fn understood(&self, judged: &Judged<'_>) -> Result<Understood> {
        let mut understood = judged.inputs.understood(judged.embeddings, self.standardize, &judged.report.report)?;
        understood.replace_embedded(judged.embedded);
        Ok(understood)
    }

    /// What is read.
    pub(crate) fn inputs(&self) -> Vec<&Path> {
        self.files().into_iter().chain(self.raw.paths()).collect()
    }

    /// The files that are read, without pictures and texts.
    fn files(&self) -> Vec<&Path> {
        let mut inputs: Vec<&Path> = self.labels.paths().collect();
        inputs.extend(self.embeddings.as_deref());
        inputs.extend(self.options.predictions.paths());
        inputs.extend(self.verified.as_deref());
        inputs.extend(self.params.as_deref());
        inputs
    }

    pub(crate) fn out(&self) -> &Path {
        &self.out
    }

    /// Where the labels come from.
    pub(crate) fn labels_path(&self) -> &Path {
        let given = self.labels.place_if_given().map(|place| place.path);
        given.or_else(|| self.raw.paths().next()).unwrap_or(Path::new(""))
    }

    pub(crate) fn label_form(&self) -> &LabelForm {
        &self.labels.form
    }

    /// Where the embeddings come from.
    pub(crate) fn embeddings_path(&self) -> Option<&Path> {
        self.embeddings.as_deref().or_else(|| self.raw.paths().next().filter(|_| self.embeds()))
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    pub(crate) fn threads(&self) -> &Threads {
        &self.threads
    }

    /// The seed; `None` where a file of parameters has the seeds.
    pub(crate) fn seed(&self) -> Option<u64> {
        self.params.is_none().then_some(self.options.reconstruction.seed)
    }

    /// The method with its parameters: those of the file, or those of the options.
    fn parameterized(&self) -> Result<Box<dyn Method>> {
        let Some(path) = &self.params else { return method(self.method, &self.options) };
        read_parameters(self.method, path)
    }

    /// `failure`, with the file that has the parameter where a parameter makes no sense.
    fn of_parameters(&self, failure: Failure) -> Failure {
        match (&self.params, failure) {
            (Some(path), Failure::Core(cause @ Error::Parameter { .. })) => {
                Failure::Content { path: path.clone(), cause }
            }
            (_, failure) => failure,
        }
    }

    /// What the finished parts of a run are of: parameters, and how the files are read.
    fn work(&self, method: &dyn Method, options: &GivenOptions) -> String {
        let given: Vec<&str> = options.names().collect();
        format!(
            "{} {} options {given:?} standardize {} embeddings {:?} {:?} labels {:?} verified {:?} predictions {:?}",
            method.name(),
            method.parameters(),
            self.standardize,
            self.embeddings,
            self.embedding_form,
            self.labels,
            self.verified,
            self.options.predictions,
        )
    }

    /// Why the samples that `--explain` names are suspect.
    fn explanations(&self, report: &Report, data: &Dataset<'_>, samples: &[usize]) -> Result<Vec<Explanation>> {
        let Some(embeddings) = data.embeddings() else { return Ok(Vec::new()) };
        let progress = progress(self.quiet);
        let run = Run::quiet().with_progress(&*progress);
        Ok(report.explainer().explanations(embeddings, data.given(), samples, &run)?)
    }

    /// Refuses options of a training that does not take place.
    fn refuse_idle(&self, options: &GivenOptions) -> Result<()> {
        let predicted = self.options.predictions.are_given();
        match ["folds", "in-sample", "l2", "no-prune"].into_iter().find(|option| predicted && options.has(option)) {
            Some(option) => Err(Failure::Arguments(format!("--{option} is of no use where predictions are given"))),
            None if options.has("predictions-key") && !predicted => {
                Err(Failure::Arguments("--predictions-key needs --pred-probs or --logits".into()))
            }
            None if options.has("predictions-header") && !predicted => {
                Err(Failure::Arguments("--predictions-header needs --pred-probs or --logits".into()))
            }
            None => Ok(()),
        }
    }

    /// Refuses options of the method beside a file of its parameters.
    fn refuse_beside_parameters(&self, options: &GivenOptions) -> Result<()> {
        let files = [
            "pred-probs",
            "logits",
            "predictions-key",
            "predictions-header",
            "class-texts",
            "class-texts-key",
            "verified",
        ];
        let other = options.names().find(|name| !files.contains(name));
        match (&self.params, other) {
            (Some(_), Some(option)) => Err(Failure::Arguments(format!("--{option} is of no use beside --params"))),
            _ => Ok(()),
        }
    }

    /// The samples to explain, numbered among those with a label; refuses others before long work.
    fn explained(&self, given: &LabelColumn) -> Result<Vec<usize>> {
        let samples = given.samples();
        let refuse = |reason: String| Err(Failure::Arguments(format!("--explain {reason}")));
        if let Some(sample) = self.explain.iter().find(|sample| **sample >= samples) {
            return refuse(format!("{sample}: the samples are numbered from 0 to {}", samples - 1));
        }
        if let Some(sample) = self.explain.iter().find(|sample| given.unlabelled.binary_search(sample).is_ok()) {
            return refuse(format!("{sample}: the sample has no label to explain"));
        }
        if !self.explain.is_empty() && self.embeddings.is_none() {
            return refuse("needs --embeddings".into());
        }
        let place = |sample: &usize| sample - given.unlabelled.partition_point(|missing| missing < sample);
        Ok(self.explain.iter().map(place).collect())
    }

    fn summary<'a>(
        &'a self,
        report: &'a Report,
        given: &'a LabelColumn,
        features: Option<usize>,
        seconds: f64,
    ) -> Summary<'a> {
        Summary {
            samples: given.labels.len(),
            features,
            classes: given.labels.class_count(),
            flagged: report.issues.flagged(),
            noise_rate: report.noise_rate,
            noise_rate_standard_error: match (report.noise_interval, report.sampled) {
                (Some(interval), _) => Some(interval.standard_error()),
                (None, sampling) => sampling.and_then(|sampling| sampling.noise_rate_standard_error),
            },
            sampling: report.sampled,
            precision: report.precision.map(|precision| precision.value()),
            precision_standard_error: report.precision.map(|precision| precision.standard_error()),
            threshold: report.threshold,
            difficulty: report.difficulty,
            class_difficulty: PerClass { labels: &given.labels, values: &report.class_difficulty },
            neighbor_recall: report.recall.map(|recall| recall.share.value()),
            neighbor_recall_standard_error: report.recall.map(|recall| recall.share.standard_error()),
            seconds,
            method: self.method.name,
            seed: self.seed(),
            version: env!("CARGO_PKG_VERSION"),
            out: &self.out,
            read: Understood::default(),
            members: report.consensus.as_ref().map(|(combined, _)| members(combined)).unwrap_or_default(),
            explanations: Vec::new(),
        }
    }
}

/// Numbers samples as the file of labels does.
fn renumber(why: &mut Explanation, numbers: &[usize]) {
    why.sample = numbers[why.sample];
    why.same_class.iter_mut().chain(&mut why.other_classes).for_each(|near| near.sample = numbers[near.sample]);
}
