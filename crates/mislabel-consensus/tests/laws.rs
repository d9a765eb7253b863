//! The consensus and its directed member obey the laws of the testkit.

use mislabel_consensus::{Consensus, DirectedPosterior};
use mislabel_core::Pipeline;
use mislabel_reconstruct::NearestClasses;
use mislabel_testkit::{Laws, check_laws};

#[test]
fn the_directed_posterior_obeys_the_laws() {
    let detector = Pipeline::new(NearestClasses::default(), DirectedPosterior::default());
    let verdict = check_laws(&detector, &Laws::default());
    assert!(verdict.is_ok(), "{verdict:?}");
}

/// Members are weighed by how far they agree beyond chance, which depends on the number of classes.
#[test]
fn the_consensus_obeys_the_laws_but_for_empty_classes() {
    let verdict = check_laws(&Consensus::default(), &Laws { empty_class: false, ..Laws::default() });
    assert!(verdict.is_ok(), "{verdict:?}");
}
