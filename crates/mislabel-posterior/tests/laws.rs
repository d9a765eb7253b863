//! The posterior obeys the laws of the testkit behind soft linear reconstructors.

use mislabel_core::Pipeline;
use mislabel_posterior::{FlagRule, PosteriorDetector, PosteriorModel};
use mislabel_reconstruct::NearestClasses;
use mislabel_testkit::{Laws, check_laws};

#[test]
fn every_rule_obeys_the_laws() {
    // A count may fall among samples that are equally surely right, of which the first are taken.
    let ordered = [None, Some(FlagRule::MoreLikelyThanNot), Some(FlagRule::ExpectedF1), Some(FlagRule::Precision(0.9))];
    let counted = [Some(FlagRule::Budget(7)), Some(FlagRule::NoiseRate(0.1))];
    for rule in ordered.into_iter().chain(counted) {
        for boundary in [0.0, 3.0] {
            let is_ordered = ordered.contains(&rule);
            // With κ, sums over classes in another order tell samples apart that are as sure.
            let laws = Laws {
                sample_order: is_ordered,
                class_names: is_ordered || boundary == 0.0,
                ties: is_ordered,
                empty_class: is_ordered,
                ..Laws::default()
            };
            let detector =
                PosteriorDetector { model: PosteriorModel { boundary, rounds: 15, ..PosteriorModel::default() }, rule };
            let verdict = check_laws(&Pipeline::new(NearestClasses::default(), detector), &laws);
            assert!(verdict.is_ok(), "{detector:?} {:?}", verdict.map_err(|violation| violation.law));
        }
    }
}
