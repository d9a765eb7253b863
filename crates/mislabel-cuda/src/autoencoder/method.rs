//! The method: what the CPU's recipe does, on a device.

use mislabel_core::checks::{same_class_count, same_length};
use mislabel_core::{ClassEvidence, EmbeddingSource, Error, ErrorSummary, Labels, Result, Run};
use mislabel_reconstruct::backend::{Backend, Folds, Round};
use mislabel_reconstruct::{Autoencoder, AutoencoderModel};

use crate::autoencoder::scoring::{Part, Scorer};
use crate::autoencoder::training;
use crate::device::cuda::Cuda;

/// [`Autoencoder`] with its networks trained and its samples scored on an NVIDIA GPU: the same recipe (folds, scaling,
/// rounds, trims), the same architecture and parameters, models that the CPU scores with and the other way round.
///
/// All networks of all classes and folds that fit the device's memory train side by side in one launch, one to a block
/// of threads, without the host between steps. Products are bf16 with f32 sums; parameters and Adam's moments are f32.
///
/// # Where results differ from the CPU's
/// Folds, first parameters, held-out samples and the order of the mini-batches are the very same. Products are rounded
/// to bf16, and dropout and noise come from a counter-based generator (SplitMix64) with the same seeds instead of
/// ChaCha: so parameters and errors are close to the CPU's and not equal. They are the same on every run and every
/// device of one architecture: no sum depends on the order in which threads finish.
///
/// # Errors
/// As [`Autoencoder`]'s; and [`Error::Source`] with [`crate::Error`] where the device refuses, runs out of memory, or a
/// network alone does not fit it.
///
/// ```
/// use mislabel_core::{ClassEvidence, Embeddings, Labels, Run};
/// use mislabel_cuda::{Cuda, CudaAutoencoder};
/// use mislabel_reconstruct::Autoencoder;
/// use ndarray::Array2;
///
/// let rows = Array2::from_shape_fn((40, 4), |(i, j)| if i % 2 == j { 1.0 } else { 0.01 * (i * j % 7) as f32 });
/// let mut given: Vec<u32> = (0..40).map(|i| i % 2).collect();
/// given[6] = 1; // wrong
/// let (rows, given) = (Embeddings::new(rows.view())?, Labels::new(given, 2)?);
/// let errors = match Cuda::new(0) {
///     Ok(cuda) => CudaAutoencoder::on(cuda).evidence(&rows, &given, &Run::quiet())?,
///     Err(_) => Autoencoder::default().evidence(&rows, &given, &Run::quiet())?,
/// };
/// assert!(errors.own()[6] > errors.least_other()[6]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CudaAutoencoder {
    /// The method and its parameters.
    pub method: Autoencoder,
    /// Where networks are trained and samples scored.
    pub device: Cuda,
}

impl CudaAutoencoder {
    /// The method with its defaults.
    pub fn on(device: Cuda) -> Self {
        Self { method: Autoencoder::default(), device }
    }

    /// As [`Autoencoder::fit`], on the device.
    ///
    /// # Errors
    /// As [`Autoencoder::fit`], and what the device refuses.
    pub fn fit(
        &self,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<(AutoencoderModel, ErrorSummary)> {
        self.method.fit_on(self, embeddings, given, run)
    }

    /// As [`AutoencoderModel::summary`], on the device: the summary of the errors of new samples, `(n, d)`, under the
    /// labels `given`, `(n,)`. The model may come from any back-end or file.
    ///
    /// # Errors
    /// As [`AutoencoderModel::summary`], and what the device refuses.
    pub fn summary(
        &self,
        model: &AutoencoderModel,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        run: &Run<'_>,
    ) -> Result<ErrorSummary> {
        let (n, d) = embeddings.shape();
        same_length("a row of embeddings", model.features(), d)?;
        same_length("given labels", n, given.len())?;
        same_class_count("the labels", model.class_count(), given.class_count())?;
        if let Some(row) = (0..n).find(|row| model.networks(given.class(*row)).is_empty()) {
            return Err(Error::ClassNotFitted { row, class: given.class(row) });
        }
        let scorer = Scorer { cuda: &self.device, model, embeddings, given };
        scorer.summary(&[Part::all(n)], |_| false, run)
    }
}

impl ClassEvidence for CudaAutoencoder {
    type Evidence = ErrorSummary;

    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ErrorSummary> {
        self.fit(embeddings, given, run).map(|(_, errors)| errors)
    }
}

impl Backend for CudaAutoencoder {
    fn train(&self, round: &mut Round<'_>, run: &Run<'_>) -> Result<()> {
        training::train(&self.device, round, run)
    }

    fn out_of_fold(
        &self,
        model: &AutoencoderModel,
        embeddings: &dyn EmbeddingSource,
        given: &Labels,
        folds: &Folds,
        run: &Run<'_>,
    ) -> Result<ErrorSummary> {
        let most = (0..folds.class_count()).map(|class| folds.count(class)).max().unwrap_or(0);
        let mut parts: Vec<Part> = (0..most).map(|fold| Part { fold: fold as u32, rows: Vec::new() }).collect();
        (0..given.len()).for_each(|row| parts[folds.of(row)].rows.push(row as u32));
        let counts = given.counts();
        let scorer = Scorer { cuda: &self.device, model, embeddings, given };
        scorer.summary(&parts, |class| counts[class] == 1, run)
    }
}
