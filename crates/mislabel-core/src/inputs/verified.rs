//! True labels that someone has looked up for some samples.

use crate::checks::{same_class_count, same_length};
use crate::error::{Error, Result};
use crate::inputs::labels::Labels;

/// The true labels of m of n samples, as a person verified them: each sample at most once, in ascending order,
/// so that the order of a review does not matter. m may be 0.
///
/// ```
/// use mislabel_core::{Labels, VerifiedLabels};
///
/// let given = Labels::new(vec![0, 1, 1, 0], 2)?;
/// let verified = VerifiedLabels::new(vec![2, 0], vec![0, 0], &given)?;
/// assert_eq!(verified.samples(), [0, 2]);
/// assert_eq!(verified.of(2), Some(0));
/// assert_eq!(verified.label_errors(&given).collect::<Vec<_>>(), [(0, false), (2, true)]);
///
/// let twice = VerifiedLabels::new(vec![2, 2], vec![0, 1], &given).unwrap_err();
/// assert_eq!(twice.to_string(), "sample 2 is verified twice, at row 0 and at row 1");
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedLabels {
    samples: Vec<usize>,
    labels: Vec<u32>,
    all: usize,
    classes: usize,
}

impl VerifiedLabels {
    /// True labels `labels`, `(m,)` each below k, of the samples `samples`, `(m,)` each below n and in any order, where
    /// n and k are those of the `given` labels.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when the two differ in length; [`Error::SampleOutOfRange`], [`Error::LabelOutOfRange`]
    /// and [`Error::VerifiedTwice`] at the first row that is off.
    pub fn new(samples: Vec<usize>, labels: Vec<u32>, given: &Labels) -> Result<Self> {
        let (all, classes) = (given.len(), given.class_count());
        same_length("verified labels", samples.len(), labels.len())?;
        for (row, (&sample, &label)) in samples.iter().zip(&labels).enumerate() {
            if sample >= all {
                return Err(Error::SampleOutOfRange { row, sample, samples: all });
            }
            if label as usize >= classes {
                return Err(Error::LabelOutOfRange { row, label: i64::from(label), classes });
            }
        }
        let mut order: Vec<usize> = (0..samples.len()).collect();
        order.sort_by_key(|&row| samples[row]);
        let repeated = order.windows(2).filter(|pair| samples[pair[0]] == samples[pair[1]]);
        if let Some(pair) = repeated.min_by_key(|pair| pair[1]) {
            return Err(Error::VerifiedTwice { sample: samples[pair[1]], first: pair[0], row: pair[1] });
        }
        let ordered = order.iter().map(|&row| (samples[row], labels[row]));
        let (samples, labels) = ordered.unzip();
        Ok(Self { samples, labels, all, classes })
    }

    /// No verified labels yet, of the samples and classes of the `given` labels.
    pub fn none(given: &Labels) -> Self {
        Self { samples: Vec::new(), labels: Vec::new(), all: given.len(), classes: given.class_count() }
    }

    /// The number m of verified samples.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether none is verified.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// The verified samples, `(m,)`, ascending, each below n.
    pub fn samples(&self) -> &[usize] {
        &self.samples
    }

    /// Their true labels, `(m,)`, each below k.
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// The true label of sample `sample`, if it was verified. O(log m).
    pub fn of(&self, sample: usize) -> Option<u32> {
        self.samples.binary_search(&sample).ok().map(|place| self.labels[place])
    }

    /// Every verified sample, with whether its label among `given` is a label error. Panics when `given` has fewer
    /// samples than the labels these were checked against; see [`check`](Self::check).
    pub fn label_errors<'a>(&'a self, given: &'a Labels) -> impl ExactSizeIterator<Item = (usize, bool)> + 'a {
        self.samples.iter().zip(&self.labels).map(|(&sample, &label)| (sample, given.values()[sample] != label))
    }

    /// Checks that `given` has as many samples and classes as the labels that these were checked against.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] otherwise.
    pub fn check(&self, given: &Labels) -> Result<()> {
        same_length("given labels", self.all, given.len())?;
        same_class_count("the given labels", self.classes, given.class_count())
    }
}
