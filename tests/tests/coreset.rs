//! The figures of mislabel-coreset's table that take no probabilities: class leverage finds label errors as well as published,
//! and measures that are blind to labels find none.
#![allow(clippy::unwrap_used, reason = "functions that only tests call")]

use mislabel_core::{Detector, Embeddings, Pipeline, Run};
use mislabel_coreset::{ClassLeverage, CoresetDetector, CoresetEvidence, RootLeverage, Sensitivity};
use mislabel_metrics::{Ranking, auroc, average_precision};
use mislabel_tests::Dataset;

/// The table has three digits.
const ROUNDING: f64 = 0.001;

/// An AUROC of what tells nothing of 180 errors in 1,797 samples, the fewest here, has a standard error of 0.0227.
const BLIND: f64 = 0.06;

/// Each of `cells`: kind of given labels, AUROC and average precision of class leverage.
fn reaches(name: &str, cells: &[(&str, f64, f64)]) {
    let data = Dataset::open(name);
    let rows = data.rows();
    let rows = Embeddings::new(rows.view()).unwrap();
    for (kind, area, precision) in cells {
        let (given, errors) = data.given(kind);
        let ranking = |importance: Sensitivity| {
            let detector = CoresetDetector { comparison: importance.comparison(), ..CoresetDetector::default() };
            let issues =
                Pipeline::new(CoresetEvidence { importance }, detector).detect(&rows, &given, &Run::quiet()).unwrap();
            Ranking::by_quality(issues.quality(), &errors).unwrap()
        };
        let leverage = ranking(Sensitivity::ClassLeverage(ClassLeverage::default()));
        let found = (auroc(&leverage).unwrap(), average_precision(&leverage).unwrap());
        assert!((found.0 - area).abs() < ROUNDING, "{name} {kind}: AUROC {}", found.0);
        assert!((found.1 - precision).abs() < ROUNDING, "{name} {kind}: average precision {}", found.1);
        let blind = auroc(&ranking(Sensitivity::RootLeverage(RootLeverage::default()))).unwrap();
        assert!((blind - 0.5).abs() < BLIND, "{name} {kind}: root leverage has AUROC {blind}");
    }
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn digits_are_as_published() {
    reaches("digits", &[("symmetric_0.1_seed51", 0.951, 0.742), ("asymmetric_0.2_seed51", 0.920, 0.718)]);
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn fashion_is_as_published() {
    reaches("fashion_pixels_5k", &[("symmetric_0.1_seed51", 0.879, 0.638), ("asymmetric_0.2_seed51", 0.841, 0.599)]);
}

#[test]
#[cfg_attr(not(mislabel_data), ignore = "needs ../shared/data: see docs/reproduce.md")]
fn banking_is_as_published() {
    reaches("banking77_minilm", &[("symmetric_0.1_seed51", 0.986, 0.895), ("asymmetric_0.2_seed51", 0.914, 0.719)]);
}
