//! Where a measure has no value it says so; nothing returns NaN.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use mislabel_core::{Error, ErrorMask, LabelIssues, LabelQuality, Labels, Result};
use mislabel_metrics::{
    Calibration, CurvePoints, Evaluation, FlagCounts, Measured, Ranking, Ties, auroc, average_precision, best_f1,
    confidence_weighted_f1, fnr_at, lift_at, lift_at_errors, ndcg_at, precision_at, precision_recall_curve, recall_at,
    roc_curve,
};

fn issues(quality: Vec<f64>, flags: Vec<bool>) -> LabelIssues {
    let n = quality.len();
    let suggested = Labels::new(vec![0; n], 1).unwrap();
    LabelIssues::new(LabelQuality::new(quality).unwrap(), flags, suggested, vec![0.0; n]).unwrap()
}

fn mask(flags: &[bool]) -> ErrorMask {
    ErrorMask::new(flags.to_vec()).unwrap()
}

/// One measure of the issues against the errors.
type Measure = Box<dyn Fn(&LabelIssues, &ErrorMask) -> Result<f64>>;

fn of_ranking(measure: impl Fn(&Ranking) -> Result<f64> + 'static) -> Measure {
    Box::new(move |issues, errors| measure(&Ranking::by_quality(issues.quality(), errors)?))
}

fn of_flags(measure: impl Fn(&FlagCounts) -> Result<f64> + 'static) -> Measure {
    Box::new(move |issues, errors| measure(&FlagCounts::new(issues.is_issue(), errors)?))
}

fn weighted_f1(issues: &LabelIssues, errors: &ErrorMask) -> Result<f64> {
    confidence_weighted_f1(issues.quality(), issues.is_issue(), errors)
}

fn calibration_error(issues: &LabelIssues, errors: &ErrorMask) -> Result<f64> {
    let suspicion: Vec<f64> = issues.quality().as_slice().iter().map(|quality| 1.0 - quality).collect();
    Calibration::default().expected_error(&suspicion, errors)
}

fn measures(budget: usize) -> Vec<(&'static str, Measure)> {
    let ties = Ties::Averaged;
    vec![
        ("auroc", of_ranking(auroc)),
        ("average precision", of_ranking(average_precision)),
        ("best F1", of_ranking(|ranking| Ok(best_f1(ranking)?.f1))),
        ("F1", of_flags(FlagCounts::f1)),
        ("recall", of_flags(FlagCounts::recall)),
        ("fnr", of_flags(FlagCounts::fnr)),
        ("weighted F1", Box::new(weighted_f1)),
        ("recall at", of_ranking(move |ranking| recall_at(ranking, budget, ties))),
        ("fnr at", of_ranking(move |ranking| fnr_at(ranking, budget, ties))),
        ("lift at", of_ranking(move |ranking| lift_at(ranking, budget, ties))),
        ("lift at errors", of_ranking(move |ranking| lift_at_errors(ranking, ties))),
        ("ndcg", of_ranking(move |ranking| ndcg_at(ranking, budget, ties))),
        ("precision", of_flags(FlagCounts::precision)),
        ("precision at", of_ranking(move |ranking| precision_at(ranking, budget, ties))),
        ("calibration error", Box::new(calibration_error)),
    ]
}

fn is_undefined(result: &Result<f64>) -> bool {
    matches!(result, Err(Error::Undefined { .. }))
}

#[test]
fn without_label_errors_only_measures_of_right_labels_have_a_value() {
    let issues = issues(vec![0.1, 0.5, 0.9], vec![true, false, false]);
    for (place, (name, metric)) in measures(2).iter().enumerate() {
        let value = metric(&issues, &mask(&[false; 3]));
        assert_eq!(is_undefined(&value), place < 12, "{name}: {value:?}");
    }
}

#[test]
fn when_every_label_is_wrong_only_auroc_and_the_roc_curve_have_no_value() {
    let issues = issues(vec![0.1, 0.5, 0.9], vec![true, false, false]);
    let all = mask(&[true; 3]);
    for (name, metric) in measures(2) {
        let value = metric(&issues, &all);
        assert_eq!(is_undefined(&value), name == "auroc", "{name}: {value:?}");
    }
    let ranking = Ranking::by_quality(issues.quality(), &all).unwrap();
    assert!(matches!(roc_curve(&ranking, CurvePoints::All), Err(Error::Undefined { .. })));
    assert!(precision_recall_curve(&ranking, CurvePoints::Corners).is_ok());
}

