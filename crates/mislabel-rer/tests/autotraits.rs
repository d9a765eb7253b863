//! Every public type may be sent to and shared between threads, and be moved when pinned.

use mislabel_rer::{
    Bandwidth, Component, Denominator, Difficulty, DifficultyScale, ErrorTransitions, KMeans, LabelFreeDifficulty,
    LogRatioMixture, MistakeProbability, Moments, NoiseRate, RatioDensity, RatioMoments, Ratios, Rer, RerReport,
    SampleSizeCurve, SampleSizeFit, SampleSizePoint, StandardErrors, Threshold,
};

fn crosses_threads<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    crosses_threads::<Bandwidth>();
    crosses_threads::<DifficultyScale>();
    crosses_threads::<Component>();
    crosses_threads::<Denominator>();
    crosses_threads::<Difficulty>();
    crosses_threads::<ErrorTransitions>();
    crosses_threads::<KMeans>();
    crosses_threads::<LabelFreeDifficulty>();
    crosses_threads::<LogRatioMixture>();
    crosses_threads::<MistakeProbability>();
    crosses_threads::<Moments>();
    crosses_threads::<NoiseRate>();
    crosses_threads::<RatioDensity>();
    crosses_threads::<RatioMoments>();
    crosses_threads::<Ratios>();
    crosses_threads::<Rer>();
    crosses_threads::<RerReport>();
    crosses_threads::<SampleSizeCurve>();
    crosses_threads::<SampleSizeFit>();
    crosses_threads::<SampleSizePoint>();
    crosses_threads::<StandardErrors>();
    crosses_threads::<Threshold>();
}
