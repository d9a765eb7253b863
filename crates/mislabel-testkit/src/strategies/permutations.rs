//! Orders of samples, names of classes, rankings and blocks.

use mislabel_core::{ErrorMask, LabelQuality};
use proptest::prelude::*;

use crate::laws::Block;

/// Orders of n samples: permutations of 0..n, which shrink to fewer swaps.
///
/// ```
/// use mislabel_testkit::orders;
/// use mislabel_testkit::proptest::prelude::*;
///
/// proptest!(|(order in orders(7))| {
///     let mut sorted = order.clone();
///     sorted.sort();
///     prop_assert_eq!(sorted, [0, 1, 2, 3, 4, 5, 6]);
/// });
/// ```
pub fn orders(samples: usize) -> impl Strategy<Value = Vec<usize>> {
    Just((0..samples).collect::<Vec<usize>>()).prop_shuffle()
}

/// Names of k classes, as numbers: class c is called `names[c]`.
pub fn renamings(classes: usize) -> impl Strategy<Value = Vec<u32>> {
    orders(classes).prop_map(|names| names.into_iter().map(|class| class as u32).collect())
}

/// Quality with known errors: 2 to 16 samples, ties, at least one error and one right label.
pub fn rankings() -> impl Strategy<Value = (LabelQuality, ErrorMask)> {
    let quality =
        prop_oneof![(0..=4_u8).prop_map(|q| f64::from(q) / 4.0), (0..=20_u8).prop_map(|q| f64::from(q) / 20.0)];
    prop::collection::vec((quality, any::<bool>()), 2..=16).prop_map(|mut samples| {
        samples[0].1 = true;
        samples[1].1 = false;
        let (quality, errors) = samples.into_iter().unzip();
        let quality = LabelQuality::new(quality).expect("quality lies in [0, 1]");
        (quality, ErrorMask::new(errors).expect("there are samples"))
    })
}

/// Blocks of a source of n rows, n at least 1.
pub fn blocks(n: usize) -> impl Strategy<Value = Block> {
    let gathered = prop::collection::vec(0..u32::try_from(n).unwrap_or(u32::MAX), 0..=8);
    (0..n, gathered).prop_flat_map(move |(start, gathered)| {
        (1..=(n - start).min(64)).prop_map(move |rows| Block::new(start, rows, gathered.clone()))
    })
}
