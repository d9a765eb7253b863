//! What a review reads: labels, what a method says of them, and what samples show.

use std::path::{Path, PathBuf};

use clap::Args;
use mislabel::core::{LabelIssues, LabelQuality, Labels, PartialLabels, Run};
use mislabel::io::{EmbeddingFile, IssueTable, LabelColumn, LabelFile, Unlabelled};
use mislabel::methods::{Dataset, PartialDataset};
use mislabel::posterior::{Posterior, SoftLinearPosterior};
use mislabel::review::{Samples, Suggestion};

use crate::failure::{Failure, Result};
#[cfg(feature = "app")]
use crate::inputs::embedded_files::EmbeddedFiles;
use crate::inputs::files::{EmbeddingForm, GivenLabels, LabelForm, LabelPlace, check_classes, check_pair};
use crate::inputs::pairing::Paired;
use crate::inputs::reading::FILES;
use crate::inputs::sample_tables::Beside;
use crate::output::output_file::{TABLES, check_output};
use crate::session::progress_bar::progress;
use crate::session::threads::Threads;

/// Up to this, rounding, a score is 1 − quality: the probability that the label is wrong.
const ROUNDING: f64 = 1e-9;

/// Where everything is.
struct Sources<'a> {
    place: LabelPlace<'a>,
    form: &'a LabelForm,
    /// What stands for no label.
    unlabelled: Unlabelled,
    issues: Option<&'a Path>,
    embeddings: Option<(&'a Path, &'a EmbeddingForm)>,
    samples: Option<&'a Path>,
    threads: Option<&'a Threads>,
}

/// Labels that a command can do without, with a table of issues or of samples beside them.
#[derive(Args)]
pub(crate) struct NamedLabels {
    /// The labels that the journal is about
    #[arg(id = "labels", long = "labels", value_name = "FILE")]
    path: Option<PathBuf>,
    /// Array or column of the labels
    #[arg(id = "labels_key", long = "labels-key", value_name = "NAME", help_heading = FILES)]
    key: Option<String>,
    #[command(flatten)]
    pub(crate) form: LabelForm,
}

impl NamedLabels {
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The samples with these labels, the `issues` of a method, and what the table of `samples` says; `None` without labels.
    pub(crate) fn reviewed(&self, issues: Option<&Path>, samples: Option<&Path>) -> Result<Option<Reviewed>> {
        let Some(path) = &self.path else { return Ok(None) };
        let place = LabelPlace { path, key: self.key.as_deref() };
        let (form, unlabelled) = (&self.form, self.form.reading.unlabelled());
        let sources = Sources { place, form, unlabelled, issues, embeddings: None, samples, threads: None };
        sources.read(false).map(Some)
    }
}

/// Samples under review.
#[derive(Args)]
pub(crate) struct ReviewedOptions {
    #[command(flatten)]
    pub(crate) labels: GivenLabels,
    /// Table of label issues as `mislabel detect` writes it; without one, the method posterior judges the labels
    #[arg(long, value_name = "FILE")]
    issues: Option<PathBuf>,
    /// Embeddings, one row per sample: to search similar samples, and to judge the labels where there is no --issues
    #[arg(id = "embeddings", long = "embeddings", value_name = "FILE")]
    embeddings: Option<PathBuf>,
    #[command(flatten)]
    embedding_form: EmbeddingForm,
    /// Table of the samples, of any kind: ids, paths of images or texts, further columns [default: what the tables of labels
    /// and embeddings say]
    #[arg(long, value_name = "FILE")]
    samples: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) threads: Threads,
}

/// Samples under review, and where they are from.
pub(crate) struct Reviewed {
    pub(crate) samples: Samples,
    pub(crate) given: LabelColumn,
    pub(crate) embeddings: Option<EmbeddingFile>,
    #[cfg_attr(not(feature = "app"), expect(dead_code, reason = "the page alone needs it"))]
    pub(crate) posterior: Option<Posterior>,
    /// The folder of the table that has the paths.
    #[cfg_attr(not(feature = "app"), expect(dead_code, reason = "the page alone needs it"))]
    pub(crate) folder: PathBuf,
    pub(crate) notes: Vec<String>,
}

