//! Labels by several annotators.

use mislabel_core::{Error, Result};
use ndarray::{Array2, ArrayView2};

/// The labels that m annotators gave to n samples over k classes, `(n, m)`; not everyone labels everything.
///
/// Every sample has at least one label and every annotator gave at least one.
///
/// ```
/// use mislabel_confident::Annotations;
/// use ndarray::array;
///
/// let annotations = Annotations::from_integers(array![[0, 0, 1], [1, -1, 1]].view(), 2)?;
/// assert_eq!(annotations.of_sample(1).collect::<Vec<_>>(), [(0, 1), (2, 1)]); // annotator and label
/// assert_eq!(annotations.of_annotator(1).collect::<Vec<_>>(), [(0, 0)]); // sample and label
///
/// let error = Annotations::from_integers(array![[0, 0], [-1, -1]].view(), 2).unwrap_err();
/// assert_eq!(error.to_string(), "sample 1 has no labels");
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotations {
    labels: Array2<Option<u32>>,
    classes: usize,
}

impl Annotations {
    /// Checks `labels`, `(n, m)`, over `classes` classes; `None` where an annotator did not label a sample.
    ///
    /// # Errors
    /// [`Error::Empty`] without samples or annotators, [`Error::LabelOutOfRange`] naming the sample,
    /// [`Error::Unlabeled`] naming a sample or annotator without labels.
    pub fn new(labels: Array2<Option<u32>>, classes: usize) -> Result<Self> {
        if labels.is_empty() {
            return Err(Error::Empty { what: "annotations" });
        }
        for ((row, _), label) in labels.indexed_iter() {
            if let Some(label) = label.filter(|&label| label as usize >= classes) {
                return Err(Error::LabelOutOfRange { row, label: i64::from(label), classes });
            }
        }
        let unlabeled = |lanes: ArrayView2<'_, Option<u32>>| {
            lanes.outer_iter().position(|labels| labels.iter().all(|label| label.is_none()))
        };
        if let Some(index) = unlabeled(labels.view()) {
            return Err(Error::Unlabeled { what: "sample", index });
        }
        if let Some(index) = unlabeled(labels.t()) {
            return Err(Error::Unlabeled { what: "annotator", index });
        }
        Ok(Self { labels, classes })
    }

    /// From integers, `(n, m)`; a negative one says that the annotator did not label the sample.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn from_integers(labels: ArrayView2<'_, i64>, classes: usize) -> Result<Self> {
        for ((row, _), &label) in labels.indexed_iter() {
            if label > i64::from(u32::MAX) {
                return Err(Error::LabelOutOfRange { row, label, classes });
            }
        }
        Self::new(labels.mapv(|label| u32::try_from(label).ok()), classes)
    }

    /// From one (sample, annotator, label) per label, in any order; the last counts where a pair occurs twice.
    ///
    /// n and m are the greatest numbers of a sample and an annotator plus one.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn from_triples(triples: &[(usize, usize, u32)], classes: usize) -> Result<Self> {
        let size =
            |number: fn(&(usize, usize, u32)) -> usize| triples.iter().map(number).max().map_or(0, |most| most + 1);
        let mut labels = Array2::from_elem((size(|t| t.0), size(|t| t.1)), None);
        for &(sample, annotator, label) in triples {
            labels[[sample, annotator]] = Some(label);
        }
        Self::new(labels, classes)
    }

    /// The number of samples n, at least 1.
    pub fn samples(&self) -> usize {
        self.labels.nrows()
    }

    /// The number of annotators m, at least 1.
    pub fn annotators(&self) -> usize {
        self.labels.ncols()
    }

    /// The number of classes k.
    pub fn class_count(&self) -> usize {
        self.classes
    }

    /// The labels, `(n, m)`.
    pub fn view(&self) -> ArrayView2<'_, Option<u32>> {
        self.labels.view()
    }

    /// The (annotator, label) pairs of one sample. Panics when `sample` ≥ n, as indexing does.
    pub fn of_sample(&self, sample: usize) -> impl Iterator<Item = (usize, usize)> {
        present(self.labels.row(sample).to_vec())
    }

    /// The (sample, label) pairs of one annotator. Panics when `annotator` ≥ m, as indexing does.
    pub fn of_annotator(&self, annotator: usize) -> impl Iterator<Item = (usize, usize)> {
        present(self.labels.column(annotator).to_vec())
    }

    /// How many labels every sample has, `(n,)`.
    pub fn per_sample(&self) -> Vec<usize> {
        (0..self.samples()).map(|sample| self.of_sample(sample).count()).collect()
    }

    /// How many of each sample's labels are of each class, `(n, k)`.
    pub(crate) fn votes(&self) -> Array2<f64> {
        let mut votes = Array2::zeros((self.samples(), self.classes));
        for ((sample, _), label) in self.labels.indexed_iter() {
            if let Some(label) = label {
                votes[[sample, *label as usize]] += 1.0;
            }
        }
        votes
    }
}

fn present(labels: Vec<Option<u32>>) -> impl Iterator<Item = (usize, usize)> {
    labels.into_iter().enumerate().filter_map(|(i, label)| Some((i, label? as usize)))
}
