//! Predictions and class text embeddings that methods read.

use std::path::{Path, PathBuf};

use mislabel::core::{EmbeddingSource, ProbabilitySource};
use mislabel::io::{EmbeddingFile, ProbabilityFile, ReadOptions};
use ndarray::Array2;

use mislabel::predictions::ZeroShot;

use crate::failure::{Failure, Result};
use crate::inputs::files::{Budget, NO_USE, has_extension, note_residence};

/// Predictions of some model for every sample.
pub(crate) enum PredictionFile {
    Probabilities(ProbabilityFile),
    Logits(EmbeddingFile),
}

impl PredictionFile {
    pub(crate) fn probabilities(path: &Path, key: Option<&str>, memory: Budget) -> Result<Self> {
        let choice = choice(path, key, "predictions-key")?.within(memory);
        let file = ProbabilityFile::open(path, &choice)?;
        note_residence(path, file.residence());
        Ok(Self::Probabilities(file))
    }

    pub(crate) fn logits(path: &Path, key: Option<&str>, memory: Budget) -> Result<Self> {
        let choice = choice(path, key, "predictions-key")?.within(memory);
        let file = EmbeddingFile::open(path, &choice)?;
        note_residence(path, file.residence());
        Ok(Self::Logits(file))
    }

    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Probabilities(file) => file.path(),
            Self::Logits(file) => file.path(),
        }
    }

    /// `(n, k)`.
    pub(crate) fn shape(&self) -> (usize, usize) {
        match self {
            Self::Probabilities(file) => file.shape(),
            Self::Logits(file) => file.shape(),
        }
    }
}

/// Text embeddings of the classes, `(k, d)`.
pub(crate) struct ClassTexts {
    pub(crate) path: PathBuf,
    pub(crate) embeddings: Array2<f32>,
}

impl ClassTexts {
    pub(crate) fn read(path: &Path, key: Option<&str>) -> Result<Self> {
        let file = EmbeddingFile::open(path, &choice(path, key, "class-texts-key")?)?;
        let embeddings = file.to_array().map_err(|cause| of_file(path, cause))?;
        ZeroShot::new(embeddings.clone()).map_err(|cause| of_file(path, cause))?;
        Ok(Self { path: path.into(), embeddings })
    }
}

fn choice(path: &Path, key: Option<&str>, option: &str) -> Result<ReadOptions> {
    if key.is_some() && !has_extension(path, &["npz", "safetensors", "parquet", "pq"]) {
        return Err(Failure::Arguments(format!("{}: --{option} {NO_USE}", path.display())));
    }
    Ok(ReadOptions { array: key.map(Into::into), ..ReadOptions::default() })
}

/// An error of a file that names it already, or of its content, which does not.
fn of_file(path: &Path, cause: mislabel::core::Error) -> Failure {
    match cause {
        mislabel::core::Error::Source { .. } => cause.into(),
        cause => Failure::Content { path: path.into(), cause },
    }
}
