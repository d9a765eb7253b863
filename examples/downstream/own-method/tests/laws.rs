//! The laws, and a property of one's own.

use downstream_own_method::{Corners, Medians, NearerElsewhere};
use mislabel_core::{Detector, Labels, Pipeline, Run};
use mislabel_testkit::proptest::prelude::*;
use mislabel_testkit::{Laws, check_error_laws, check_evidence_laws, check_laws, check_source_laws};

/// Distances do not depend on the axes, and their share not on the scale.
fn laws() -> Laws {
    Laws { scale: true, rotation: true, ..Laws::default() }
}

#[test]
fn the_source_obeys_the_laws() {
    assert_eq!(check_source_laws(&Corners { samples: 100, classes: 3 }, &laws()), Ok(()));
}

#[test]
fn the_evidence_obeys_the_laws() {
    // A distance grows with the scale; the share of two does not.
    assert_eq!(check_evidence_laws(&Medians, &Laws { scale: false, ..laws() }), Ok(()));
}

#[test]
fn the_judge_obeys_the_laws() {
    // Where all errors are 0, or one is a billion billion times another, a share says little: no finite sum overflows.
    assert_eq!(check_error_laws(&NearerElsewhere, &laws()), Ok(()));
}

#[test]
fn the_detector_obeys_the_laws() {
    assert_eq!(check_laws(&Pipeline::new(Medians, NearerElsewhere), &laws()), Ok(()));
}

proptest! {
    #[test]
    fn one_wrong_label_is_found_wherever_it_is(row in 0..60_usize, by in 1..3_u32) {
        let mut values: Vec<u32> = (0..60).map(|row| row % 3).collect();
        values[row] = (values[row] + by) % 3;
        let given = Labels::new(values, 3).expect("three classes");
        let source = Corners { samples: 60, classes: 3 };
        let issues = Pipeline::new(Medians, NearerElsewhere).detect(&source, &given, &Run::quiet()).expect("sound input");
        prop_assert_eq!(issues.top(1)[0].row, row);
        prop_assert_eq!(issues.flagged(), 1);
    }
}
