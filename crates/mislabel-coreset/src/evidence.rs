//! Importance as evidence of label errors.

use mislabel_core::checks::same_length;
use mislabel_core::{ClassEvidence, EmbeddingSource, Error, Labels, ProbabilitySource, Result, Run};
use mislabel_linalg::{product, row_major};
use ndarray::{Array1, Array2, ArrayView1};
use rayon::prelude::*;

use crate::algebra::class_moments::{ClassMoments, class_moments};
use crate::algebra::rows::{BLOCK, Rows, in_rows};
use crate::importance::class_leverage::ClassLeverage;
use crate::importance::measure::Importance;
use crate::samples::{Samples, checked, log_loss, of_probability_rows};

/// What n samples look like to a [`CoresetDetector`](crate::CoresetDetector): how important each is, and the class it
/// looks like.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportanceEvidence {
    importance: Array1<f64>,
    likely: Vec<u32>,
}

impl ImportanceEvidence {
    /// Joins `importance`, `(n,)`, at least 0 each, and the class that each sample most resembles, `likely`, `(n,)`.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::LengthMismatch`], [`Error::OutOfRange`] at an importance that is negative, NaN or above
    /// 1e100.
    pub fn new(importance: Array1<f64>, likely: Vec<u32>) -> Result<Self> {
        if importance.is_empty() {
            return Err(Error::Empty { what: "importance" });
        }
        checked("importance", importance.view(), importance.len())?;
        same_length("likely classes", importance.len(), likely.len())?;
        Ok(Self { importance, likely })
    }

    /// Loss-weighted sensitivity, as the losses that it is proportional to, and the predicted class, from
    /// `probabilities`, `(n, k)`, which should be out-of-sample. A class that ties with the `given` one, `(n,)`, is not
    /// predicted over it.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when n or k differ between the two, [`Error::Cancelled`], and what the source reports.
    pub fn from_probabilities(probabilities: &dyn ProbabilitySource, given: &Labels, run: &Run<'_>) -> Result<Self> {
        let seen = of_probability_rows(probabilities, given, run, |row, probabilities| {
            let likely = least_place(probabilities.iter().map(|p| -p), given.values()[row]);
            (log_loss(probabilities[given.class(row)]), likely)
        })?;
        let (losses, likely): (Vec<f64>, Vec<u32>) = seen.into_iter().unzip();
        Self::new(Array1::from(losses), likely)
    }

    /// Importance of every sample, `(n,)`.
    pub fn importance(&self) -> ArrayView1<'_, f64> {
        self.importance.view()
    }

    /// The class that every sample most resembles, `(n,)`.
    pub fn likely(&self) -> &[u32] {
        &self.likely
    }
}

/// Importance within embeddings as evidence; the likely class is the one whose mean row is nearest.
///
/// The mean rows are those of rows divided by their L2 norm, in Euclidean distance; a class that ties with the given one is
/// not likelier. O(n·k·d) beside the importance, as a matrix product; memory O(k·d), 12 bytes a sample, and at most 64 MiB a thread.
///
/// ```
/// use mislabel_core::{Detector, Embeddings, Labels, Pipeline, Run};
/// use mislabel_coreset::{CoresetDetector, CoresetEvidence};
/// use ndarray::array;
///
/// let rows = array![[5.0_f32, 0.0], [6.0, 0.3], [5.0, 0.5], [0.0, 5.0], [0.2, 6.0], [0.1, 4.0]];
/// let given = Labels::new(vec![0, 0, 0, 0, 1, 1], 2)?; // the fourth is wrong
/// let detector: Pipeline<CoresetEvidence, CoresetDetector> = Pipeline::default();
/// let issues = detector.detect(&Embeddings::new(rows.view())?, &given, &Run::quiet())?;
/// assert_eq!(issues.is_issue().to_vec(), [false, false, false, true, false, false]);
/// assert_eq!((issues.quality().ranking()[0], issues.suggested().class(3)), (3, 1));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct CoresetEvidence<I = ClassLeverage> {
    /// The importance: one that depends on labels, or the evidence is none.
    pub importance: I,
}

impl<I: Importance> ClassEvidence for CoresetEvidence<I> {
    type Evidence = ImportanceEvidence;

    fn evidence(&self, embeddings: &dyn EmbeddingSource, given: &Labels, run: &Run<'_>) -> Result<ImportanceEvidence> {
        run.need("importance within embeddings", least_memory(given, embeddings.shape().1))?;
        let samples = Samples::new(embeddings, given)?;
        ImportanceEvidence::new(self.importance.importance(&samples, run)?, nearest_means(&samples, run)?)
    }
}

/// Bytes that importance takes whatever its blocks: a summary of every sample, two means of every class, and for each
/// thread the rows of a class (a block of them where it has more than features) and the matrix they make, twice, or later the
/// products of a block with the means.
fn least_memory(given: &Labels, features: usize) -> u64 {
    const SAMPLE: u64 = 64;
    const BLOCK: u64 = 512;
    let (n, d, k) = (given.len() as u64, features as u64, given.class_count() as u64);
    let largest = given.counts().into_iter().max().unwrap_or(0) as u64;
    let (rows, side) = if largest <= d { (largest, largest) } else { (BLOCK, d) };
    let threads = rayon::current_num_threads() as u64;
    let block = block_of(k as usize) as u64;
    let products = threads.min(n.div_ceil(block)) * 8 * block * k;
    SAMPLE * n + 16 * k * d + (threads.min(k) * 8 * (rows * d + 2 * side * side)).max(products)
}

/// Samples that are compared with the means of `classes` at a time: as few as keeps their products below 64 MiB.
fn block_of(classes: usize) -> usize {
    const PRODUCTS: usize = 1 << 23;
    (PRODUCTS / classes.max(1)).clamp(1, BLOCK)
}

