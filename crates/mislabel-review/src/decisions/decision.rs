//! What a person decides on a sample.

/// What a person decides on the given label of a sample, or on a sample without one.
///
/// ```
/// use mislabel_review::Decision;
///
/// assert_eq!(Decision::Keep.label(Some(3)), Some(3));
/// assert_eq!(Decision::Relabel(5).label(Some(3)), Some(5));
/// assert_eq!(Decision::Relabel(5).label(None), Some(5));
/// assert_eq!(Decision::Unsure.label(Some(3)), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Decision {
    /// The given label is right. Of a sample without a label there is none to keep.
    Keep,
    /// This class is right.
    Relabel(u32),
    /// I cannot tell.
    Unsure,
    /// The sample belongs to no class: leave it out of the data.
    Exclude,
}

/// The names of the decisions.
pub(crate) const DECISIONS: [&str; 4] = ["keep", "relabel", "unsure", "exclude"];

impl Decision {
    /// Its name in journals and queries.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keep => DECISIONS[0],
            Self::Relabel(_) => DECISIONS[1],
            Self::Unsure => DECISIONS[2],
            Self::Exclude => DECISIONS[3],
        }
    }

    /// The class that is right by this decision on a sample of the class `given`, if it names one. A sample without a label
    /// has none.
    pub fn label(self, given: Option<u32>) -> Option<u32> {
        match self {
            Self::Keep => given,
            Self::Relabel(class) => Some(class),
            Self::Unsure | Self::Exclude => None,
        }
    }

    /// Whether the class `given` is wrong by this decision; `None` where it does not tell, and where there is no label.
    pub fn says_wrong(self, given: Option<u32>) -> Option<bool> {
        Some(self.label(given)? != given?)
    }
}
