//! Predictions that methods read.

use std::path::Path;

use mislabel::core::{EmbeddingSource, ProbabilitySource};
use mislabel::io::{EmbeddingFile, PredictionColumns, ProbabilityFile, ReadOptions, SampleColumn, Understanding};
use ndarray::Array2;

use mislabel::methods::Predictions;

use crate::failure::{Failure, Result};
use crate::inputs::files::{NO_USE, has_extension, note_residence};

/// Predictions of some model for every sample.
pub(crate) enum PredictionFile {
    Probabilities(ProbabilityFile),
    Logits(EmbeddingFile),
}

impl PredictionFile {
    pub(crate) fn probabilities(path: &Path, choice: &ReadOptions) -> Result<Self> {
        let file = ProbabilityFile::open(path, choice)?;
        note_residence(path, file.residence());
        Ok(Self::Probabilities(file))
    }

    pub(crate) fn logits(path: &Path, choice: &ReadOptions) -> Result<Self> {
        let file = EmbeddingFile::open_logits(path, choice)?;
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

    pub(crate) fn as_predictions(&self) -> Predictions<'_> {
        match self {
            Self::Probabilities(file) => Predictions::Probabilities(file),
            Self::Logits(file) => Predictions::Logits(file),
        }
    }

    /// What was read as what.
    pub(crate) fn understanding(&self) -> &Understanding {
        match self {
            Self::Probabilities(file) => file.understanding(),
            Self::Logits(file) => file.understanding(),
        }
    }

    /// The columns, for the classes to be matched with.
    pub(crate) fn columns(&self) -> Result<PredictionColumns> {
        let (path, names) = match self {
            Self::Probabilities(file) => (file.path(), file.column_names()),
            Self::Logits(file) => (file.path(), file.column_names()),
        };
        let (path, names) = (path.to_owned(), names.map(<[String]>::to_vec));
        Ok(PredictionColumns { path, count: self.shape().1, names, largest: self.largest()? })
    }

    /// The columns of ids of the samples, best first.
    pub(crate) fn id_columns(&self) -> &[SampleColumn] {
        match self {
            Self::Probabilities(file) => file.id_columns(),
            Self::Logits(file) => file.id_columns(),
        }
    }

    /// The same with row i taken from row `rows[i]`.
    pub(crate) fn with_rows(self, rows: Vec<u32>) -> Self {
        match self {
            Self::Probabilities(file) => Self::Probabilities(file.with_rows(rows)),
            Self::Logits(file) => Self::Logits(file.with_rows(rows)),
        }
    }

    /// The same with column i taken from column `order[i]`.
    pub(crate) fn with_columns(self, order: Vec<usize>) -> Self {
        match self {
            Self::Probabilities(file) => Self::Probabilities(file.with_columns(order)),
            Self::Logits(file) => Self::Logits(file.with_columns(order)),
        }
    }

    /// The column with the largest value in each of the first rows.
    fn largest(&self) -> Result<Vec<u32>> {
        let (n, k) = self.shape();
        if k == 1 {
            return Ok(Vec::new());
        }
        let rows = n.min((LOOKED_AT / k).max(1));
        let place = |values: &mut dyn Iterator<Item = f64>| {
            let largest = values.enumerate().max_by(|(_, one), (_, other)| one.total_cmp(other));
            largest.map_or(0, |(place, _)| place as u32)
        };
        match self {
            Self::Probabilities(file) => {
                let mut block = Array2::zeros((rows, k));
                file.read_rows(0, block.view_mut())?;
                Ok(block.rows().into_iter().map(|row| place(&mut row.iter().copied())).collect())
            }
            Self::Logits(file) => {
                let mut block = Array2::zeros((rows, k));
                file.read_rows(0, block.view_mut())?;
                Ok(block.rows().into_iter().map(|row| place(&mut row.iter().map(|value| f64::from(*value)))).collect())
            }
        }
    }
}

/// Predictions that are looked at to see whether labels count from 1.
const LOOKED_AT: usize = 1 << 22;

/// Refuses a key where there is nothing to choose.
pub(crate) fn check_key(path: &Path, key: Option<&str>, option: &str) -> Result<()> {
    match key.is_some() && has_extension(path, &["npy"]) {
        true => Err(Failure::Arguments(format!("{}: --{option} {NO_USE}", path.display()))),
        false => Ok(()),
    }
}

/// An error of a file that names it already, or of its content, which does not.
pub(crate) fn of_file(path: &Path, cause: mislabel::core::Error) -> Failure {
    match cause {
        mislabel::core::Error::Source { .. } => cause.into(),
        cause => Failure::Content { path: path.into(), cause },
    }
}
