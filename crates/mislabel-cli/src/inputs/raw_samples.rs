//! Samples as people have them, without embeddings: pictures, texts.

use std::path::{Path, PathBuf};

use clap::Args;
#[cfg(feature = "embed")]
use clap::ValueEnum;

#[cfg(feature = "embed")]
use crate::failure::Failure;
use crate::failure::Result;
#[cfg(feature = "embed")]
use crate::value_parsers::share;

/// The heading of these options.
const RAW: &str = "Pictures and texts";

/// Whether a command can do without labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LabelNeed {
    /// Some samples at least need one.
    Any,
    /// It has no use for them.
    None,
}

/// Pictures or texts.
#[derive(Args, Debug)]
pub(crate) struct RawSamples {
    /// Pictures, in place of embeddings: a folder with a folder for every class, a table of paths or of pictures, as Hugging
    /// Face stores them, or tar files, as WebDataset packs them. Beside embeddings: what samples show, a folder with one for every sample in the order of their paths,
    /// or a list of files: .txt with one a line, or a table. Paths are relative to the table or list
    #[arg(long, value_name = "FOLDER|FILE", help_heading = RAW)]
    pub(crate) images: Option<PathBuf>,
    /// Texts, in place of embeddings: a table, or tar files. Beside embeddings: what samples show, .txt with one a line, or a table
    #[arg(long, value_name = "FILE", help_heading = RAW)]
    pub(crate) texts: Option<PathBuf>,
    /// Column of the table that has the paths or pictures; part of the samples in tar files (jpg)
    #[arg(long, alias = "path-column", value_name = "COLUMN", requires = "images", help_heading = RAW)]
    pub(crate) images_key: Option<String>,
    /// Column of the table that has the texts; part of the samples in tar files (txt)
    #[arg(long, alias = "text-column", value_name = "COLUMN", requires = "texts", help_heading = RAW)]
    pub(crate) texts_key: Option<String>,
    #[cfg(feature = "embed")]
    #[command(flatten)]
    pub(crate) embedding: EmbeddingOptions,
}

/// How samples are embedded.
#[cfg(feature = "embed")]
#[derive(Args, Debug)]
pub(crate) struct EmbeddingOptions {
    /// Model that makes the rows, in place of a first look: an ONNX file, or a folder with one. How it takes samples is read
    /// beside it: M.toml, preprocessor_config.json, tokenizer.json, … Needs a program built with the feature onnx
    #[arg(long, value_name = "M.onnx|FOLDER", help_heading = RAW)]
    pub(crate) model: Option<PathBuf>,
    /// How the model takes samples: clip, dinov2, imagenet, efficientnet-lite, sentence-transformers, or a file
    #[arg(long, value_name = "NAME|FILE.toml", requires = "model", help_heading = RAW)]
    pub(crate) model_preset: Option<String>,
    /// Tokens of a text at most [default: as the files beside the model say]
    #[arg(long, value_name = "N", requires = "model", help_heading = RAW)]
    pub(crate) max_tokens: Option<usize>,
    /// Embed only the samples of this split: train, val, test …
    #[arg(long, value_name = "NAME", help_heading = RAW)]
    pub(crate) split: Option<String>,
    /// Share of samples that may turn out unreadable; more are an error
    #[arg(long, value_name = "R", default_value_t = 0.1, value_parser = share, allow_negative_numbers = true, help_heading = RAW)]
    pub(crate) max_bad: f64,
    /// Fail if any sample cannot be embedded
    #[arg(long, help_heading = RAW)]
    pub(crate) strict: bool,
    /// Take pictures as they are stored, not as their metadata turn them (EXIF)
    #[arg(long, help_heading = RAW)]
    pub(crate) ignore_orientation: bool,
    /// What becomes of JPEG files that were cut off: what is missing is gray where they are kept
    #[arg(long, value_name = "WHAT", default_value = "skip", help_heading = RAW)]
    pub(crate) truncated: Truncated,
    /// Folder that rows are kept in, by the content of their samples, or none [default: mislabel/embed in the user's folder for
    /// caches]
    #[arg(long, value_name = "FOLDER|none", help_heading = RAW)]
    pub(crate) cache: Option<PathBuf>,
}

/// What becomes of JPEG files that were cut off.
#[cfg(feature = "embed")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Truncated {
    /// They are left out
    Skip,
    /// They are taken as far as they go
    Keep,
}

impl RawSamples {
    /// What is named, pictures or texts.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        [&self.images, &self.texts].into_iter().flatten().map(PathBuf::as_path)
    }

    /// Whether any is named.
    pub(crate) fn are_given(&self) -> bool {
        self.paths().next().is_some()
    }

    /// Refuses a model where nothing is embedded.
    pub(crate) fn without_model(&self) -> Result<()> {
        #[cfg(feature = "embed")]
        if self.embedding.model.is_some() {
            let problem = "--model makes rows of --images or --texts, in place of --embeddings and predictions";
            return Err(Failure::Arguments(problem.into()));
        }
        Ok(())
    }
}
