//! The detector on its evidence, and what importances do with input that is unkind.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should fail")]

use mislabel_core::{ClassEvidence, Embeddings, Error, Judge, LabelIssues, Labels, PredictedProbabilities, Run};
use mislabel_coreset::{
    ClassLeverage, Comparison, CoresetDetector, CoresetEvidence, Importance, ImportanceEvidence, LewisWeights,
    LossSensitivity, RootLeverage, Samples, Sensitivity,
};
use ndarray::{Array1, Array2, array};

/// Rounding of factorizations of a few features in doubles; the importances are of order 1.
const ROUNDING: f64 = 1e-9;

fn measured(rows: &Array2<f32>, given: &Labels, importance: &dyn Importance) -> Result<Array1<f64>, Error> {
    let rows = Embeddings::new(rows.view())?;
    let losses = Array1::ones(given.len());
    importance.importance(&Samples::new(&rows, given)?.with_losses(losses.view())?, &Run::quiet())
}

fn judged(detector: CoresetDetector, importance: &[f64], likely: &[u32], given: &Labels) -> LabelIssues {
    let evidence = ImportanceEvidence::new(importance.to_vec().into(), likely.to_vec()).unwrap();
    detector.judge(&evidence, given, &Run::quiet()).unwrap()
}

#[test]
fn the_score_is_importance_over_the_mean_of_the_class_or_of_all() {
    let given = Labels::new(vec![0, 0, 1, 1], 3).unwrap();
    let issues = judged(CoresetDetector::default(), &[3.0, 1.0, 0.5, 0.5], &[1, 0, 0, 1], &given);
    assert_eq!(issues.score(), [1.5, 0.5, 1.0, 1.0]);
    assert_eq!(issues.quality().as_slice(), [0.4, 1.0 / 1.5, 0.5, 0.5]);
    assert_eq!(issues.is_issue().to_vec(), [true, false, false, false]);
    assert_eq!(issues.suggested().values(), [1, 0, 0, 1]);
    let dataset = CoresetDetector { comparison: Comparison::Dataset, ..CoresetDetector::default() };
    assert_eq!(judged(dataset, &[3.0, 1.0, 0.5, 0.5], &[1, 0, 0, 1], &given).score(), [2.4, 0.8, 0.4, 0.4]);
}

#[test]
fn an_important_sample_that_looks_like_its_class_is_no_issue() {
    let given = Labels::new(vec![0, 0], 2).unwrap();
    assert_eq!(judged(CoresetDetector::default(), &[9.0, 1.0], &[0, 1], &given).flagged(), 0);
    let low = CoresetDetector { threshold: 0.0, ..CoresetDetector::default() };
    assert_eq!(judged(low, &[9.0, 1.0], &[0, 1], &given).is_issue().to_vec(), [false, true]);
}

#[test]
fn importances_of_zero_are_all_average() {
    let given = Labels::new(vec![0, 1], 2).unwrap();
    assert_eq!(judged(CoresetDetector::default(), &[0.0, 0.0], &[1, 1], &given).quality().as_slice(), [0.5, 0.5]);
}

#[test]
fn equal_importances_flag_nothing() {
    for n in 1..200_usize {
        let given = Labels::new(vec![0; n], 2).unwrap();
        let issues = judged(CoresetDetector::default(), &vec![1.0 / n as f64; n], &vec![1; n], &given);
        assert_eq!(issues.flagged(), 0, "{n}");
    }
}

#[test]
fn the_greatest_importances_still_give_finite_scores() {
    let given = Labels::new(vec![0, 0, 0], 1).unwrap();
    let issues = judged(CoresetDetector::default(), &[1e100, 1e-300, 0.0], &[0, 0, 0], &given);
    assert!(issues.score().iter().all(|score| score.is_finite()));
}

#[test]
fn losses_suspect_the_label_that_is_least_probable() {
    let given = Labels::new(vec![0, 0, 1], 2).unwrap();
    let probabilities = array![[0.9, 0.1], [0.5, 0.5], [1.0, 0.0]];
    let probabilities = PredictedProbabilities::new(probabilities.view()).unwrap();
    let issues = CoresetDetector::default().judge(&probabilities, &given, &Run::quiet()).unwrap();
    assert_eq!(issues.quality().ranking(), [2, 1, 0]);
    assert_eq!(issues.is_issue().to_vec(), [false, false, true]);
    assert_eq!(issues.suggested().values(), [0, 0, 0], "a tie is no reason to suggest another label");
    let other = Labels::new(vec![0, 0, 1], 3).unwrap();
    assert!(matches!(
        CoresetDetector::default().judge(&probabilities, &other, &Run::quiet()),
        Err(Error::ClassCountMismatch { .. })
    ));
}

