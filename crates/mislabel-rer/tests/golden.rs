//! Values computed elsewhere, from the equations or by another library.

use mislabel_core::{ErrorSummary, Labels};
use mislabel_rer::{LogRatioMixture, Rer};
use ndarray::Array2;

/// The logarithm of the threshold is bisected to its rounding, where the components are equally likely.
const BISECTED: f64 = 1e-6;

/// Logistic quantiles: a closed form that any language evaluates alike.
fn quantiles(n: usize, center: f64, scale: f64) -> impl Iterator<Item = f64> {
    (0..n).map(move |i| (i as f64 + 0.5) / n as f64).map(move |q| center + scale * (q / (1.0 - q)).ln())
}

#[test]
fn the_mixture_is_the_one_scikit_learn_finds() {
    // GaussianMixture(2, tol=1e-12, reg_covar=0) of scikit-learn 1.9 on the same 600 values of log χ. The stopping
    // rules differ, which is what the tolerance is for.
    const TOLERANCE: f64 = 2e-3;
    let ratios: Vec<f64> = quantiles(500, -0.5, 0.11).chain(quantiles(100, 0.3, 0.055)).map(f64::exp).collect();
    let mixture = LogRatioMixture::fit(&ratios).unwrap();
    let found = [
        (mixture.lower.weight, 0.830_169_53),
        (mixture.lower.mean, -0.502_661_92),
        (mixture.lower.deviation, 0.194_425_53),
        (mixture.upper.weight, 0.169_830_47),
        (mixture.upper.mean, 0.298_108_72),
        (mixture.upper.deviation, 0.098_574_43),
    ];
    for (found, expected) in found {
        assert!((found - expected).abs() < TOLERANCE, "{mixture:?}");
    }
    let threshold = mixture.threshold(2.0);
    assert!((mixture.upper_probability(threshold) - 0.5).abs() < BISECTED);
    assert_eq!(mixture.threshold(0.4), 0.4);
}

// Evaluated with NumPy from the equations: χ₀, χ_rand, η̂, χ*, χ̄ of the case below.
const CHI_0: f64 = 0.686_773_947_639_178_5;
const CHI_RAND: f64 = 0.653_360_643_453_777_8;
const RATE: f64 = 0.096_392_124_997_916_45;
const THRESHOLD: f64 = 1.286_374_232_698_833;
const DIFFICULTY: f64 = 0.771_857_074_018_836_5;

#[test]
fn the_report_agrees_with_the_equations_evaluated_in_numpy() {
    const TOLERANCE: f64 = 1e-12;
    let classes = 4;
    let given = Labels::new((0..40).map(|i| (i % classes) as u32).collect(), classes).unwrap();
    let wrong = |row: usize| row % 10 == 7;
    let errors = Array2::from_shape_fn((40, classes), |(row, class)| {
        let truth = if wrong(row) { (row + 1) % classes } else { row % classes };
        let near = if truth == class { 1.0 } else { 1.6 };
        near + 0.3 * ((row * 7 + class * 5) % 11) as f64 / 11.0
    });
    let summary = ErrorSummary::from_dense(errors.view(), &given).unwrap();
    let report = Rer::default().report(&summary, &given).unwrap();
    let found = [
        (report.noise().chi_0(), CHI_0),
        (report.noise().chi_rand(), CHI_RAND),
        (report.noise().rate().unwrap(), RATE),
        (report.threshold(), THRESHOLD),
        (report.difficulty(), DIFFICULTY),
    ];
    for (found, expected) in found {
        assert!((found - expected).abs() < TOLERANCE, "{found} against {expected}");
    }
    assert_eq!(report.flagged(), 4);
    assert!((0..40).all(|row| report.issues().is_issue()[row] == wrong(row)));
}
