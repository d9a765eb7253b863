//! Zero-shot logits: images against the text embeddings of the class names.

use std::fmt;

use mislabel_core::checks::{finite_row, rows_in_range, same_length};
use mislabel_core::{ClassEvidence, EmbeddingSource, Error, Labels, Result, Run};
use ndarray::{Array2, ArrayViewMut2, Axis};
use rayon::prelude::*;

use crate::logits::Logits;

/// Images compared at a time.
const BLOCK: usize = 256;

/// Zero-shot classification: logits are cosine(image, class text embedding) · scale.
///
/// The text embeddings come from the text tower of the model that embedded the images (CLIP, SigLIP …), one per class,
/// from a prompt such as "a photo of a {class}" or the mean over several prompts. Joined to
/// [`Mistakenness`](crate::Mistakenness) by a [`Pipeline`](mislabel_core::Pipeline) it is a detector that no given label
/// has influenced.
///
/// The scale, the inverse of the softmax temperature, matters: cosines of images with texts differ by a few hundredths
/// between classes, and with scale 1 every prediction is nearly even, every certainty nearly 1/k and every mistakenness
/// nearly ½; the ranking then rests on rounding. Use the one the model was trained with (CLIP's released models end at
/// 100, and start, as here, at 1/0.07).
///
/// # Departures
/// The softmax is over the classes of each sample. The released code of a peer takes it over the samples.
///
/// ```
/// use mislabel_core::{Detector, Embeddings, Labels, Pipeline, Run};
/// use mislabel_predictions::{Mistakenness, ZeroShot};
/// use ndarray::array;
///
/// let images = array![[2.0_f32, 0.1], [0.1, 3.0], [5.0, 0.4]];
/// let zero_shot = ZeroShot::new(array![[1.0, 0.0], [0.0, 1.0]])?; // text embeddings of two classes
/// let detector = Pipeline::new(zero_shot, Mistakenness::default());
/// let given = Labels::new(vec![0, 1, 1], 2)?;
/// let issues = detector.detect(&Embeddings::new(images.view())?, &given, &Run::quiet())?;
/// assert_eq!(issues.is_issue().to_vec(), [false, false, true]);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ZeroShot {
    classes: Array2<f32>,
    scale: f32,
}

impl ZeroShot {
    /// 1/0.07, the scale that CLIP's training starts from (Radford et al. 2021, section 2.5).
    pub const SCALE: f64 = 1.0 / 0.07;

    /// With the text embeddings of k classes, `(k, d)`, of any length, and the default [`SCALE`](Self::SCALE).
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::NotFinite`], [`Error::OutOfRange`] for a class embedding of length 0, which has
    /// no direction.
    pub fn new(classes: Array2<f32>) -> Result<Self> {
        const WHAT: &str = "class text embeddings";
        if classes.is_empty() {
            return Err(Error::Empty { what: WHAT });
        }
        let mut classes = classes.as_standard_layout().into_owned();
        for (row, mut values) in classes.outer_iter_mut().enumerate() {
            finite_row(WHAT, row, values.view())?;
            let slice = values.as_slice_mut().expect("the array is in standard layout");
            if !normalize(slice) {
                let (value, low, high) = (0.0, f64::MIN_POSITIVE, f64::INFINITY);
                let what = "the length of a class text embedding";
                return Err(Error::OutOfRange { what, row, column: 0, value, low, high });
            }
        }
        Ok(Self { classes, scale: Self::SCALE as f32 })
    }

    /// The same with another scale, the inverse of a temperature; finite and positive, in f32 too.
    ///
    /// # Errors
    /// [`Error::Parameter`] otherwise.
    pub fn with_scale(self, scale: f64) -> Result<Self> {
        // Twice the scale bounds every difference of logits, cosines a rounding beyond 1 included.
        let fits = scale > 0.0 && scale * 2.0 <= f64::from(f32::MAX) && scale as f32 > 0.0;
        if !fits {
            return Err(Error::parameter("scale", scale, "positive and finite"));
        }
        Ok(Self { scale: scale as f32, ..self })
    }

    /// The scale in use.
    pub fn scale(&self) -> f64 {
        f64::from(self.scale)
    }

    /// Logits of `images`, `(n, d)`: `(n, k)`, in [−scale, scale]; 0 for an image embedding of length 0. O(n·k·d), and 4·n·k
    /// bytes; [`logit_rows`](Self::logit_rows) are made as they are read.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when images and texts differ in d; [`Error::Cancelled`]; what the source reports.
    pub fn logits(&self, images: &dyn EmbeddingSource, run: &Run<'_>) -> Result<Logits> {
        let (n, d) = images.shape();
        same_length("a row of the image embeddings", self.classes.ncols(), d)?;
        let stage = run.stage("comparing images with classes", n);
        let mut logits = Array2::zeros((n, self.classes.nrows()));
        let mut blocks: Vec<_> = logits.axis_chunks_iter_mut(Axis(0), BLOCK).enumerate().collect();
        let compare = |(block, out): &mut (usize, ArrayViewMut2<'_, f32>)| {
            self.block(images, *block * BLOCK, out)?;
            stage.advance(out.nrows())
        };
        blocks.par_iter_mut().try_for_each(compare)?;
        Logits::new(logits)
    }

    /// The same logits, made block by block as they are read: 24 bytes a sample are left of them in
    /// [`Predictions::from_logit_rows`](crate::Predictions::from_logit_rows).
    ///
    /// ```
    /// use mislabel_core::{Embeddings, Judge, Labels, Run};
    /// use mislabel_predictions::{Certainty, Mistakenness, Predictions, ZeroShot};
    /// use ndarray::array;
    ///
    /// let images = array![[2.0_f32, 0.1], [0.1, 3.0], [5.0, 0.4]];
    /// let images = Embeddings::new(images.view())?;
    /// let zero_shot = ZeroShot::new(array![[1.0, 0.0], [0.0, 1.0]])?;
    /// let given = Labels::new(vec![0, 1, 1], 2)?;
    /// let rows = zero_shot.logit_rows(&images)?;
    /// let predictions = Predictions::from_logit_rows(&rows, &given, Certainty::default(), &Run::quiet())?;
    /// assert_eq!(Mistakenness::default().judge(&predictions, &given, &Run::quiet())?.is_issue().to_vec(), [false, false, true]);
    /// # Ok::<(), mislabel_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when images and texts differ in d.
    pub fn logit_rows<'a>(&'a self, images: &'a dyn EmbeddingSource) -> Result<ZeroShotLogits<'a>> {
        same_length("a row of the image embeddings", self.classes.ncols(), images.shape().1)?;
        Ok(ZeroShotLogits { zero_shot: self, images })
    }

