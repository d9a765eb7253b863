//! What is judged: evidence of n samples with their given labels.

use std::fmt::Debug;

use mislabel_core::Labels;

/// Evidence of n samples with their given labels, which the laws can reorder, rename and relabel.
pub trait Case: Clone + Debug + Sync {
    /// The given labels, `(n,)`.
    fn given(&self) -> &Labels;

    /// The same samples in another order: sample i is `order[i]` of this case; `order` is a permutation of 0..n.
    fn reordered(&self, order: &[usize]) -> Self;

    /// The same samples with class c called `names[c]`; `names` is a permutation of 0..k.
    fn renamed(&self, names: &[u32]) -> Self;

    /// The same samples, sample `row` given `class` instead.
    fn relabeled(&self, row: usize, class: u32) -> Self;

    /// The same evidence beside labels of another length: input that must be refused.
    fn with_labels_of(&self, given: Labels) -> Self;
}

/// `labels` in another order.
pub(crate) fn reordered_labels(labels: &Labels, order: &[usize]) -> Labels {
    let values = order.iter().map(|row| labels.values()[*row]).collect();
    labels.with_values(values).expect("a reordering keeps labels in range")
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

/// Where every class's column moves to: column `names[c]` of a renamed array is column c, so this is the inverse.
pub(crate) fn inverse(names: &[u32]) -> Vec<usize> {
    let mut inverse = vec![0; names.len()];
    for (class, &name) in names.iter().enumerate() {
        inverse[name as usize] = class;
    }
    inverse
}
