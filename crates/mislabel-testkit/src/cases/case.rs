//! What is judged: evidence of n samples with their given labels.

use std::fmt::Debug;

use mislabel_core::Labels;
use ndarray::Array2;
use proptest::prelude::BoxedStrategy;

/// Evidence of n samples with their given labels, which the laws can select from, rename, relabel and make simpler.
pub trait Case: Clone + Debug + Sync + 'static {
    /// The given labels, `(n,)`.
    fn given(&self) -> &Labels;

    /// Some of the samples: sample i is `rows[i]` of this case. A permutation of 0..n gives another order; a sample
    /// may be left out, or come more than once.
    fn selected(&self, rows: &[usize]) -> Self;

    /// The same samples with class c called `names[c]`; `names` is a permutation of 0..k.
    fn renamed(&self, names: &[u32]) -> Self;

    /// The same samples, sample `row` given `class` instead.
    fn relabeled(&self, row: usize, class: u32) -> Self;

    /// The same evidence beside labels of another length: input that must be refused.
    fn with_labels_of(&self, given: Labels) -> Self;

    /// The same samples among one class more, the last one, which has no samples.
    fn with_empty_class(&self) -> Self;

    /// The same without the class `class`, which must have no samples; `None` where it cannot go.
    fn without_class(&self, class: usize) -> Option<Self>;

    /// The same with every number rounded to so many significant `digits`, at least 1; `None` where that changes nothing.
    fn rounded(&self, digits: usize) -> Option<Self>;

    /// Cases with one feature less each; none for evidence that has no features.
    fn narrower(&self) -> Vec<Self> {
        Vec::new()
    }

    /// Whether the case is still what [`CaseKind::Plain`] promises: a counter-example shrinks no further.
    fn is_plain(&self) -> bool;

    /// Whether at least two classes have three samples or more: a counter-example of [`CaseKind::Tied`] shrinks no further where
    /// it must be accepted.
    fn is_roomy(&self) -> bool {
        self.given().counts().iter().filter(|count| **count >= 3).count() > 1
    }

    /// Whether no two classes tie for a sample, as far as the evidence shows.
    fn is_untied(&self) -> bool {
        true
    }

    /// Cases that differ in `kind`: the strategies on which the laws are checked.
    fn cases(kind: CaseKind) -> BoxedStrategy<Self>;
}

/// What cases are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CaseKind {
    /// Well separated classes of several samples each, all labels right.
    Plain,
    /// Well separated, with duplicates, ties, zeros, a constant feature, an absent class and a class of one sample.
    /// No detector has a reason to refuse them.
    Tied,
    /// Anything that is valid. A detector may refuse it.
    Awkward,
}

/// Some of the `labels`.
pub(crate) fn selected_labels(labels: &Labels, rows: &[usize]) -> Labels {
    let values = rows.iter().map(|row| labels.values()[*row]).collect();
    labels.with_values(values).expect("a selection keeps labels in range")
}

/// `labels` with class c called `names[c]`.
pub(crate) fn renamed_labels(labels: &Labels, names: &[u32]) -> Labels {
    let values = labels.values().iter().map(|class| names[*class as usize]).collect();
    labels.with_values(values).expect("a renaming keeps labels in range")
}

/// `labels` with sample `row` given `class`.
pub(crate) fn relabeled(labels: &Labels, row: usize, class: u32) -> Labels {
    let mut values = labels.values().to_vec();
    values[row] = class;
    labels.with_values(values).expect("the new label is one of the classes")
}

/// `labels` over one class more, without names.
pub(crate) fn with_empty_class(labels: &Labels) -> Labels {
    Labels::new(labels.values().to_vec(), labels.class_count() + 1).expect("more classes hold the same labels")
}

/// `labels` without the class `class`; `None` where it has samples or is the only one.
pub(crate) fn without_class(labels: &Labels, class: usize) -> Option<Labels> {
    if labels.class_count() < 2 || labels.values().contains(&(class as u32)) {
        return None;
    }
    let values = labels.values().iter().map(|label| label - u32::from(*label as usize > class)).collect();
    Labels::new(values, labels.class_count() - 1).ok()
}

/// All classes but `class`.
pub(crate) fn other_classes(labels: &Labels, class: usize) -> Vec<usize> {
    (0..labels.class_count()).filter(|other| *other != class).collect()
}

/// Where every class's column moves to: column `names[c]` of a renamed array is column c, so this is the inverse.
pub(crate) fn inverse(names: &[u32]) -> Vec<usize> {
    let mut inverse = vec![0; names.len()];
    for (class, &name) in names.iter().enumerate() {
        inverse[name as usize] = class;
    }
    inverse
}

/// Whether no row has a number twice.
pub(crate) fn all_differ(rows: &Array2<f64>) -> bool {
    rows.outer_iter().all(|row| (0..row.len()).all(|a| (0..a).all(|b| row[a] != row[b])))
}
