//! What the page can ask beyond the issues: similar samples, and a model that learns from decisions.

use std::fmt;

use mislabel_core::EmbeddingSource;
use mislabel_posterior::Posterior;

use crate::media::packed::PackedPictures;

/// What there is beside the issues; each part opens something on the page.
#[derive(Default)]
pub struct Evidence {
    /// Embeddings of the samples, `(n, d)`, for the search of similar samples.
    pub embeddings: Option<Box<dyn EmbeddingSource>>,
    /// The posterior of the true labels before any label is verified, of the m samples that have a label: it says which samples
    /// teach most, and how the noise rate narrows while labels are decided. Judging again updates it. Where samples without a
    /// label got one, the method `posterior` is fitted anew, with its default parameters, so that these labels teach, too.
    pub posterior: Option<Posterior>,
    /// Pictures that do not lie in files of their own.
    pub pictures: Option<Box<dyn PackedPictures>>,
}

impl fmt::Debug for Evidence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = self.embeddings.as_ref().map(|embeddings| embeddings.shape());
        let mut evidence = formatter.debug_struct("Evidence");
        evidence.field("embeddings", &shape).field("posterior", &self.posterior.is_some());
        evidence.field("pictures", &self.pictures.is_some()).finish()
    }
}
