//! Values with where they come from.

use std::fmt;

/// A setting of a model: what, its value, and where it is known from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name, as a preset file has it: `image.crop`.
    pub name: &'static str,
    /// Its value, as a preset file has it.
    pub value: String,
    /// A file, a preset, the graph, or the rule that was followed.
    pub from: String,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {} ({})", self.name, self.value, self.from)
    }
}

/// A value with where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told<T> {
    pub(crate) value: T,
    pub(crate) from: String,
}

impl<T> Told<T> {
    pub(crate) fn new(value: T, from: impl Into<String>) -> Self {
        Self { value, from: from.into() }
    }
}

impl<T: fmt::Display> Told<T> {
    /// The setting called `name` of this value.
    pub(crate) fn setting(&self, name: &'static str) -> Setting {
        Setting { name, value: self.value.to_string(), from: self.from.clone() }
    }
}
