//! Every public type may be sent to and shared between threads, and be moved when pinned.

use mislabel_posterior::{
    Bootstrap, ClassProbabilities, FlagRule, NoiseRateInterval, Posterior, PosteriorDetector, PosteriorModel,
};

fn crosses_threads<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    crosses_threads::<Bootstrap>();
    crosses_threads::<ClassProbabilities<'_>>();
    crosses_threads::<FlagRule>();
    crosses_threads::<NoiseRateInterval>();
    crosses_threads::<Posterior>();
    crosses_threads::<PosteriorDetector>();
    crosses_threads::<PosteriorModel>();
    #[cfg(feature = "soft-linear")]
    {
        crosses_threads::<mislabel_posterior::Fitted>();
        crosses_threads::<mislabel_posterior::SoftLinearPosterior>();
    }
}