impl ReviewedOptions {
    /// Refuses a table `out` that could not be written in the end, or that is read, as the `journal` is.
    pub(crate) fn check_table(&self, out: Option<&Path>, journal: Option<&Path>) -> Result<()> {
        let Some(out) = out else { return Ok(()) };
        let others = [&self.issues, &self.embeddings, &self.samples].into_iter().flatten().map(PathBuf::as_path);
        let inputs: Vec<&Path> = self.labels.paths().chain(others).chain(journal).collect();
        check_output(out, &TABLES, &inputs)
    }

    /// Reads everything, and judges the labels where there is no table of issues.
    pub(crate) fn read(&self) -> Result<Reviewed> {
        if self.issues.is_none() && self.embeddings.is_none() {
            return Err(Failure::Arguments("the labels have to be judged: give --issues or --embeddings".into()));
        }
        self.sources().read(true)
    }

    /// Reads everything; where there is no table of issues no label is suspect.
    pub(crate) fn read_unjudged(&self) -> Result<Reviewed> {
        self.sources().read(false)
    }

    /// The option of a table, where one is given.
    #[cfg(feature = "app")]
    pub(crate) fn tables(&self) -> Option<&'static str> {
        let labels = self.labels.place_if_given().map(|_| "--labels");
        labels.or(self.embeddings.as_ref().map(|_| "--embeddings")).or(self.samples.as_ref().map(|_| "--samples"))
    }

    /// Reads what was embedded in place of labels, embeddings, and samples, and judges the labels where there is no table of
    /// issues.
    #[cfg(feature = "app")]
    pub(crate) fn read_embedded(&self, embedded: &EmbeddedFiles) -> Result<Reviewed> {
        let sources = Sources {
            place: embedded.labels(),
            form: &self.labels.form,
            unlabelled: embedded.unlabelled(self.labels.form.reading.unlabelled()),
            issues: self.issues.as_deref(),
            embeddings: Some((embedded.embeddings(), &self.embedding_form)),
            samples: None,
            threads: Some(&self.threads),
        };
        let reviewed = sources.read(true).map_err(|failure| embedded.told(failure))?;
        let notes = [embedded.understanding().notes, reviewed.notes].concat();
        Ok(Reviewed { folder: embedded.root(), notes, ..reviewed })
    }

    fn sources(&self) -> Sources<'_> {
        Sources {
            place: self.labels.place(),
            form: &self.labels.form,
            unlabelled: self.labels.form.reading.unlabelled(),
            issues: self.issues.as_deref(),
            embeddings: self.embeddings.as_deref().map(|path| (path, &self.embedding_form)),
            samples: self.samples.as_deref(),
            threads: Some(&self.threads),
        }
    }
}

