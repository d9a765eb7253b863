//! The classes of a dataset, by number and by name.

use std::collections::HashMap;

use mislabel_core::Labels;

use crate::error::{Error, Place, Result};

/// k different class names, in the order of the class indices.
///
/// ```
/// use mislabel_interchange::Classes;
///
/// let classes = Classes::new(["cat", "dog"])?;
/// assert_eq!(classes.index("dog"), Some(1));
/// assert_eq!(classes.name(0), "cat");
/// assert!(Classes::new(["cat", "cat"]).is_err());
/// # Ok::<(), mislabel_interchange::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Classes {
    names: Vec<String>,
    index: HashMap<String, u32>,
}

impl Classes {
    /// Checks `names`, `(k,)`.
    ///
    /// # Errors
    /// [`Error::Value`] at an empty name, [`Error::Repeated`] at one that comes twice,
    /// [`Error::Value`] with more than [`Labels::MOST_CLASSES`] names.
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Result<Self> {
        let mut classes = Self::default();
        for name in names {
            let (name, class) = (name.into(), classes.names.len());
            if let Some(first) = classes.index(&name) {
                let (place, first) = (Place::default().row(class), first as usize);
                return Err(Error::Repeated { place, field: "class name", value: name, first });
            }
            classes.insert(name)?;
        }
        Ok(classes)
    }

    /// The class of a name, added if it is new.
    pub(crate) fn insert(&mut self, name: String) -> Result<u32> {
        if let Some(class) = self.index(&name) {
            return Ok(class);
        }
        let class = self.names.len();
        let place = Place::default().row(class);
        if name.is_empty() {
            return Err(Error::value(&place, "class name", "empty", "have at least one character"));
        }
        if class >= Labels::MOST_CLASSES {
            return Err(Error::value(
                &place,
                "class name",
                name,
                "be among the first 4194304: is this a column of ids?",
            ));
        }
        self.index.insert(name.clone(), class as u32);
        self.names.push(name);
        Ok(class as u32)
    }

    /// The number of classes k.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are no classes.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names, `(k,)`.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The name of `class`. Panics when `class` ≥ k, as slices do.
    pub fn name(&self, class: u32) -> &str {
        &self.names[class as usize]
    }

    /// The class of a name.
    pub fn index(&self, name: &str) -> Option<u32> {
        self.index.get(name).copied()
    }
}
