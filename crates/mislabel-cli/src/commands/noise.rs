//! `mislabel noise`: given labels made from true ones.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use mislabel::core::{
    Labels, NoiseModel, NoiseTransition, NoisyLabels, PredictedProbabilities, ProbabilitySource as _,
};
use mislabel::io::{Classes, LabelColumn, LabelFile, LabelValues, ProbabilityFile, ReadOptions};
use mislabel::noise::{Asymmetric, ConfidenceBased, InstanceDependent, Recorded, Sampling, Symmetric, Transition};

use crate::failure::{Failure, Result, one_line};
use crate::inputs::files::{
    EmbeddingForm, LabelForm, LabelPlace, check_count, check_lengths, check_pair, has_extension, labelled_rows,
};
use crate::inputs::labelled_rows::LabelledRows;
use crate::output::label_output::write_labels;
use crate::output::output_file::check_output;
use crate::value_parsers::{seed, share, steepness};

const EXAMPLES: &str = "\
Examples:
  mislabel noise --true-labels true.npy --kind symmetric --rate 0.1 --seed 51 --out given.npy
  mislabel noise --true-labels true.npy --kind transition --transition T.npy --out given.npy
  mislabel noise --true-labels true.npy --kind confidence --pred-probs probs.npy --rate 0.2 --out given.npy
  mislabel noise --true-labels true.npy --kind recorded --recorded human.npy --rate 0.05 --out given.npy
  mislabel noise --true-labels true.npy --kind instance --embeddings embeddings.npy --rate 0.2 --out given.npy";

/// The arguments.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Noise {
    /// True labels: an array or a table of any kind
    #[arg(long = "true-labels", alias = "labels", value_name = "FILE")]
    labels: PathBuf,
    /// Array or column of the true labels
    #[arg(long = "true-labels-key", alias = "labels-key", value_name = "NAME")]
    labels_key: Option<String>,
    #[command(flatten)]
    form: LabelForm,
    /// The model of noise
    #[arg(long, value_name = "NAME")]
    kind: Kind,
    /// Share of the labels to make wrong, 0 to 1; needed by all kinds but transition and recorded
    #[arg(long, value_name = "R", value_parser = share, allow_negative_numbers = true)]
    rate: Option<f64>,
    /// Seed; same seed, same labels
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = seed, allow_negative_numbers = true)]
    seed: u64,
    /// Draw every sample on its own, so that rates are met on average instead of exactly
    #[arg(long)]
    independent: bool,
    /// Noise transition matrix, (k, k), rows true classes that sum to 1 (kind transition)
    #[arg(long, value_name = "FILE")]
    transition: Option<PathBuf>,
    /// Predicted probabilities, one row per sample (kind confidence)
    #[arg(long, value_name = "FILE")]
    pred_probs: Option<PathBuf>,
    /// Array of the predicted probabilities
    #[arg(long, alias = "predictions-key", value_name = "NAME", requires = "pred_probs")]
    pred_probs_key: Option<String>,
    /// Labels that annotators gave; without --rate, all of them (kind recorded)
    #[arg(long, value_name = "FILE")]
    recorded: Option<PathBuf>,
    /// Array or column of the annotators' labels
    #[arg(long, value_name = "NAME", requires = "recorded")]
    recorded_key: Option<String>,
    /// Embeddings, one row per sample (kind instance)
    #[arg(long, value_name = "FILE")]
    embeddings: Option<PathBuf>,
    #[command(flatten)]
    embedding_form: EmbeddingForm,
    /// How fast noise falls with the distance from other classes (kind instance) [default: 8]
    #[arg(long, value_name = "S", value_parser = steepness, allow_negative_numbers = true)]
    steepness: Option<f64>,
    /// Where to write the given labels: .npy of integers, or .txt with one label a line
    #[arg(long, alias = "output", value_name = "FILE")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Every other class is equally likely
    Symmetric,
    /// Class i becomes class i + 1
    Asymmetric,
    /// By a noise transition matrix
    Transition,
    /// A classifier's most likely wrong label
    Confidence,
    /// What annotators gave
    Recorded,
    /// Samples near another class become it
    Instance,
}

