//! Labels: one class index per sample, with a known number of classes.

use std::borrow::Cow;
use std::sync::Arc;

use crate::checks::same_length;
use crate::error::{Error, Result};

/// A vector of n class labels over k classes, given or true; every label is below k. Classes may be absent.
///
/// ```
/// use mislabel_core::Labels;
///
/// let given = Labels::new(vec![0, 2, 2], 4)?.with_class_names(["cat", "dog", "emu", "fox"])?;
/// assert_eq!(given.counts(), [1, 0, 2, 0]);
/// assert_eq!(given.class_name(2), "emu");
/// assert_eq!(
///     Labels::new(vec![0, 4], 4).unwrap_err().to_string(),
///     "label 4 at row 1 is not one of the 4 classes"
/// );
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "crate::serialized::LabelColumns")
)]
pub struct Labels {
    values: Vec<u32>,
    classes: usize,
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    names: Option<Arc<[String]>>,
}

impl Labels {
    /// The most classes that labels may have: what is kept per class must fit in memory, and a label like
    /// 4,000,000,000 is an identifier in the wrong column, not a class.
    pub const MOST_CLASSES: usize = 1 << 22;

    /// Labels `values` over `classes` classes.
    ///
    /// # Errors
    /// [`Error::Empty`] without samples, [`Error::LabelOutOfRange`] at the first label of `classes` or more,
    /// [`Error::Parameter`] with more than [`MOST_CLASSES`](Self::MOST_CLASSES) classes.
    pub fn new(values: Vec<u32>, classes: usize) -> Result<Self> {
        if values.is_empty() {
            return Err(Error::Empty { what: "labels" });
        }
        if let Some(row) = values.iter().position(|&label| label as usize >= classes) {
            return Err(Error::LabelOutOfRange { row, label: i64::from(values[row]), classes });
        }
        Self::check_class_count(classes)?;
        Ok(Self { values, classes, names: None })
    }

    /// Refuses more than [`MOST_CLASSES`](Self::MOST_CLASSES) classes.
    pub(crate) fn check_class_count(classes: usize) -> Result<()> {
        if classes > Self::MOST_CLASSES {
            let requirement = "at most 4194304 (labels are class indices from 0 on)";
            return Err(Error::parameter("classes", classes, requirement));
        }
        Ok(())
    }

    /// The same labels with these names, one per class.
    pub(crate) fn named(self, names: Arc<[String]>) -> Self {
        Self { names: Some(names), ..self }
    }

    /// Labels from signed integers, `(n,)`; with `classes` = `None`, k is the largest label plus one.
    ///
    /// # Errors
    /// As [`new`](Self::new); a negative label is out of range, and so is one above `u32::MAX - 1`.
    pub fn from_integers(values: &[i64], classes: Option<usize>) -> Result<Self> {
        let largest = values.iter().copied().max().unwrap_or(0).clamp(0, i64::from(u32::MAX) - 1);
        let classes = classes.unwrap_or(largest as usize + 1);
        let convert = |(row, &label): (usize, &i64)| {
            u32::try_from(label).map_err(|_| Error::LabelOutOfRange { row, label, classes })
        };
        let values = values.iter().enumerate().map(convert).collect::<Result<Vec<u32>>>()?;
        Self::new(values, classes)
    }

    /// The same labels with a name for every class.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] when there are not exactly k names.
    pub fn with_class_names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Result<Self> {
        let names: Arc<[String]> = names.into_iter().map(Into::into).collect();
        same_length("class names", self.classes, names.len())?;
        self.names = Some(names);
        Ok(self)
    }

    /// Other labels for the same classes, with the same class names.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_values(&self, values: Vec<u32>) -> Result<Self> {
        Ok(Self { names: self.names.clone(), ..Self::new(values, self.classes)? })
    }

    /// The number of samples n, at least 1.
    #[expect(clippy::len_without_is_empty, reason = "labels are never empty")]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// The number of classes k, absent ones included.
    pub fn class_count(&self) -> usize {
        self.classes
    }

    /// The labels, `(n,)`, each below k.
    pub fn values(&self) -> &[u32] {
        &self.values
    }

    /// The label of sample `row`, ready to index with. Panics when `row` ≥ n, as slices do.
    pub fn class(&self, row: usize) -> usize {
        self.values[row] as usize
    }

    /// The class names, if any were given.
    pub fn class_names(&self) -> Option<&[String]> {
        self.names.as_deref()
    }

    /// The name of `class`: as given, or else its number.
    pub fn class_name(&self, class: usize) -> Cow<'_, str> {
        match self.names.as_deref().and_then(|names| names.get(class)) {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(class.to_string()),
        }
    }

    /// Samples per class, `(k,)`.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.classes];
        for &label in &self.values {
            counts[label as usize] += 1;
        }
        counts
    }

    /// How many classes have at least one sample.
    pub fn present_classes(&self) -> usize {
        self.counts().iter().filter(|&&count| count > 0).count()
    }

    /// Checks that at least `needed` classes have samples.
    ///
    /// # Errors
    /// [`Error::TooFewClasses`] otherwise.
    pub fn need_classes(&self, needed: usize) -> Result<()> {
        let found = self.present_classes();
        if found >= needed {
            return Ok(());
        }
        Err(Error::TooFewClasses { found, classes: self.classes, needed })
    }

    /// The samples of every class.
    pub fn members(&self) -> ClassMembers {
        ClassMembers::of(self, |_| true)
    }
}

/// The samples of every class, each class's in ascending order; 4 bytes per sample.
#[derive(Clone, Debug)]
pub struct ClassMembers {
    rows: Vec<u32>,
    starts: Vec<usize>,
}

impl ClassMembers {
    /// The samples of every class for which `keep(row)` holds.
    pub fn of(labels: &Labels, keep: impl Fn(usize) -> bool) -> Self {
        let kept = || labels.values().iter().enumerate().filter(|(row, _)| keep(*row));
        let mut starts = vec![0; labels.class_count() + 1];
        for (_, &label) in kept() {
            starts[label as usize + 1] += 1;
        }
        for class in 0..labels.class_count() {
            starts[class + 1] += starts[class];
        }
        let mut next = starts.clone();
        let mut rows = vec![0; starts[labels.class_count()]];
        for (row, &label) in kept() {
            rows[next[label as usize]] = row as u32;
            next[label as usize] += 1;
        }
        Self { rows, starts }
    }

    /// The rows of `class`, ascending.
    pub fn rows(&self, class: usize) -> &[u32] {
        &self.rows[self.starts[class]..self.starts[class + 1]]
    }

    /// The number of classes k.
    pub fn class_count(&self) -> usize {
        self.starts.len() - 1
    }
}
