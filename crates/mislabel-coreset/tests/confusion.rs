//! Classes of interest from confusion matrices, sound and unsound ones.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use mislabel_core::Error;
use mislabel_coreset::{classes_of_interest, confused_pairs};
use ndarray::{Array2, array};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pairs_are_the_largest_shares_off_the_diagonal(
        (k, entries) in (1..6_usize).prop_flat_map(|k| (Just(k), prop::collection::vec(0..9_u32, k * k))),
        count in 0..30_usize,
    ) {
        let confusion = Array2::from_shape_vec((k, k), entries).unwrap().mapv(f64::from);
        let mut shares: Vec<f64> = Vec::new();
        for ((i, j), value) in confusion.indexed_iter() {
            if i != j && *value > 0.0 {
                shares.push(value / confusion.row(i).sum());
            }
        }
        shares.sort_by(|a, b| b.total_cmp(a));
        shares.truncate(count);
        let pairs = confused_pairs(confusion.view(), count).unwrap();
        for pair in &pairs {
            let row = confusion.row(pair.class as usize);
            prop_assert_eq!(pair.share, row[pair.taken_for as usize] / row.sum());
        }
        prop_assert_eq!(pairs.iter().map(|pair| pair.share).collect::<Vec<_>>(), shares);
    }
}

#[test]
fn every_class_of_interest_is_named_once() {
    let confusion = array![[5.0, 4.0, 1.0], [3.0, 7.0, 0.0], [0.0, 0.0, 0.0]];
    assert_eq!(classes_of_interest(confusion.view(), 2).unwrap(), [0, 1]);
    assert_eq!(classes_of_interest(confusion.view(), 99).unwrap(), [0, 1, 2]);
    assert!(classes_of_interest(confusion.view(), 0).unwrap().is_empty());
}

#[test]
fn unsound_matrices_are_refused() {
    assert!(matches!(confused_pairs(Array2::zeros((0, 0)).view(), 1), Err(Error::Empty { .. })));
    assert!(matches!(confused_pairs(Array2::zeros((2, 3)).view(), 1), Err(Error::LengthMismatch { .. })));
    for bad in [f64::NAN, -1.0, f64::INFINITY, 1e101] {
        let confusion = array![[1.0, 0.0], [bad, 1.0]];
        let error = confused_pairs(confusion.view(), 1).unwrap_err();
        assert!(matches!(error, Error::OutOfRange { row: 1, column: 0, .. }), "{bad}");
    }
}