    fn block(&self, images: &dyn EmbeddingSource, start: usize, out: &mut ArrayViewMut2<'_, f32>) -> Result<()> {
        let mut rows = Array2::zeros((out.nrows(), self.classes.ncols()));
        images.read_rows(start, rows.view_mut())?;
        for mut row in rows.outer_iter_mut() {
            normalize(row.as_slice_mut().expect("the block was made in standard layout"));
        }
        ndarray::linalg::general_mat_mul(self.scale, &rows, &self.classes.t(), 0.0, out);
        Ok(())
    }
}

/// Zero-shot logits of n images over k classes, `(n, k)`, made as they are read.
#[derive(Clone, Copy)]
pub struct ZeroShotLogits<'a> {
    zero_shot: &'a ZeroShot,
    images: &'a dyn EmbeddingSource,
}

impl fmt::Debug for ZeroShotLogits<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ZeroShotLogits")
            .field("zero_shot", self.zero_shot)
            .field("images", &self.images.shape())
            .finish()
    }
}

impl EmbeddingSource for ZeroShotLogits<'_> {
    fn shape(&self) -> (usize, usize) {
        (self.images.shape().0, self.zero_shot.classes.nrows())
    }

    fn read_rows(&self, start: usize, mut out: ArrayViewMut2<'_, f32>) -> Result<()> {
        let (n, k) = self.shape();
        rows_in_range(n, start, out.nrows())?;
        same_length("a row of the reading buffer", k, out.ncols())?;
        for (block, mut out) in out.axis_chunks_iter_mut(Axis(0), BLOCK).enumerate() {
            self.zero_shot.block(self.images, start + block * BLOCK, &mut out)?;
        }
        Ok(())
    }
}

impl ClassEvidence for ZeroShot {
    type Evidence = Logits;

    /// # Errors
    /// As [`logits`](Self::logits); [`Error::LengthMismatch`] when `given` has not n labels over k classes.
    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<Logits> {
        same_length("given labels", embeddings.shape().0, given.len())?;
        same_length("class text embeddings", given.class_count(), self.classes.nrows())?;
        self.logits(embeddings, run)
    }
}

/// Divides a row by its length; a row of length 0 stays and returns false.
fn normalize(row: &mut [f32]) -> bool {
    let length = row.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>().sqrt();
    if length == 0.0 {
        return false;
    }
    row.iter_mut().for_each(|x| *x = (f64::from(*x) / length) as f32);
    true
}
