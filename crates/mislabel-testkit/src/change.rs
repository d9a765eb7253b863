//! What a law does to a case before it asks again.

use std::fmt;

/// What a law does to a case before it asks again: as a [`LawViolation`](crate::LawViolation) shows it, ready to be passed to
/// the law.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// Nothing: the case as it is.
    Nothing,
    /// The same samples in another order: sample i is `order[i]` of the case.
    Order(Vec<usize>),
    /// Class c is called `names[c]`.
    Names(Vec<u32>),
    /// So many threads.
    Threads(usize),
    /// The same, asked again.
    Again,
    /// Some samples get a wrong label each.
    Labels(Vec<(usize, u32)>),
    /// A copy of the sample, with its label, comes last.
    Copy(usize),
    /// One class more, without samples.
    EmptyClass,
    /// Every feature times this.
    Scale(f32),
    /// Feature j is `axes[j]` of the case, with its sign turned where that is `turned`.
    Rotation {
        /// A permutation of 0..d.
        axes: Vec<usize>,
        /// Whose sign is turned, `(d,)`.
        turned: Vec<bool>,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("as it is"),
            Self::Order(order) => write!(f, "with the samples in the order {order:?}"),
            Self::Names(names) => write!(f, "with class c called {names:?}[c]"),
            Self::Threads(threads) => write!(f, "on {threads} threads"),
            Self::Again => f.write_str("again"),
            Self::Labels(labels) => write!(f, "with these wrong labels (sample, class): {labels:?}"),
            Self::Copy(row) => write!(f, "with a copy of sample {row} at the end"),
            Self::EmptyClass => f.write_str("with one class more, which has no samples"),
            Self::Scale(factor) => write!(f, "with every feature times {factor:?}"),
            Self::Rotation { axes, turned } => {
                write!(f, "with the features in the order {axes:?}, signs turned where {turned:?}")
            }
        }
    }
}

impl Change {
    /// The order; empty for another change.
    pub(crate) fn order(&self) -> &[usize] {
        if let Self::Order(order) = self { order } else { &[] }
    }

    /// The names; none for another change.
    pub(crate) fn names(&self) -> &[u32] {
        if let Self::Names(names) = self { names } else { &[] }
    }

    /// The sample that is copied; the first one for another change.
    pub(crate) fn row(&self) -> usize {
        if let Self::Copy(row) = self { *row } else { 0 }
    }

    /// The wrong labels; none for another change.
    pub(crate) fn labels(&self) -> &[(usize, u32)] {
        if let Self::Labels(labels) = self { labels } else { &[] }
    }

    /// The change where only the samples `kept`, ascending, are left; `None` where it loses what it changes.
    pub(crate) fn among(&self, kept: &[usize]) -> Option<Self> {
        let place = |row: usize| kept.binary_search(&row).ok();
        match self {
            Self::Order(order) => Some(Self::Order(order.iter().filter_map(|row| place(*row)).collect())),
            Self::Copy(row) => place(*row).map(Self::Copy),
            Self::Labels(labels) => {
                let labels = labels.iter().map(|(row, class)| Some((place(*row)?, *class)));
                labels.collect::<Option<_>>().map(Self::Labels)
            }
            other => Some(other.clone()),
        }
    }

    /// The change where the class `gone` is not there; `None` where it needs that class.
    pub(crate) fn without_class(&self, gone: usize) -> Option<Self> {
        let gone = gone as u32;
        let closed = |class: u32, gone: u32| class - u32::from(class > gone);
        match self {
            Self::Names(names) => {
                let name = names[gone as usize];
                let left = names.iter().filter(|other| **other != name);
                Some(Self::Names(left.map(|other| closed(*other, name)).collect()))
            }
            Self::Labels(labels) if labels.iter().any(|(_, class)| *class == gone) => None,
            Self::Labels(labels) => {
                Some(Self::Labels(labels.iter().map(|(row, class)| (*row, closed(*class, gone))).collect()))
            }
            other => Some(other.clone()),
        }
    }

    /// Whether the change speaks of features.
    pub(crate) fn is_of_features(&self) -> bool {
        matches!(self, Self::Rotation { .. })
    }

    /// Simpler changes of the same kind, the simplest first.
    pub(crate) fn simpler(&self) -> Vec<Self> {
        match self {
            Self::Order(order) => closer_to_identity(order).into_iter().map(Self::Order).collect(),
            Self::Names(names) => {
                let names: Vec<usize> = names.iter().map(|name| *name as usize).collect();
                let names = closer_to_identity(&names).into_iter();
                names.map(|names| Self::Names(names.into_iter().map(|name| name as u32).collect())).collect()
            }
            Self::Labels(labels) if labels.len() > 1 => {
                (0..labels.len()).map(|gone| Self::Labels([&labels[..gone], &labels[gone + 1..]].concat())).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Permutations that differ from the identity at fewer places: swaps of two, and `permutation` with one thing put in its place.
fn closer_to_identity(permutation: &[usize]) -> Vec<Vec<usize>> {
    let n = permutation.len();
    let moved = |permutation: &[usize]| permutation.iter().enumerate().filter(|(i, p)| i != *p).count();
    let identity: Vec<usize> = (0..n).collect();
    let swapped = |of: &[usize], a: usize, b: usize| {
        let mut other = of.to_vec();
        other.swap(a, b);
        other
    };
    let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
    // All swaps of two where there are few of them.
    let swaps = pairs.take(MOST_SWAPS).map(|(a, b)| swapped(&identity, a, b));
    let in_place = (0..n).filter(|i| permutation[*i] != *i).filter_map(|i| {
        let holder = permutation.iter().position(|p| *p == i)?;
        Some(swapped(permutation, i, holder))
    });
    swaps.chain(in_place).filter(|other| moved(other) > 0 && moved(other) < moved(permutation)).collect()
}

/// Swaps that are tried.
const MOST_SWAPS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_follows_the_samples_that_are_left() {
        assert_eq!(Change::Order(vec![2, 0, 1]).among(&[0, 2]), Some(Change::Order(vec![1, 0])));
        assert_eq!(Change::Copy(2).among(&[0, 2]), Some(Change::Copy(1)));
        assert_eq!(Change::Labels(vec![(1, 0)]).among(&[0, 2]), None);
    }

    #[test]
    fn a_change_follows_the_classes_that_are_left() {
        assert_eq!(Change::Names(vec![2, 0, 1]).without_class(1), Some(Change::Names(vec![1, 0])));
        assert_eq!(Change::Labels(vec![(0, 2)]).without_class(1), Some(Change::Labels(vec![(0, 1)])));
        assert_eq!(Change::Labels(vec![(0, 2)]).without_class(2), None);
    }

    #[test]
    fn permutations_shrink_to_swaps() {
        let simpler = Change::Order(vec![2, 0, 1]).simpler();
        assert!(simpler.contains(&Change::Order(vec![1, 0, 2])), "{simpler:?}");
        assert!(Change::Order(vec![1, 0]).simpler().is_empty());
        assert!(!simpler.contains(&Change::Order(vec![0, 1, 2])));
    }
}