#[test]
fn precision_without_flags_is_undefined_and_f1_is_zero() {
    let counts = FlagCounts::new(&[false, false], &mask(&[true, false])).unwrap();
    assert_eq!(counts.precision().unwrap_err().to_string(), "precision is undefined: nothing is flagged");
    assert_eq!(counts.f1().unwrap(), 0.0);
    assert_eq!(counts.fnr().unwrap(), 1.0);
}

#[test]
fn confidence_weighted_f1_without_any_weight_is_undefined() {
    // Flagged with no confidence, missed with no confidence.
    let issues = issues(vec![1.0, 0.0], vec![true, false]);
    assert!(is_undefined(&weighted_f1(&issues, &mask(&[true, true]))));
}

#[test]
fn a_budget_of_nothing_or_of_more_than_all_samples_is_an_error_naming_it() {
    let issues = issues(vec![0.1, 0.9], vec![true, false]);
    let ranking = Ranking::by_quality(issues.quality(), &mask(&[true, false])).unwrap();
    for budget in [0, 3] {
        for error in [precision_at(&ranking, budget, Ties::ByIndex), ndcg_at(&ranking, budget, Ties::Averaged)] {
            let message = error.unwrap_err().to_string();
            assert!(message.starts_with(&format!("parameter budget is {budget}: it must be at least 1")), "{message}");
        }
    }
}

#[test]
fn inputs_of_different_lengths_are_errors() {
    let issues = issues(vec![0.1, 0.9], vec![true, false]);
    let three = mask(&[true, false, true]);
    for (name, metric) in measures(1) {
        let value = metric(&issues, &three);
        assert!(matches!(value, Err(Error::LengthMismatch { .. })), "{name}: {value:?}");
    }
    assert!(matches!(Evaluation::new(&issues, &three), Err(Error::LengthMismatch { .. })));
    let flags = vec![true];
    assert!(Evaluation::of_flags(issues.quality(), &flags, &mask(&[true, false])).is_err());
}

#[test]
fn a_suspicion_that_is_not_finite_is_an_error_naming_its_row() {
    let error = Ranking::by_suspicion(&[0.0, f64::NAN], &mask(&[true, false])).unwrap_err();
    assert_eq!(error.to_string(), "suspicion[1, 0] is NaN, expected a finite number");
}

#[test]
fn suspicion_may_have_any_finite_size() {
    let ranking = Ranking::by_suspicion(&[f64::MAX, f64::MIN, 0.0, -0.0], &mask(&[true, false, false, true]));
    let ranking = ranking.unwrap();
    assert_eq!(ranking.cuts().len(), 3, "zero ties with minus zero");
    assert_eq!(auroc(&ranking).unwrap(), (1.0 + 1.0 + 0.5 + 1.0) / 4.0);
}

#[test]
fn calibration_refuses_no_bins_and_what_is_no_probability() {
    let errors = mask(&[true]);
    let none = Calibration { bins: 0, ..Calibration::default() };
    let message = none.expected_error(&[0.5], &errors).unwrap_err().to_string();
    assert_eq!(message, "parameter bins is 0: it must be at least 1");
    for bad in [-0.1, 1.5, f64::NAN] {
        let error = Calibration::default().expected_error(&[bad], &errors);
        assert!(matches!(error, Err(Error::OutOfRange { row: 0, .. })));
    }
    let many = Calibration { bins: usize::MAX, ..Calibration::default() };
    for edge in [0.0, 1.0] {
        assert_eq!(many.expected_error(&[edge], &errors).unwrap(), 1.0 - edge);
    }
}

#[test]
fn an_evaluation_keeps_what_is_defined_and_says_why_the_rest_is_not() {
    let issues = issues(vec![0.1, 0.9], vec![false, false]);
    let evaluation = Evaluation::new(&issues, &mask(&[true, false])).unwrap();
    assert_eq!(evaluation.auroc, Measured::Value(1.0));
    assert_eq!(evaluation.best_f1_threshold, Measured::Value(0.1));
    assert_eq!(evaluation.precision.to_string(), "precision is undefined: nothing is flagged");
    assert_eq!(evaluation.lift_at_100.value(), None);
    assert_eq!(format!("{:.2}", evaluation.lift_at_errors), "2.00");
}

#[cfg(feature = "serde")]
#[test]
fn an_evaluation_survives_json() {
    let issues = issues(vec![0.1, 0.9], vec![false, false]);
    let evaluation = Evaluation::new(&issues, &mask(&[true, false])).unwrap();
    let json = serde_json::to_value(&evaluation).unwrap();
    assert_eq!(json["auroc"], 1.0);
    assert_eq!(json["precision"]["undefined"], "precision is undefined: nothing is flagged");
    assert_eq!(serde_json::from_value::<Evaluation>(json).unwrap(), evaluation);
}
