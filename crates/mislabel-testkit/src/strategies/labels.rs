//! Labels, some classes of which may be absent.

use std::ops::RangeInclusive;

use mislabel_core::Labels;
use proptest::prelude::*;

/// Labels of a number of samples in `samples` over a number of classes in `classes`, both at least 1: independent
/// draws, so that classes may be absent, or, one time in four, all from the first class.
///
/// ```
/// use mislabel_testkit::labels;
/// use mislabel_testkit::proptest::prelude::*;
///
/// proptest!(|(labels in labels(1..=20, 2..=5))| {
///     prop_assert!(labels.values().iter().all(|label| (*label as usize) < labels.class_count()));
/// });
/// ```
pub fn labels(samples: RangeInclusive<usize>, classes: RangeInclusive<usize>) -> impl Strategy<Value = Labels> {
    let values = move |classes: usize| {
        let any = prop::collection::vec(0..classes as u32, samples.clone());
        let first = prop::collection::vec(Just(0), samples.clone());
        (prop_oneof![3 => any.boxed(), 1 => first.boxed()], Just(classes))
    };
    classes.prop_flat_map(values).prop_map(|(values, classes)| {
        Labels::new(values, classes).expect("there is a sample and every label is below the number of classes")
    })
}

/// Labels of 1 to 24 samples, half of the time of at most 6: what is odd about an input is often that it is small.
pub(crate) fn few_or_many(classes: RangeInclusive<usize>) -> impl Strategy<Value = Labels> {
    prop_oneof![labels(1..=6, classes.clone()), labels(1..=24, classes)]
}
