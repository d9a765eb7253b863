//! Options of methods on predictions.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use mislabel::io::{LabelFile, ReadOptions};
use mislabel::predictions::Certainty;

use crate::failure::Result;
use crate::inputs::class_prompts::is_template;
use crate::inputs::class_texts::{ClassTextPlace, ClassTexts};
use crate::inputs::files::{Budget, same_file};
use crate::inputs::predictions::{PredictionFile, check_key};
use crate::inputs::reading::{HeaderName, ReadingOptions};
use crate::value_parsers::positive;

const HEADING: &str = "Options of confident, mistakenness, zero-shot and coreset";

/// Where predictions come from, and how sure they are taken to be.
#[derive(Args, Debug)]
pub(crate) struct PredictionOptions {
    /// Out-of-sample predicted probabilities, a row per sample, a column per class; without them and --logits they are
    /// computed from the embeddings by a cross-validated logistic regression that does not learn from flagged labels (where they are
    /// many they lie in the file OUT.probabilities.npy until the end)
    #[arg(long, value_name = "FILE", help_heading = HEADING)]
    pub(crate) pred_probs: Option<PathBuf>,
    /// Logits, a row per sample, a column per class
    #[arg(long, value_name = "FILE", conflicts_with = "pred_probs", help_heading = HEADING)]
    pub(crate) logits: Option<PathBuf>,
    /// Array of the predictions in .npz and .safetensors, list column of a table
    #[arg(long, value_name = "NAME", help_heading = HEADING)]
    predictions_key: Option<String>,
    /// Whether the predictions start with a header line [default: as --header]
    #[arg(long, value_name = "WHETHER", help_heading = HEADING)]
    predictions_header: Option<HeaderName>,
    /// What makes a prediction sure, for mistakenness and zero-shot [default: entropy]
    #[arg(long, value_name = "NAME", help_heading = HEADING)]
    certainty: Option<CertaintyName>,
    /// What the classes are, for zero-shot: text embeddings, a row per class, by the model that embedded the samples; with
    /// --text-model texts, lines name,text in a file (several of a class are averaged), or a template such as
    /// "a photo of a {}", in which {} is the name of a class with blanks in place of underscores
    #[arg(long, value_name = "FILE|TEMPLATE", help_heading = HEADING)]
    class_texts: Option<PathBuf>,
    /// Model that embeds the class texts: an ONNX file, or a folder with one, that belongs to the one of the samples. Needs a
    /// program built with the feature onnx
    #[arg(long, value_name = "M.onnx|FOLDER", requires = "class_texts", help_heading = HEADING)]
    text_model: Option<PathBuf>,
    /// How that model takes texts: sentence-transformers, or a file [default: as the files beside it say]
    #[arg(long, value_name = "NAME|FILE.toml", requires = "text_model", help_heading = HEADING)]
    text_model_preset: Option<String>,
    /// Array of the class text embeddings in .npz and .safetensors, list column in .parquet
    #[arg(long, value_name = "NAME", requires = "class_texts", help_heading = HEADING)]
    class_texts_key: Option<String>,
    /// Temperature of the softmax over classes, for zero-shot; CLIP's trained value is 0.01 [default: 0.07]
    #[arg(long, value_name = "T", value_parser = positive, allow_negative_numbers = true, help_heading = HEADING)]
    pub(crate) temperature: Option<f64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum CertaintyName {
    /// exp(-H), H the entropy of the prediction
    Entropy,
    /// The probability of the predicted class
    Confidence,
}

impl PredictionOptions {
    /// The file of predictions, if one was named; the column of `labels` in the same table is left out, and so are those
    /// named `leave_out` where the table has them.
    pub(crate) fn open(
        &self,
        reading: &ReadingOptions,
        labels: &LabelFile,
        leave_out: &[String],
        memory: Budget,
    ) -> Result<Option<PredictionFile>> {
        let Some(path) = self.pred_probs.as_ref().or(self.logits.as_ref()) else { return Ok(None) };
        let key = self.predictions_key.as_deref();
        check_key(path, key, "predictions-key")?;
        let mut choice =
            ReadOptions { array: key.map(Into::into), ..reading.choice(self.predictions_header) }.within(memory);
        choice.columns.ignore.extend(leave_out.iter().cloned());
        choice.columns.ignore.extend(labels.column_name().filter(|_| same_file(path, labels.path())).map(Into::into));
        match self.pred_probs.is_some() {
            true => PredictionFile::probabilities(path, &choice).map(Some),
            false => PredictionFile::logits(path, &choice).map(Some),
        }
    }

    /// Whether a file of predictions was named.
    pub(crate) fn are_given(&self) -> bool {
        self.pred_probs.is_some() || self.logits.is_some()
    }

    /// Whether class texts were named.
    pub(crate) fn have_class_texts(&self) -> bool {
        self.class_texts.is_some()
    }

    /// The class text embeddings, if any were named; `classes` tells the names of the classes.
    pub(crate) fn class_texts(&self, classes: impl FnOnce() -> Result<Vec<String>>) -> Result<Option<ClassTexts>> {
        let Some(place) = self.class_texts.as_deref() else { return Ok(None) };
        let (key, model) = (self.class_texts_key.as_deref(), self.text_model.as_deref());
        let place = ClassTextPlace { place, key, model, preset: self.text_model_preset.as_deref() };
        ClassTexts::read(place, classes).map(Some)
    }

    /// Every file that is read.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        let is_file = |path: &&PathBuf| !path.to_str().is_some_and(is_template);
        let class_texts = self.class_texts.as_ref().filter(is_file);
        [self.pred_probs.as_ref(), self.logits.as_ref(), class_texts].into_iter().flatten().map(PathBuf::as_path)
    }

    pub(crate) fn certainty(&self) -> Certainty {
        match self.certainty {
            Some(CertaintyName::Entropy) => Certainty::Entropy,
            Some(CertaintyName::Confidence) => Certainty::Confidence,
            None => Certainty::default(),
        }
    }
}
