//! What is judged.

use std::fmt;

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{EmbeddingSource, Labels, ProbabilitySource, Result, VerifiedLabels};
use ndarray::ArrayView2;

/// Predictions of some model for every sample.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Predictions<'a> {
    /// Predicted probabilities, `(n, k)`, out-of-sample.
    Probabilities(&'a dyn ProbabilitySource),
    /// Logits, `(n, k)`.
    Logits(&'a dyn EmbeddingSource),
}

impl Predictions<'_> {
    /// `(n, k)`: samples and classes.
    pub fn shape(&self) -> (usize, usize) {
        match self {
            Self::Probabilities(source) => source.shape(),
            Self::Logits(source) => source.shape(),
        }
    }
}

impl fmt::Debug for Predictions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Probabilities(_) => "Probabilities",
            Self::Logits(_) => "Logits",
        };
        f.debug_tuple(name).field(&self.shape()).finish()
    }
}

/// Given labels of n samples over k classes, with everything that methods can judge them by.
///
/// ```
/// use mislabel_core::{Embeddings, Labels};
/// use mislabel_methods::Dataset;
/// use ndarray::array;
///
/// let given = Labels::new(vec![0, 1, 1], 2)?;
/// let rows = array![[0.0_f32, 1.0], [1.0, 0.0], [0.9, 0.1]];
/// let embeddings = Embeddings::new(rows.view())?;
/// let data = Dataset::new(&given).with_embeddings(&embeddings)?;
/// assert_eq!(data.len(), 3);
/// assert!(Dataset::new(&Labels::new(vec![0, 1], 2)?).with_embeddings(&embeddings).is_err());
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Dataset<'a> {
    given: &'a Labels,
    embeddings: Option<&'a dyn EmbeddingSource>,
    predictions: Option<Predictions<'a>>,
    class_texts: Option<ArrayView2<'a, f32>>,
    verified: Option<&'a VerifiedLabels>,
    ids: Option<&'a [String]>,
}

impl<'a> Dataset<'a> {
    /// The samples with the labels `given`, `(n,)`.
    pub fn new(given: &'a Labels) -> Self {
        Self { given, embeddings: None, predictions: None, class_texts: None, verified: None, ids: None }
    }

    /// The same with `embeddings`, `(n, d)`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](mislabel_core::Error::LengthMismatch) when they are of other samples.
    pub fn with_embeddings(self, embeddings: &'a dyn EmbeddingSource) -> Result<Self> {
        same_length("embeddings", self.len(), embeddings.shape().0)?;
        Ok(Self { embeddings: Some(embeddings), ..self })
    }

    /// The same with `predictions`, `(n, k)`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](mislabel_core::Error::LengthMismatch) when they are of other samples or classes.
    pub fn with_predictions(self, predictions: Predictions<'a>) -> Result<Self> {
        let (samples, classes) = predictions.shape();
        same_length("predictions", self.len(), samples)?;
        same_class_count("the predictions", self.given.class_count(), classes)?;
        Ok(Self { predictions: Some(predictions), ..self })
    }

    /// The same with text embeddings of the class names, `(k, d)`, by the model that embedded the samples.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](mislabel_core::Error::LengthMismatch) when they are of other classes.
    pub fn with_class_texts(self, class_texts: ArrayView2<'a, f32>) -> Result<Self> {
        same_length("text embeddings of the classes", self.given.class_count(), class_texts.nrows())?;
        Ok(Self { class_texts: Some(class_texts), ..self })
    }

    /// The same with true labels that someone looked up.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](mislabel_core::Error::LengthMismatch) when they are of other samples or classes.
    pub fn with_verified(self, verified: &'a VerifiedLabels) -> Result<Self> {
        verified.check(self.given)?;
        Ok(Self { verified: Some(verified), ..self })
    }

    /// The same with a name for every sample, `(n,)`: a path, a key.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`](mislabel_core::Error::LengthMismatch) when there are not n.
    pub fn with_ids(self, ids: &'a [String]) -> Result<Self> {
        same_length("names of the samples", self.len(), ids.len())?;
        Ok(Self { ids: Some(ids), ..self })
    }

    /// The number of samples n, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "labels are never empty")]
    pub fn len(&self) -> usize {
        self.given.len()
    }

    /// The given labels, `(n,)`.
    pub fn given(&self) -> &'a Labels {
        self.given
    }

    /// The embeddings, `(n, d)`, if there are any.
    pub fn embeddings(&self) -> Option<&'a dyn EmbeddingSource> {
        self.embeddings
    }

    /// The predictions, `(n, k)`, if there are any.
    pub fn predictions(&self) -> Option<Predictions<'a>> {
        self.predictions
    }

    /// Text embeddings of the class names, `(k, d)`, if there are any.
    pub fn class_texts(&self) -> Option<ArrayView2<'a, f32>> {
        self.class_texts
    }

    /// True labels that someone looked up, if any were.
    pub fn verified(&self) -> Option<&'a VerifiedLabels> {
        self.verified
    }

    /// The name of sample `row`, where names were given. Panics when `row` ≥ n, as slices do.
    pub fn id(&self, row: usize) -> Option<&'a str> {
        self.ids.map(|ids| ids[row].as_str())
    }
}

impl fmt::Debug for Dataset<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut dataset = f.debug_struct("Dataset");
        dataset.field("samples", &self.len()).field("classes", &self.given.class_count());
        dataset.field("embeddings", &self.embeddings.map(EmbeddingSource::shape));
        dataset.field("predictions", &self.predictions.map(|predictions| predictions.shape()));
        dataset.field("class_texts", &self.class_texts.map(|texts| texts.dim()));
        dataset.field("verified", &self.verified.map(VerifiedLabels::len)).finish_non_exhaustive()
    }
}