#[test]
fn bad_evidence_and_parameters_are_named() {
    let given = Labels::new(vec![0, 1], 2).unwrap();
    let evidence = |importance: Vec<f64>, likely| ImportanceEvidence::new(importance.into(), likely);
    assert!(matches!(evidence(vec![], vec![]), Err(Error::Empty { .. })));
    assert!(matches!(evidence(vec![1.0, 1.0], vec![0]), Err(Error::LengthMismatch { .. })));
    for bad in [f64::NAN, -0.1, f64::INFINITY, 1e101] {
        assert!(matches!(evidence(vec![1.0, bad], vec![0, 0]), Err(Error::OutOfRange { row: 1, .. })), "{bad}");
    }
    let detector = CoresetDetector::default();
    let unknown = detector.judge(&evidence(vec![1.0, 1.0], vec![0, 2]).unwrap(), &given, &Run::quiet());
    assert!(matches!(unknown, Err(Error::LabelOutOfRange { row: 1, label: 2, classes: 2 })));
    let longer = Labels::new(vec![0, 1, 1], 2).unwrap();
    let sound = evidence(vec![1.0, 1.0], vec![0, 1]).unwrap();
    assert!(matches!(detector.judge(&sound, &longer, &Run::quiet()), Err(Error::LengthMismatch { .. })));
    for threshold in [f64::NAN, -1.0] {
        let error = CoresetDetector { threshold, ..detector }.judge(&sound, &given, &Run::quiet()).unwrap_err();
        assert!(error.to_string().starts_with("parameter threshold is"), "{error}");
    }
}

#[test]
fn parameters_of_importances_are_checked() {
    let (rows, given) = (array![[1.0_f32, 0.0], [0.0, 1.0]], Labels::new(vec![0, 1], 2).unwrap());
    for ridge in [0.0, 1e-10, 1e13, f64::NAN, -1.0] {
        let found = measured(&rows, &given, &ClassLeverage { ridge, ..ClassLeverage::default() });
        assert!(matches!(found, Err(Error::Parameter { name: "ridge", .. })), "{ridge}");
    }
    for tolerance in [0.0, -1.0, f64::NAN] {
        let found = measured(&rows, &given, &LewisWeights { tolerance, ..LewisWeights::default() });
        assert!(matches!(found, Err(Error::Parameter { name: "tolerance", .. })), "{tolerance}");
    }
    let found = measured(&rows, &given, &LewisWeights { rounds: 0, ..LewisWeights::default() });
    assert!(matches!(found, Err(Error::Parameter { name: "rounds", .. })));
}

#[test]
fn samples_that_do_not_fit_are_refused() {
    let (rows, given) = (array![[1.0_f32, 0.0], [0.0, 1.0]], Labels::new(vec![0, 1], 2).unwrap());
    let rows = Embeddings::new(rows.view()).unwrap();
    let with = |weights: &[f64]| Samples::new(&rows, &given)?.with_weights(weights.into()).map(|_| ());
    let losing = |losses: &[f64]| Samples::new(&rows, &given)?.with_losses(losses.into()).map(|_| ());
    let three = Labels::new(vec![0, 1, 1], 2).unwrap();
    assert!(matches!(Samples::new(&rows, &three), Err(Error::LengthMismatch { .. })));
    assert!(matches!(with(&[1.0]), Err(Error::LengthMismatch { what: "sample weights", .. })));
    assert!(matches!(losing(&[1.0]), Err(Error::LengthMismatch { what: "losses", .. })));
    for bad in [f64::NAN, -1.0, f64::INFINITY, 1e101] {
        assert!(matches!(with(&[1.0, bad]), Err(Error::OutOfRange { row: 1, .. })), "{bad}");
        assert!(matches!(losing(&[1.0, bad]), Err(Error::OutOfRange { row: 1, .. })), "{bad}");
    }
    assert!(matches!(with(&[0.0, 0.0]), Err(Error::Undefined { .. })));
    let error = LossSensitivity.importance(&Samples::new(&rows, &given).unwrap(), &Run::quiet()).unwrap_err();
    assert_eq!(error.to_string(), "loss-weighted sensitivity is undefined: the samples come without losses");
    let error = CoresetEvidence { importance: Sensitivity::Loss }.evidence(&rows, &given, &Run::quiet()).unwrap_err();
    assert!(matches!(error, Error::Undefined { .. }));
}

