//! A method, and what it needs.

use std::fmt;

use mislabel_core::{Detector, EmbeddingSource, LabelIssues, Labels, Run};

use crate::dataset::Dataset;
use crate::error::{Error, Missing, Result};
use crate::report::Report;

/// A method with its parameters in place.
///
/// Implementers promise the same report for the same data and parameters on any number of threads and within any memory
/// budget, and to stop within a second or two of work when the run says so.
pub trait Method: fmt::Debug + Send + Sync {
    /// The name in the table of methods.
    fn name(&self) -> &'static str;

    /// What the dataset must have.
    fn needs(&self) -> Needs;

    /// The parameters, as they can be read again.
    fn parameters(&self) -> serde_json::Value;

    /// Judges the given labels of `data`.
    ///
    /// # Errors
    /// [`Error::Missing`] when the dataset lacks what the method needs, and those of the work.
    fn report(&self, data: &Dataset<'_>, run: &Run<'_>) -> Result<Report>;
}

/// What a dataset must have for a method, beside given labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Needs {
    /// Embeddings.
    Embeddings,
    /// Predictions; embeddings serve where there are none: predictions are computed from them.
    PredictionsOrEmbeddings,
    /// Embeddings, and text embeddings of the class names.
    EmbeddingsAndClassTexts,
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Embeddings => "embeddings",
            Self::PredictionsOrEmbeddings => "predictions or embeddings",
            Self::EmbeddingsAndClassTexts => "embeddings and class texts",
        })
    }
}

/// The embeddings of `data`, which `method` cannot do without.
pub(crate) fn embeddings<'a>(method: &'static str, data: &Dataset<'a>) -> Result<&'a dyn EmbeddingSource> {
    data.embeddings().ok_or(Error::Missing { method, what: Missing::Embeddings })
}

/// A method is a detector on embeddings alone.
impl Detector for dyn Method {
    /// # Errors
    /// Those of the method; what it needs beside embeddings is missing.
    fn detect(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        run: &Run<'_>,
    ) -> mislabel_core::Result<LabelIssues> {
        let data = Dataset::new(given).with_embeddings(embeddings)?;
        self.report(&data, run).map(|report| report.issues).map_err(|error| match error {
            Error::Core(error) => error,
            other => mislabel_core::Error::other(other),
        })
    }
}
