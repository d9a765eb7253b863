//! How hard the classes of a dataset are to tell apart.

use mislabel_core::{Error, Labels, Result};

use crate::ratios::Ratios;

/// Mean ratios: per class, and over the dataset (arXiv:2412.02596).
///
/// χ_c = mean of χ over the samples given class c; χ̄ = mean of χ over all samples. One duplicate of a sample in
/// another class has a huge χ and moves the mean: look at [`RatioMoments`](crate::RatioMoments) where χ̄ surprises.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Difficulty {
    /// χ_c of every class, `(k,)`; `None` for a class without samples.
    pub classes: Vec<Option<f64>>,
    /// χ̄.
    pub dataset: f64,
}

impl Difficulty {
    /// The difficulty of n samples with the labels `given`, `(n,)`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the two differ in length.
    pub fn new(ratios: &Ratios, given: &Labels) -> Result<Self> {
        mislabel_core::checks::same_length("given labels", ratios.len(), given.len())?;
        let mut sums = vec![0.0; given.class_count()];
        for (&ratio, &class) in ratios.as_slice().iter().zip(given.values()) {
            sums[class as usize] += ratio;
        }
        let dataset = sums.iter().sum::<f64>() / ratios.len() as f64;
        let mean = |(sum, count): (f64, usize)| (count > 0).then(|| sum / count as f64);
        Ok(Self { classes: sums.into_iter().zip(given.counts()).map(mean).collect(), dataset })
    }
}

/// Which χ̄ counts as easiest and as hardest: the scale of a difficulty in [0, 1].
///
/// The named ones hold for the paper's class-wise autoencoder on features of that extractor, and for nothing else;
/// other reconstructors need bounds of their own.
///
/// ```
/// use mislabel_rer::DifficultyScale;
///
/// assert_eq!(DifficultyScale::ClipVitL14.bounds(), (0.76, 1.04));
/// assert!((DifficultyScale::ClipVitL14.difficulty(0.90)? - 0.5).abs() < 1e-12);
/// assert_eq!(DifficultyScale::ResNet50.difficulty(2.0)?, 1.0);
/// assert!(DifficultyScale::Custom { low: 1.0, high: 1.0 }.difficulty(0.9).is_err());
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", deny_unknown_fields)
)]
#[non_exhaustive]
pub enum DifficultyScale {
    /// The paper's autoencoder on CLIP ViT-L/14 features: 0.76 to 1.04.
    #[cfg_attr(feature = "serde", serde(rename = "clip-vit-l-14"))]
    ClipVitL14,
    /// The paper's autoencoder on CLIP ViT-B/32 features: 0.84 to 1.01.
    #[cfg_attr(feature = "serde", serde(rename = "clip-vit-b-32"))]
    ClipVitB32,
    /// The paper's autoencoder on DINOv2 features: 0.88 to 1.06.
    #[cfg_attr(feature = "serde", serde(rename = "dinov2"))]
    DinoV2,
    /// The paper's autoencoder on ResNet-50 features: 0.93 to 1.30.
    #[cfg_attr(feature = "serde", serde(rename = "resnet-50"))]
    ResNet50,
    /// Bounds of one's own, finite, low < high.
    Custom {
        /// χ̄ of the easiest dataset.
        low: f64,
        /// χ̄ of the hardest dataset.
        high: f64,
    },
}

impl DifficultyScale {
    /// χ̄ that counts as 0 and χ̄ that counts as 1.
    pub fn bounds(&self) -> (f64, f64) {
        match *self {
            Self::ClipVitL14 => (0.76, 1.04),
            Self::ClipVitB32 => (0.84, 1.01),
            Self::DinoV2 => (0.88, 1.06),
            Self::ResNet50 => (0.93, 1.30),
            Self::Custom { low, high } => (low, high),
        }
    }

    /// The mean ratio `mean_ratio` on the scale [0, 1]: clip((χ̄ − low) / (high − low)).
    ///
    /// # Errors
    /// [`Error::Parameter`] when a custom bound is not finite or low ≥ high, or `mean_ratio` is not finite.
    pub fn difficulty(&self, mean_ratio: f64) -> Result<f64> {
        let (low, high) = self.bounds();
        for (name, value) in [("low", low), ("high", high), ("mean_ratio", mean_ratio)] {
            if !value.is_finite() {
                return Err(Error::parameter(name, value, "finite"));
            }
        }
        if low >= high {
            return Err(Error::parameter("high", high, "above low"));
        }
        Ok(((mean_ratio - low) / (high - low)).clamp(0.0, 1.0))
    }
}
