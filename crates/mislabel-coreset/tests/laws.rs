//! The detectors obey the laws of the testkit.

use mislabel_core::Pipeline;
use mislabel_coreset::{ClassLeverage, CoresetDetector, CoresetEvidence, LewisWeights, RootLeverage, Sensitivity};
use mislabel_testkit::{Laws, check_laws, check_probability_laws};

/// A single wrong label of separable samples is told by its label alone: by no importance that is blind to labels.
fn laws(sensitivity: Sensitivity) -> Laws {
    Laws { wrong_label: sensitivity.depends_on_labels(), ..Laws::default() }
}

#[test]
fn importances_within_embeddings_obey_the_laws() {
    let raw_leverage = ClassLeverage { unit_norm: false, ..ClassLeverage::default() };
    let raw_root = RootLeverage { unit_norm: false, intercept: false };
    let more = [
        Sensitivity::ClassLeverage(raw_leverage),
        Sensitivity::RootLeverage(raw_root),
        Sensitivity::Lewis(LewisWeights { unit_norm: false, intercept: false, ..LewisWeights::default() }),
    ];
    for sensitivity in Sensitivity::ALL.into_iter().chain(more).filter(|sensitivity| !sensitivity.needs_losses()) {
        let detector = CoresetDetector { comparison: sensitivity.comparison(), ..CoresetDetector::default() };
        let pipeline = Pipeline::new(CoresetEvidence { importance: sensitivity }, detector);
        assert_eq!(check_laws(&pipeline, &laws(sensitivity)), Ok(()), "{sensitivity:?}");
    }
}

/// Importance is relative to that of the others, so that one large loss makes the others look better.
#[test]
fn loss_weighted_sensitivity_obeys_the_laws_but_for_monotony() {
    let laws = Laws { monotony: false, ..Laws::default() };
    assert_eq!(check_probability_laws(&CoresetDetector::default(), &laws), Ok(()));
}
