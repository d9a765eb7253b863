//! The health of a dataset's labels: which classes are labeled badly, and which are taken for each other.

use mislabel_core::checks::same_length;
use mislabel_core::{Error, Labels, ProbabilitySource, Result, Run};
use ndarray::{Array2, ArrayView2, Axis};

use crate::joint::confident_joint::ConfidentCount;

/// Keeps the rates of an empty class finite.
const LEAST_MASS: f64 = 1e-6;

/// How well one class is labeled, estimated from a joint distribution of given and true labels.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ClassHealth {
    /// The class.
    pub class: usize,
    /// Samples given the class that are truly of another.
    pub label_issues: usize,
    /// Samples truly of the class that are given another.
    pub inverse_label_issues: usize,
    /// P(true ≠ class | given = class).
    pub label_noise: f64,
    /// P(given ≠ class | true = class).
    pub inverse_label_noise: f64,
    /// P(true = class | given = class); 1 for a class without samples.
    pub quality: f64,
}

/// Two classes, and how many samples of the one are given the other.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ClassOverlap {
    /// A class; the *given* one where direction counts.
    pub first: usize,
    /// Another class; the *true* one where direction counts. Greater than `first` where it does not.
    pub second: usize,
    /// Samples that overlap.
    pub samples: usize,
    /// Their share of all samples.
    pub probability: f64,
}

/// All that cleanlab's `health_summary` tells.
///
/// ```
/// use mislabel_confident::LabelHealth;
/// use mislabel_core::{Labels, ProbabilityMatrix, Run};
/// use ndarray::array;
///
/// let given = Labels::new(vec![0, 0, 0, 1, 1], 2)?;
/// let probabilities = array![[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.3, 0.7], [0.2, 0.8]];
/// let health = LabelHealth::estimate(&ProbabilityMatrix::new(probabilities)?, &given, &Run::quiet())?;
/// assert_eq!(health.score, 0.8);
/// assert_eq!((health.classes[0].class, health.classes[0].label_issues), (0, 1));
/// assert_eq!((health.overlaps[0].first, health.overlaps[0].second, health.overlaps[0].samples), (0, 1, 1));
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LabelHealth {
    /// The share of labels that are no issue for [`IssueCount::OffDiagonal`](crate::IssueCount::OffDiagonal).
    pub score: f64,
    /// The estimated joint distribution of given (row) and true (column) labels, `(k, k)`.
    #[cfg_attr(feature = "serde", serde(serialize_with = "mislabel_core::serialized::rows"))]
    pub joint: Array2<f64>,
    /// The k classes, the worst labeled first.
    pub classes: Vec<ClassHealth>,
    /// The pairs of classes regardless of direction, the most overlapping first.
    pub overlaps: Vec<ClassOverlap>,
}

impl LabelHealth {
    /// The health of the labels `given`, `(n,)`, under out-of-sample `probabilities`, `(n, k)`. O(n·k + k² log k).
    ///
    /// # Errors
    /// As [`ConfidentJoint::count`](crate::ConfidentJoint::count).
    pub fn estimate(probabilities: &dyn ProbabilitySource, given: &Labels, run: &Run<'_>) -> Result<Self> {
        let count = ConfidentCount::of(probabilities, given, run)?;
        let issues = count.off_diagonal(given).into_iter().filter(|flag| *flag).count();
        let joint = count.joint.distribution(given)?;
        Ok(Self {
            score: 1.0 - issues as f64 / given.len() as f64,
            classes: ClassHealth::ranking(joint.view(), given.len())?,
            overlaps: ClassOverlap::ranking(joint.view(), given.len())?,
            joint,
        })
    }
}

impl ClassHealth {
    /// The classes of a joint distribution of given (row) and true (column) labels, `(k, k)`, of `samples` samples:
    /// the least quality first, ties in order of the classes.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::LengthMismatch`] when it is not square, [`Error::OutOfRange`] at an entry outside
    /// [0, 1], [`Error::OffSimplex`] when it does not sum to 1.
    pub fn ranking(joint: ArrayView2<'_, f64>, samples: usize) -> Result<Vec<Self>> {
        check_joint(joint)?;
        let (by_given, by_truth) = (joint.sum_axis(Axis(1)), joint.sum_axis(Axis(0)));
        let mut classes: Vec<Self> = (0..joint.nrows())
            .map(|class| {
                let (given, inverse) =
                    (by_given[class] - joint[[class, class]], by_truth[class] - joint[[class, class]]);
                let label_noise = given / by_given[class].max(LEAST_MASS);
                Self {
                    class,
                    label_issues: whole(given, samples),
                    inverse_label_issues: whole(inverse, samples),
                    label_noise,
                    inverse_label_noise: inverse / by_truth[class].max(LEAST_MASS),
                    quality: 1.0 - label_noise,
                }
            })
            .collect();
        classes.sort_by(|a, b| a.quality.total_cmp(&b.quality));
        Ok(classes)
    }
}

impl ClassOverlap {
    /// The k(k − 1)/2 pairs of classes of a joint distribution, `(k, k)`, of `samples` samples, regardless of
    /// direction: the most overlapping first, ties in order of the classes.
    ///
    /// # Errors
    /// As [`ClassHealth::ranking`].
    pub fn ranking(joint: ArrayView2<'_, f64>, samples: usize) -> Result<Vec<Self>> {
        let pairs = |k: usize| (0..k).flat_map(move |i| (i + 1..k).map(move |j| (i, j)));
        Self::sorted(joint, samples, pairs(joint.nrows()), |i, j| joint[[i, j]] + joint[[j, i]])
    }

    /// The k(k − 1) ordered pairs: samples given the first class that are truly of the second.
    ///
    /// # Errors
    /// As [`ClassHealth::ranking`].
    pub fn directed_ranking(joint: ArrayView2<'_, f64>, samples: usize) -> Result<Vec<Self>> {
        let pairs = |k: usize| (0..k).flat_map(move |i| (0..k).filter(move |j| *j != i).map(move |j| (i, j)));
        Self::sorted(joint, samples, pairs(joint.nrows()), |i, j| joint[[i, j]])
    }

    fn sorted(
        joint: ArrayView2<'_, f64>,
        samples: usize,
        pairs: impl Iterator<Item = (usize, usize)>,
        mass: impl Fn(usize, usize) -> f64,
    ) -> Result<Vec<Self>> {
        check_joint(joint)?;
        let overlap = |(first, second)| {
            let probability = mass(first, second);
            Self { first, second, samples: whole(probability, samples), probability }
        };
        let mut overlaps: Vec<Self> = pairs.map(overlap).collect();
        overlaps.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        Ok(overlaps)
    }
}

fn whole(mass: f64, samples: usize) -> usize {
    (mass * samples as f64).round_ties_even() as usize
}

fn check_joint(joint: ArrayView2<'_, f64>) -> Result<()> {
    const WHAT: &str = "the joint distribution";
    if joint.is_empty() {
        return Err(Error::Empty { what: WHAT });
    }
    same_length("a row of the joint distribution", joint.nrows(), joint.ncols())?;
    if let Some(((row, column), &value)) = joint.indexed_iter().find(|(_, p)| !(0.0..=1.0).contains(*p)) {
        return Err(Error::OutOfRange { what: WHAT, row, column, value, low: 0.0, high: 1.0 });
    }
    let sum = joint.sum();
    if (sum - 1.0).abs() > LEAST_MASS {
        return Err(Error::OffSimplex { what: WHAT, row: 0, sum });
    }
    Ok(())
}
