//! Which classes labels are over.

use crate::labels::class_names::ClassNames;

/// Which classes the labels are over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Classes {
    /// Those that the file names, or else what the labels show: the distinct integers in ascending order; or the distinct
    /// strings in ascending order, numbers at their ends compared as numbers.
    #[default]
    Observed,
    /// This many, for integer labels from 0 on (others must then show exactly this many).
    Count(usize),
    /// These integers, in this order.
    Codes(Vec<i64>),
    /// These: an integer is a place in the list, a string a name in it.
    Names(ClassNames),
}
