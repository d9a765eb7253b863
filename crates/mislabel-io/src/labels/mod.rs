//! Labels in files, given and verified, and the classes they name.

pub(crate) mod class_keys;
pub(crate) mod class_lookup;
pub(crate) mod class_match;
pub(crate) mod class_names;
pub(crate) mod class_order;
pub(crate) mod class_space;
pub(crate) mod classes;
pub(crate) mod column;
pub(crate) mod file;
pub(crate) mod matching;
pub(crate) mod missing;
pub(crate) mod notes;
pub(crate) mod numbers;
pub(crate) mod rewriting;
pub(crate) mod source;
pub(crate) mod values;
pub(crate) mod verified;
pub(crate) mod written;
