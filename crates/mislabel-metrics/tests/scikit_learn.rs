//! Values equal scikit-learn's, recorded by `reference/scikit_learn.py`.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use mislabel_core::{ErrorMask, LabelQuality};
use mislabel_metrics::{
    Binning, Calibration, CurvePoints, FlagCounts, Ranking, Ties, auroc, average_precision, best_f1,
    confidence_weighted_f1, ndcg_at, precision_recall_curve, roc_curve,
};
use serde_json::Value;

/// Both sides sum at most 120 terms of at most 1 in f64, in different orders.
const TOLERANCE: f64 = 1e-12;

struct Case {
    expected: Value,
    errors: ErrorMask,
    suspicion: Vec<f64>,
    flags: Vec<bool>,
}

impl Case {
    fn all() -> Vec<Self> {
        let file: Value = serde_json::from_str(include_str!("reference/scikit_learn.json")).unwrap();
        let cases = file["cases"].as_array().unwrap();
        assert_eq!(cases.len(), 7);
        cases.iter().map(Self::new).collect()
    }

    fn new(expected: &Value) -> Self {
        Self {
            errors: ErrorMask::new(flags(&expected["errors"])).unwrap(),
            suspicion: (numbers(&expected["suspicion"])),
            flags: (flags(&expected["flags"])),
            expected: expected.clone(),
        }
    }

    fn ranking(&self) -> Ranking {
        Ranking::by_suspicion(&self.suspicion, &self.errors).unwrap()
    }

    fn quality(&self) -> LabelQuality {
        LabelQuality::new(self.suspicion.iter().map(|s| 1.0 - s).collect()).unwrap()
    }

    fn assert(&self, field: &str, found: f64) {
        let expected = self.expected[field].as_f64().unwrap();
        self.assert_close(field, found, expected);
    }

    fn assert_close(&self, what: &str, found: f64, expected: f64) {
        assert!((found - expected).abs() < TOLERANCE, "{} {what}: {found} not {expected}", self.expected["name"]);
    }

    fn assert_all_close(&self, what: &str, found: &[f64], expected: &Value) {
        let expected = numbers(expected);
        assert_eq!(found.len(), expected.len(), "{} {what}", self.expected["name"]);
        found.iter().zip(expected).for_each(|(&found, expected)| self.assert_close(what, found, expected));
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn flags(value: &Value) -> Vec<bool> {
    value.as_array().unwrap().iter().map(|v| v.as_bool().unwrap()).collect()
}

#[test]
fn ranking_measures_equal_scikit_learn() {
    for case in Case::all() {
        let by_quality = Ranking::by_quality(&case.quality(), &case.errors).unwrap();
        for ranking in [case.ranking(), by_quality] {
            case.assert("auroc", auroc(&ranking).unwrap());
            case.assert("average_precision", average_precision(&ranking).unwrap());
            case.assert("best_f1", best_f1(&ranking).unwrap().f1);
        }
    }
}

#[test]
fn ndcg_equals_scikit_learn_with_ties_averaged_and_in_order() {
    for case in Case::all() {
        for (field, ties) in [("ndcg", Ties::Averaged), ("ndcg_by_index", Ties::ByIndex)] {
            for pair in case.expected[field].as_array().unwrap() {
                let budget = pair[0].as_u64().unwrap() as usize;
                let found = ndcg_at(&case.ranking(), budget, ties).unwrap();
                case.assert_close(field, found, pair[1].as_f64().unwrap());
            }
        }
    }
}

#[test]
fn flag_measures_equal_scikit_learn() {
    for case in Case::all() {
        let counts = FlagCounts::new(&case.flags, &case.errors).unwrap();
        case.assert("f1", counts.f1().unwrap());
        case.assert("recall", counts.recall().unwrap());
        match counts.precision() {
            Ok(precision) => case.assert("precision", precision),
            Err(_) => assert_eq!(counts.flagged(), 0),
        }
        let weighted = confidence_weighted_f1(&case.quality(), &case.flags, &case.errors);
        // scikit-learn writes 0 where the weights are all 0; that is where we say undefined.
        case.assert("confidence_weighted_f1", weighted.unwrap_or(0.0));
    }
}

#[test]
fn curves_equal_scikit_learn_with_and_without_intermediate_points() {
    for case in Case::all() {
        for (name, points) in [("all", CurvePoints::All), ("corners", CurvePoints::Corners)] {
            let expected = &case.expected["curves"][name];
            let roc = roc_curve(&case.ranking(), points).unwrap();
            case.assert_all_close("false positive rate", &roc.false_positive_rate, &expected["false_positive_rate"]);
            case.assert_all_close("true positive rate", &roc.true_positive_rate, &expected["true_positive_rate"]);
            let thresholds: Vec<Option<f64>> =
                expected["roc_thresholds"].as_array().unwrap().iter().map(Value::as_f64).collect();
            assert_eq!(roc.thresholds, thresholds);
            let curve = precision_recall_curve(&case.ranking(), points).unwrap();
            case.assert_all_close("precision", &curve.precision, &expected["precision"]);
            case.assert_all_close("recall", &curve.recall, &expected["recall"]);
            assert_eq!(curve.thresholds, numbers(&expected["thresholds"]));
        }
    }
}

#[test]
fn calibration_error_equals_the_one_built_on_scikit_learns_calibration_curve() {
    for case in Case::all() {
        let calibration = Calibration { bins: 10, binning: Binning::EqualWidth };
        let found = calibration.expected_error(&case.suspicion, &case.errors).unwrap();
        case.assert("expected_calibration_error", found);
    }
}
