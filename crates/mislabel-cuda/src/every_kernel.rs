//! Every kernel file, and what all of them promise.

use crate::autoencoder::kernels::{SCORE, SHALLOW, TRAIN};
use crate::compilation::source::Source;
#[cfg(feature = "measure")]
use crate::measure::{scoring, training};
use crate::neighbors;
use crate::products::rows;
use crate::products::shape::StageWidth;
use crate::scoring::class_scores;

/// Every kernel file.
pub(crate) const SOURCES: &[&Source] = &[
    #[cfg(feature = "measure")]
    &scoring::SOURCE,
    #[cfg(feature = "measure")]
    &training::SOURCE,
    &rows::SOURCE,
    &class_scores::SOURCE,
    &TRAIN,
    &SCORE,
    &SHALLOW,
    &neighbors::SOURCE,
];

/// What a block of compute capability 8.0 and of 8.6 may have, by the CUDA programming guide.
const SHARED: [u32; 2] = [163 * 1024, 99 * 1024];

#[test]
fn stages_and_what_lies_beside_them_fit_every_supported_device() {
    for beside in [class_scores::BESIDE, neighbors::BESIDE] {
        assert!(StageWidth::Wide.shared() + beside <= SHARED[0]);
        assert!(StageWidth::Narrow.shared() + beside <= SHARED[1]);
    }
}