/// True labels, given ones made from them, and the rows that they are of.
struct Made {
    truth: LabelColumn,
    noisy: NoisyLabels,
    rows: LabelledRows,
}

impl Made {
    /// The given labels of all rows of the file, for the file `out`.
    fn labels(&self, out: &Path) -> Result<LabelValues> {
        let (labels, count) = (self.truth.written(self.noisy.given.values()), self.rows.left_out());
        self.rows.in_all_rows(labels, has_extension(out, &["txt"])).ok_or_else(|| Failure::Output {
            path: out.into(),
            reason: format!("{count} rows have no label, which integers cannot say: write the labels as .txt"),
        })
    }
}

impl Noise {
    pub(crate) fn run(&self) -> Result<()> {
        self.check_options()?;
        let places = [&self.transition, &self.pred_probs, &self.recorded, &self.embeddings];
        let mut inputs = vec![self.labels.as_path()];
        inputs.extend(places.into_iter().filter_map(Option::as_deref));
        check_output(&self.out, &["npy", "txt"], &inputs)?;
        let made = self.noisy()?;
        let noisy = &made.noisy;
        write_labels(&self.out, &made.labels(&self.out)?)?;
        let (n, wrong) = (noisy.errors.len(), noisy.errors.error_count());
        let mut out = stdout().lock();
        writeln!(out, "{n} labels, {wrong} of them wrong ({:.4})", noisy.errors.rate())?;
        made.rows.say_left_out(&mut out)?;
        for note in made.truth.notes() {
            writeln!(out, "note: {}", one_line(&note))?;
        }
        Ok(writeln!(out, "Written to {}", one_line(&self.out.display().to_string()))?)
    }

