//! Classes by name.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::inputs::labels::Labels;
use crate::inputs::partial::PartialLabels;

/// The names of k classes, and the class of every name: one map for given labels, true labels, and predictions.
///
/// ```
/// use mislabel_core::ClassMap;
///
/// let (given, truth) = (["cat", "dog", "cat"], ["cat", "dog", "emu"]);
/// let classes = ClassMap::observed(given.iter().chain(&truth))?;
/// assert_eq!(classes.names(), ["cat", "dog", "emu"]);
/// let (given, truth) = (classes.labels(given)?, classes.labels(truth)?);
/// assert_eq!((given.values(), truth.values()), ([0, 1, 0].as_slice(), [0, 1, 2].as_slice()));
///
/// let unknown = classes.labels(["dog", "dgo"]).unwrap_err();
/// assert_eq!(unknown.to_string(), r#"label "dgo" at row 1 is not one of the 3 classes "cat", "dog", "emu""#);
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassMap {
    names: Arc<[String]>,
    places: HashMap<String, u32>,
}

impl ClassMap {
    /// Classes 0, 1, … by `names`, in that order: that of the columns of a model's predictions, for one.
    ///
    /// # Errors
    /// [`Error::Empty`] without names, [`Error::RepeatedClass`], and as [`Labels::new`] for too many.
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Result<Self> {
        let names: Arc<[String]> = names.into_iter().map(Into::into).collect();
        if names.is_empty() {
            return Err(Error::Empty { what: "class names" });
        }
        Labels::check_class_count(names.len())?;
        let mut places = HashMap::with_capacity(names.len());
        for (place, name) in names.iter().enumerate() {
            if let Some(first) = places.insert(name.clone(), place as u32) {
                return Err(Error::RepeatedClass { name: name.clone(), first: first as usize, place });
            }
        }
        Ok(Self { names, places })
    }

    /// The classes that occur among `labels`, in ascending order of their names, so that the order of the samples does not
    /// matter. Chain given and true labels to have one map for both.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn observed(labels: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self> {
        let mut names = BTreeSet::new();
        for label in labels {
            if !names.contains(label.as_ref()) {
                names.insert(label.as_ref().to_owned());
            }
        }
        Self::new(names)
    }

    /// The names, `(k,)`.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The class called `name`, if there is one.
    pub fn class(&self, name: &str) -> Option<u32> {
        self.places.get(name).copied()
    }

    /// The labels `labels`, `(n,)`, as classes of this map, with its names.
    ///
    /// # Errors
    /// [`Error::UnknownClass`] at the first label that is no name, [`Error::Empty`].
    pub fn labels(&self, labels: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Labels> {
        let class = |(row, label): (usize, _)| self.known(row, AsRef::<str>::as_ref(&label));
        let values = labels.into_iter().enumerate().map(class).collect::<Result<Vec<u32>>>()?;
        Ok(Labels::new(values, self.names.len())?.named(Arc::clone(&self.names)))
    }

    fn known(&self, row: usize, label: &str) -> Result<u32> {
        self.class(label).ok_or_else(|| Error::UnknownClass {
            row,
            label: label.to_owned(),
            classes: self.names.len(),
            names: listed(&self.names),
        })
    }
}

impl PartialLabels {
    /// Labels from names, `(n,)`, where `None` is a sample without a label: the classes are the names that occur, in ascending
    /// order.
    ///
    /// ```
    /// use mislabel_core::PartialLabels;
    ///
    /// let given = PartialLabels::from_names([Some("dog"), None, Some("cat")])?;
    /// assert_eq!(given.labelled().values(), [1, 0]);
    /// assert_eq!((given.rows(), given.unlabelled()), ([0, 2].as_slice(), [1].as_slice()));
    /// # Ok::<(), mislabel_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Empty`] where no sample has a label, and as [`ClassMap::new`](crate::ClassMap::new).
    pub fn from_names(names: impl IntoIterator<Item = Option<impl AsRef<str>>>) -> Result<Self> {
        let names: Vec<Option<_>> = names.into_iter().collect();
        let unlabelled: Vec<usize> = (0..names.len()).filter(|row| names[*row].is_none()).collect();
        Self::new(Labels::from_names(names.iter().flatten())?, names.len(), &unlabelled)
    }
}

impl Labels {
    /// Labels from names, `(n,)`: the classes are the names that occur, in ascending order. For true labels, too, make one
    /// [`ClassMap`] of both.
    ///
    /// ```
    /// use mislabel_core::Labels;
    ///
    /// let given = Labels::from_names(["dog", "cat", "dog"])?;
    /// assert_eq!(given.values(), [1, 0, 1]);
    /// assert_eq!(given.class_name(1), "dog");
    /// # Ok::<(), mislabel_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Empty`] without samples, and as [`ClassMap::new`](crate::ClassMap::new).
    pub fn from_names(names: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self> {
        let names: Vec<_> = names.into_iter().collect();
        if names.is_empty() {
            return Err(Error::Empty { what: "labels" });
        }
        ClassMap::observed(&names)?.labels(&names)
    }
}

/// Names that an error lists.
const LISTED: usize = 8;

fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().take(LISTED).map(|name| format!("{name:?}")).collect();
    let more = if names.len() > LISTED { ", …" } else { "" };
    format!("{}{more}", quoted.join(", "))
}
