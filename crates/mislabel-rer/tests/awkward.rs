//! On whatever errors: every number is finite or absent, never NaN.

#![allow(clippy::unwrap_used, reason = "tests")]

use mislabel_core::Error;
use mislabel_rer::{
    Denominator, ErrorTransitions, MistakeProbability, Moments, RatioMoments, Rer, RerReport, Threshold,
    approximate_mistaken_ratios, mistaken_ratios,
};
use mislabel_testkit::{LabeledErrors, awkward_errors, separable_errors};
use ndarray::Array2;
use proptest::prelude::*;

fn all_finite(moments: Option<Moments>) -> bool {
    moments.is_none_or(|m| {
        [Some(m.mean), Some(m.variance), m.skewness, m.excess_kurtosis].into_iter().flatten().all(f64::is_finite)
    })
}

fn check_report(report: &RerReport, case: &LabeledErrors) {
    let numbers = [report.threshold(), report.noise().chi_0(), report.noise().chi_rand(), report.difficulty()];
    assert!(numbers.iter().all(|number| number.is_finite()), "{report:?}");
    assert!(report.noise().raw().is_none_or(f64::is_finite));
    assert!(report.ratios().as_slice().iter().all(|ratio| (1e-12..=1e12).contains(ratio)));
    assert!(report.ratios().runner_up().iter().all(|ratio| ratio.is_finite() && *ratio >= 1.0));
    for (difficulty, count) in report.class_difficulty().iter().zip(case.given.counts()) {
        assert_eq!(difficulty.is_some(), count > 0);
        assert!(difficulty.is_none_or(f64::is_finite));
    }
    assert_eq!(report.issues().flagged(), report.flagged());
}

fn check_statistics(report: &RerReport, case: &LabeledErrors) {
    let moments = RatioMoments::new(report.ratios());
    assert!(all_finite(moments.above_one) && all_finite(moments.below_one), "{moments:?}");
    let transitions = ErrorTransitions::new(report.ratios(), &case.given).unwrap();
    let total: usize = (0..transitions.class_count()).map(|class| transitions.total(class)).sum();
    assert_eq!(total, report.ratios().above(1.0));
    let distances =
        Array2::from_shape_fn((case.given.class_count(), case.given.class_count()), |(i, j)| i.abs_diff(j) as f64);
    for class in 0..transitions.class_count() {
        let row = [transitions.concentration(class), transitions.entropy(class)];
        assert!(row.iter().all(|value| value.is_none_or(|value| (0.0..=1.0 + 1e-12).contains(&value))));
        let weighted = transitions.weighted_distance(class, distances.view()).unwrap();
        assert_eq!(weighted.is_some(), transitions.total(class) > 0);
        assert!(weighted.is_none_or(f64::is_finite));
    }
}

fn check_mistakes(report: &RerReport, case: &LabeledErrors) {
    let exact = mistaken_ratios(case.errors.view(), &case.given, 3).unwrap();
    let approximate = approximate_mistaken_ratios(&case.summary, &case.given, 3).unwrap();
    for mistaken in [exact, approximate] {
        assert!(mistaken.iter().all(|ratio| ratio.is_finite() && *ratio > 0.0));
        match MistakeProbability::fit(report.ratios().as_slice(), &mistaken, report.noise().rate().unwrap_or(0.0)) {
            Ok(mistake) => assert!(mistake.of(report.ratios()).iter().all(|p| (0.0..=1.0).contains(p))),
            Err(error) => assert!(matches!(error, Error::Undefined { .. }), "{error}"),
        }
    }
}

proptest! {
    #[test]
    fn everything_reported_is_finite_or_absent(case in prop_oneof![awkward_errors().boxed(), separable_errors().boxed()]) {
        for denominator in [Denominator::WithoutLeast, Denominator::WithoutGiven] {
            let report = Rer { denominator, ..Rer::default() }.report(&case.summary, &case.given).unwrap();
            check_report(&report, &case);
            check_statistics(&report, &case);
            check_mistakes(&report, &case);
        }
        match (Rer { threshold: Threshold::Mixture, ..Rer::default() }).report(&case.summary, &case.given) {
            Ok(report) => check_report(&report, &case),
            Err(error) => prop_assert!(matches!(error, Error::Undefined { .. }), "{}", error),
        }
    }
}