    /// Refuses options that the kind would ignore, and asks for those that it needs.
    fn check_options(&self) -> Result<()> {
        use Kind::{Asymmetric, Confidence, Instance, Recorded, Symmetric, Transition};
        // Name, whether given, the kinds that need it, the kinds that take it too.
        let rules: [(&str, bool, &[Kind], &[Kind]); 7] = [
            ("rate", self.rate.is_some(), &[Symmetric, Asymmetric, Confidence, Instance], &[Recorded]),
            ("independent", self.independent, &[], &[Symmetric, Asymmetric, Transition, Instance]),
            ("transition", self.transition.is_some(), &[Transition], &[]),
            ("pred-probs", self.pred_probs.is_some(), &[Confidence], &[]),
            ("recorded", self.recorded.is_some(), &[Recorded], &[]),
            ("embeddings", self.embeddings.is_some(), &[Instance], &[]),
            ("steepness", self.steepness.is_some(), &[], &[Instance]),
        ];
        let name = self.kind.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        for (option, given, needed, taken) in rules {
            let (needed, taken) = (needed.contains(&self.kind), taken.contains(&self.kind));
            match (given, needed, taken) {
                (false, true, _) => return Err(Failure::Arguments(format!("--kind {name} needs --{option}"))),
                (true, false, false) => {
                    return Err(Failure::Arguments(format!("--{option} is no option of --kind {name}")));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The true labels, and the given ones made from them.
    fn noisy(&self) -> Result<Made> {
        let file = self.form.read_partly(LabelPlace { path: &self.labels, key: self.labels_key.as_deref() })?;
        if let Some(path) = &self.recorded {
            return self.recorded_noise(&file, path);
        }
        let truth = file.column(&self.classes()?)?;
        let rows = LabelledRows::of(&[&file], &self.form)?;
        let labels = &truth.labels;
        let (rate, sampling) = (self.rate.unwrap_or_default(), self.sampling());
        let noisy = match (&self.transition, &self.pred_probs, &self.embeddings) {
            (Some(path), _, _) => self.transition_noise(labels, path)?,
            (_, Some(path), _) => self.confidence_noise(&truth, &file, path)?,
            (_, _, Some(path)) => self.instance_noise(&truth, &file, path)?,
            _ if self.kind == Kind::Asymmetric => {
                Asymmetric { rate, sampling, ..Asymmetric::default() }.corrupt(labels, self.seed)?
            }
            _ => Symmetric { rate, sampling }.corrupt(labels, self.seed)?,
        };
        Ok(Made { truth, noisy, rows })
    }

    /// The classes that the arguments name, or as many as the matrix or the predictions have.
    fn classes(&self) -> Result<Classes> {
        let columns =
            |path: &PathBuf, choice: &ReadOptions| Ok::<_, Failure>(ProbabilityFile::open(path, choice)?.shape().1);
        match (self.form.classes()?, &self.transition, &self.pred_probs) {
            (Classes::Observed, Some(path), _) => Ok(Classes::Count(columns(path, &self.form.choice())?)),
            (Classes::Observed, None, Some(path)) => Ok(Classes::Count(columns(path, &self.predictions_choice())?)),
            (classes, ..) => Ok(classes),
        }
    }

    fn predictions_choice(&self) -> ReadOptions {
        ReadOptions { array: self.pred_probs_key.clone(), ..self.form.choice() }
    }

    fn sampling(&self) -> Sampling {
        if self.independent { Sampling::Independent } else { Sampling::Exact }
    }

    fn recorded_noise(&self, truth: &LabelFile, path: &Path) -> Result<Made> {
        let recorded = self.form.read_partly(LabelPlace { path, key: self.recorded_key.as_deref() })?;
        check_lengths(&recorded, truth)?;
        let rows = LabelledRows::of(&[truth, &recorded], &self.form)?;
        let files = [truth, &recorded].map(|file| file.of_samples(&rows.kept));
        let mut columns = LabelFile::columns(&[&files[0], &files[1]], &self.form.classes()?)?;
        let (recorded, truth) = (columns.remove(1).labels, columns.remove(0));
        let noisy = Recorded { labels: recorded, rate: self.rate }.corrupt(&truth.labels, self.seed)?;
        Ok(Made { truth, noisy, rows })
    }

    fn transition_noise(&self, labels: &Labels, path: &Path) -> Result<NoisyLabels> {
        let content = |cause| Failure::Content { path: path.into(), cause };
        let matrix = ProbabilityFile::open(path, &self.form.choice())?.to_array()?;
        let matrix = NoiseTransition::from_true_rows(matrix).map_err(content)?;
        let model = Transition { matrix, sampling: self.sampling() };
        model.corrupt(labels, self.seed).map_err(content)
    }

    fn confidence_noise(&self, truth: &LabelColumn, file: &LabelFile, path: &Path) -> Result<NoisyLabels> {
        let content = |cause| Failure::Content { path: path.into(), cause };
        let rows = ProbabilityFile::open(path, &self.predictions_choice())?;
        check_count(file, path, rows.shape().0, "predictions")?;
        let rows = rows.with_rows(truth.rows().map(|row| row as u32).collect()).to_array()?;
        let model = ConfidenceBased::new(PredictedProbabilities::new(rows.view())?, self.rate.unwrap_or_default());
        model.corrupt(&truth.labels, self.seed).map_err(content)
    }

    fn instance_noise(&self, truth: &LabelColumn, file: &LabelFile, path: &Path) -> Result<NoisyLabels> {
        let embeddings = self.embedding_form.open(path, Some(file), &self.form, None)?;
        check_pair(&embeddings, truth, file)?;
        let embeddings = labelled_rows(embeddings, truth);
        let model = InstanceDependent::new(&embeddings, self.rate.unwrap_or_default());
        let steepness = self.steepness.unwrap_or(model.steepness);
        Ok(InstanceDependent { steepness, sampling: self.sampling(), ..model }.corrupt(&truth.labels, self.seed)?)
    }
}
