//! The detector obeys the laws of the testkit, by itself and behind evidence.

mod centroid;

use centroid::Centroids;
use mislabel_core::Pipeline;
use mislabel_rer::{Denominator, Rer, Threshold};
use mislabel_testkit::{Laws, check_error_laws, check_laws};

fn detectors() -> impl Iterator<Item = Rer> {
    let thresholds = [Threshold::Published, Threshold::Fixed(1.05), Threshold::Mixture];
    let denominators = [Denominator::WithoutLeast, Denominator::WithoutGiven];
    thresholds.into_iter().flat_map(move |threshold| denominators.map(|denominator| Rer { threshold, denominator }))
}

#[test]
fn every_rule_and_denominator_obeys_the_laws_of_judges() {
    for detector in detectors() {
        let laws = Laws { cases: 128, ..Laws::default() };
        assert_eq!(check_error_laws(&detector, &laws), Ok(()), "{detector:?}");
    }
}

#[test]
fn every_rule_and_denominator_obeys_the_laws_of_detectors_behind_centroids() {
    for detector in detectors() {
        let pipeline = Pipeline::new(Centroids, detector);
        assert_eq!(check_laws(&pipeline, &Laws::default()), Ok(()), "{detector:?}");
    }
}