impl Sources<'_> {
    fn read(&self, judges: bool) -> Result<Reviewed> {
        let (path, form) = (self.place.path, self.form);
        let file = form.read_with(self.place, self.unlabelled.clone())?;
        let open = |(path, own): (&Path, &EmbeddingForm)| own.open(path, Some(&file), form, None);
        let embeddings = self.embeddings.map(open).transpose()?;
        let Paired { labels: file, embeddings, kept, joined, mut notes, .. } =
            Paired::new(file, embeddings, None, form)?;
        if kept.is_some() {
            let problem = "some samples have no row in the other table: a review needs tables of the same samples";
            return Err(Failure::Arguments(format!("{}: {problem}", path.display())));
        }
        let given = file.column(&form.classes()?)?;
        match &embeddings {
            Some(embeddings) => check_pair(embeddings, &given, &file)?,
            None => check_classes(&given.labels, path)?,
        }
        let partial = given.partial()?;
        let judged = self.judged(&given, &partial, embeddings.as_ref().filter(|_| judges))?;
        let Judged { issues, suggestions, posterior } = judged;
        let tells = issues
            .score()
            .iter()
            .zip(issues.quality().as_slice())
            .all(|(score, quality)| (score - (1.0 - quality)).abs() < ROUNDING);
        let mut samples = Samples::new(partial, issues)?.with_suggestions(suggestions)?;
        notes.extend(without_label(&samples, &file));
        if tells && (judges || self.issues.is_some()) {
            samples = samples.with_probabilities();
        }
        let beside = Beside { labels: &file, form, embeddings: embeddings.as_ref().filter(|_| !joined) };
        let (table, folder) = beside.sample_table(self.samples, &mut notes)?;
        if !table.is_empty() {
            samples = table.join(samples)?;
        }
        Ok(Reviewed { samples, given, embeddings, posterior, folder, notes })
    }

    /// What the table of issues says, or the posterior, with the posterior itself.
    fn judged(
        &self,
        given: &LabelColumn,
        partial: &PartialLabels,
        embeddings: Option<&EmbeddingFile>,
    ) -> Result<Judged> {
        if let Some(path) = self.issues {
            let refuse = |cause| Failure::Table { path: path.into(), cause };
            let table = IssueTable::read(path)?;
            let issues = table.label_issues(given).map_err(refuse)?;
            let suggested = table.suggestions(given).map_err(refuse)?.into_iter();
            let suggestion = |(class, confidence)| Suggestion { class, confidence };
            let suggestions = suggested.map(|found| found.map(suggestion)).collect();
            return Ok(Judged { issues, suggestions, posterior: None });
        }
        let (Some(embeddings), Some(threads)) = (embeddings, self.threads) else {
            let suggestions = vec![None; given.unlabelled.len()];
            return Ok(Judged { issues: without_suspects(&given.labels)?, suggestions, posterior: None });
        };
        let progress = progress(false);
        let run = Run::quiet().with_progress(&*progress);
        threads.run(|| fitted(partial, embeddings, &run))
    }
}

/// What a method says.
struct Judged {
    /// Of the samples with a label.
    issues: LabelIssues,
    /// Of the others.
    suggestions: Vec<Option<Suggestion>>,
    posterior: Option<Posterior>,
}

/// What the method posterior says, and what the samples without a label likely are.
fn fitted(partial: &PartialLabels, embeddings: &EmbeddingFile, run: &Run<'_>) -> Result<Judged> {
    let data = PartialDataset::new(partial).with_embeddings(embeddings);
    let fit = |data: &Dataset<'_>| {
        let embeddings = data.embeddings().expect("the dataset was given embeddings");
        Ok(SoftLinearPosterior::default().fitted(embeddings, data.given(), run)?.posterior)
    };
    let posterior = data.judged(fit)?;
    let suggestion = |class, confidence| Some(Suggestion { class, confidence: Some(confidence) });
    let suggested = data.suggestions(run)?.into_iter();
    let suggestions = suggested.map(|found| suggestion(found.class, found.confidence)).collect();
    Ok(Judged { issues: posterior.issues(posterior.default_rule())?, suggestions, posterior: Some(posterior) })
}

/// How many samples have no label, where some have none.
fn without_label(samples: &Samples, file: &LabelFile) -> Option<String> {
    let (count, written) = (file.unlabelled().len(), file.unlabelled_as().join(", "));
    let suggested = samples.suggestions().iter().flatten().count();
    (count > 0).then(|| format!("{count} samples have no label ({written}); one is suggested for {suggested} of them"))
}

/// Issues of labels that nobody judged: none is suspect.
fn without_suspects(given: &Labels) -> Result<LabelIssues> {
    let n = given.len();
    Ok(LabelIssues::new(LabelQuality::new(vec![1.0; n])?, vec![false; n], given.clone(), vec![0.0; n])?)
}