/// Every importance is finite, not negative and has a positive sum, whatever the rows.
#[test]
fn unkind_rows_have_an_importance() {
    let spread = Array2::from_shape_fn((12, 3), |(i, j)| ((i * 5 + j * 2) % 7) as f32 - 3.0);
    let mut outlier = spread.clone();
    outlier[[4, 1]] = 1e18;
    let mut lone = Array2::zeros((12, 3));
    lone[[3, 0]] = 1e-18;
    let all = [
        Array2::zeros((12, 3)),
        Array2::from_elem((12, 3), 0.7),
        &spread * 1e18,
        &spread * 1e-18,
        &spread * 1e38,
        &spread * 1e-44,
        outlier,
        lone,
    ];
    let labels = [vec![0; 12], vec![5; 12], (0..12).collect(), (0..12).map(|i| i / 11).collect::<Vec<u32>>()];
    let raw = [
        Sensitivity::ClassLeverage(ClassLeverage { ridge: 1e-9, unit_norm: false }),
        Sensitivity::ClassLeverage(ClassLeverage { ridge: 1e12, unit_norm: false }),
        Sensitivity::RootLeverage(RootLeverage { unit_norm: false, intercept: true }),
        Sensitivity::RootLeverage(RootLeverage { unit_norm: false, intercept: false }),
        Sensitivity::Lewis(LewisWeights { unit_norm: false, intercept: false, ..LewisWeights::default() }),
    ];
    for (case, rows) in all.iter().enumerate() {
        let rows = rows.mapv(|x| x.clamp(f32::MIN, f32::MAX));
        for values in &labels {
            let given = Labels::new(values.clone(), 20).unwrap();
            for importance in Sensitivity::ALL.into_iter().chain(raw) {
                let found = measured(&rows, &given, &importance).unwrap();
                let sound = found.iter().all(|value| value.is_finite() && *value >= 0.0);
                assert!(sound && found.sum() > 0.0, "{importance:?} {case} {values:?}: {found}");
            }
        }
    }
}

#[test]
fn one_sample_is_all_there_is() {
    let (rows, given) = (array![[3.0_f32, 4.0]], Labels::new(vec![2], 3).unwrap());
    for (importance, expected) in Sensitivity::ALL.into_iter().zip([1.0, 1.0, 2.0, 2.0, 1.0]) {
        let found = measured(&rows, &given, &importance).unwrap();
        assert!((found[0] - expected).abs() < ROUNDING, "{importance:?}: {found}");
    }
}

#[test]
fn names_are_distinct_and_say_what_is_needed() {
    let names = Sensitivity::ALL.map(|sensitivity| sensitivity.name());
    assert_eq!(names, ["class-leverage", "loss", "root-leverage", "lewis", "uniform"]);
    assert_eq!(Sensitivity::default(), Sensitivity::ALL[0]);
}

#[test]
fn weights_of_extreme_size_keep_leverage_in_range() {
    let rows = Array2::from_shape_fn((8, 2), |(i, j)| ((i * 3 + j) % 5) as f32);
    let given = Labels::new(vec![0, 1, 0, 1, 0, 1, 0, 1], 2).unwrap();
    let rows = Embeddings::new(rows.view()).unwrap();
    for scale in [1e-100, 1e-18, 1e18, 1e99] {
        let weights = Array1::from_shape_fn(8, |i| scale * (1.0 + i as f64));
        let samples = Samples::new(&rows, &given).unwrap().with_weights(weights.view()).unwrap();
        let plain = Array1::from_shape_fn(8, |i| 1.0 + i as f64);
        let plain = Samples::new(&rows, &given).unwrap().with_weights(plain.view()).unwrap();
        for importance in Sensitivity::ALL.into_iter().filter(|sensitivity| !sensitivity.needs_losses()) {
            let found = importance.importance(&samples, &Run::quiet()).unwrap();
            let expected = importance.importance(&plain, &Run::quiet()).unwrap();
            let close = found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < ROUNDING);
            assert!(close, "{importance:?} {scale}: {found} {expected}");
        }
    }
}

/// Found by the fuzz target `coreset_tree`: of such weights not even a ridge is left.
#[test]
fn weights_whose_products_vanish_give_importances_all_the_same() {
    let rows = array![[1.0, -1.0], [2.0, -1.0], [0.0, -1.0], [4.0, -1.0], [1.0, 2.0]];
    let (rows, given) = (Embeddings::new(rows.view()).unwrap(), Labels::new(vec![1, 1, 1, 0, 0], 2).unwrap());
    let weights = array![1.2e-311, 2.1e-314, 6.8e-49, 4.2e-314, 4.2e-314];
    let samples = Samples::new(&rows, &given).unwrap().with_weights(weights.view()).unwrap();
    let (class, root, lewis) = (ClassLeverage::default(), RootLeverage::default(), LewisWeights::default());
    for (name, importance) in
        [("class leverage", &class as &dyn Importance), ("root leverage", &root), ("Lewis", &lewis)]
    {
        let importances = importance.importance(&samples, &Run::quiet()).unwrap();
        assert!(importances.iter().all(|value| value.is_finite() && *value >= 0.0), "{name} {importances}");
    }
}