/// How far two ways of rounding a squared distance may differ, relative to the squares they are taken from and for each value.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// The class with the nearest mean of every sample, `(n,)`.
fn nearest_means(samples: &Samples<'_>, run: &Run<'_>) -> Result<Vec<u32>> {
    let n = samples.given().len();
    let stage = run.stage("finding the nearest class means", 3 * n);
    let rows = Rows { source: samples.embeddings(), unit_norm: true, stage: &stage };
    let by_class = samples.given().members();
    let present: Vec<u32> =
        (0..by_class.class_count() as u32).filter(|c| !by_class.rows(*c as usize).is_empty()).collect();
    let members: Vec<&[u32]> = present.iter().map(|class| by_class.rows(*class as usize)).collect();
    let means = Means::new(class_moments(samples, rows, &members)?, rows.shape().1);
    let mut nearest = vec![0; n];
    let size = block_of(present.len());
    nearest.par_chunks_mut(size).enumerate().try_for_each(|(block, out)| -> Result<()> {
        let start = block * size;
        let block = rows.block(start, out.len())?;
        let products = product(row_major(&means.rows), row_major(&block).transpose());
        for (i, (x, out)) in in_rows(&block).zip(out.iter_mut()).enumerate() {
            let given = samples.given().values()[start + i];
            let own = present.binary_search(&given).unwrap_or_default() as u32;
            *out = present[means.nearest(x, products.col_as_slice(i), own) as usize];
        }
        Ok(())
    })?;
    Ok(nearest)
}

/// The means of m classes.
struct Means {
    /// `(m, d)`.
    rows: Array2<f64>,
    /// ‖mean‖², `(m,)`.
    squares: Vec<f64>,
}

impl Means {
    fn new(moments: Vec<ClassMoments>, features: usize) -> Self {
        let squares = moments.iter().map(|class| class.mean.iter().map(|x| x * x).sum()).collect();
        let values: Vec<f64> = moments.into_iter().flat_map(|class| class.mean).collect();
        let rows = Array2::from_shape_vec((values.len() / features, features), values).expect("means have d values");
        Self { rows, squares }
    }

    /// The place of the mean nearest to `x`, given its product with every mean: those that rounding of the products cannot
    /// rule out are measured one by one, so that ties are ties.
    fn nearest(&self, x: &[f64], products: &[f64], own: u32) -> u32 {
        let apart = |mean: usize| self.squares[mean] - 2.0 * products[mean];
        let least = (0..self.squares.len()).map(apart).fold(f64::INFINITY, f64::min);
        // Rows have length 1, and so means at most.
        let bar = least + ROUNDING * x.len() as f64;
        let near = |mean: usize| apart(mean) <= bar;
        let distance = |mean: usize| match near(mean) {
            true => square_distance(x, self.rows.row(mean).to_slice().expect("rows are in standard layout")),
            false => f64::INFINITY,
        };
        least_place((0..self.squares.len()).map(distance), own)
    }
}

fn square_distance(x: &[f64], mean: &[f64]) -> f64 {
    x.iter().zip(mean).map(|(x, mean)| (x - mean).powi(2)).sum()
}

/// The place of the least value; `preferred` wins ties, else the first does.
fn least_place(values: impl Iterator<Item = f64>, preferred: u32) -> u32 {
    let (mut place, mut least) = (0, f64::INFINITY);
    for (other, value) in (0..).zip(values) {
        if value < least || (value == least && other == preferred) {
            (place, least) = (other, value);
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use mislabel_core::{Embeddings, Run};
    use proptest::prelude::*;

    #[test]
    fn classes_so_many_that_blocks_shrink_are_each_nearest_to_their_own_samples() {
        let classes = 17_000_u32;
        assert!(block_of(classes as usize) < BLOCK);
        let angle = |class: u32| f64::from(class) / f64::from(classes);
        let rows = Array2::from_shape_fn((classes as usize, 2), |(row, column)| {
            let (sine, cosine) = angle(row as u32).sin_cos();
            [cosine, sine][column] as f32
        });
        let given = Labels::new((0..classes).collect(), classes as usize).unwrap();
        let embeddings = Embeddings::new(rows.view()).unwrap();
        let samples = Samples::new(&embeddings, &given).unwrap();
        assert!(nearest_means(&samples, &Run::quiet()).unwrap().iter().copied().eq(0..classes));
    }

    proptest! {
        #[test]
        fn the_nearest_means_are_those_of_distances_taken_one_by_one_ties_included(
            values in proptest::collection::vec(0_u8..3, 40 * 3), labels in proptest::collection::vec(0_u32..6, 40),
        ) {
            let rows = Array2::from_shape_vec((40, 3), values.into_iter().map(f32::from).collect()).unwrap();
            let (given, embeddings) = (Labels::new(labels, 6).unwrap(), Embeddings::new(rows.view()).unwrap());
            let samples = Samples::new(&embeddings, &given).unwrap();
            let run = Run::quiet();
            let stage = run.stage("reading rows", 0);
            let all = Rows { source: &embeddings, unit_norm: true, stage: &stage };
            let by_class = given.members();
            let members: Vec<&[u32]> = (0..6).map(|class| by_class.rows(class)).collect();
            let moments = class_moments(&samples, all, &members).unwrap();
            let block = all.block(0, 40).unwrap();
            let naive = in_rows(&block).enumerate().map(|(row, x)| {
                let distance = |class: usize| match members[class] {
                    [] => f64::INFINITY,
                    _ => square_distance(x, &moments[class].mean),
                };
                least_place((0..6).map(distance), given.values()[row])
            });
            prop_assert_eq!(nearest_means(&samples, &Run::quiet()).unwrap(), naive.collect::<Vec<u32>>());
        }
    }
}
