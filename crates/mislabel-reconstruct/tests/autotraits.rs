//! Every public type may be sent to and shared between threads, and be moved when pinned.

use mislabel_reconstruct::backend::{
    Architecture, Backend, Folds, Layer, Minibatches, NetworkTask, Round, TrainingRows,
};
use mislabel_reconstruct::{
    Activation, Autoencoder, AutoencoderModel, BlockSummary, Centroid, ClassRow, ClassSearch, EarlyStopping, Gaussian,
    InputScaling, LikelihoodRatio, NearestClasses, Reconstructors, RowScaling, ScoredRows, Scorer, SoftLinear,
    TrainingLength,
};

fn crosses_threads<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    crosses_threads::<Activation>();
    crosses_threads::<Autoencoder>();
    crosses_threads::<AutoencoderModel>();
    crosses_threads::<BlockSummary>();
    crosses_threads::<Centroid>();
    crosses_threads::<ClassRow<'_>>();
    crosses_threads::<ClassSearch>();
    crosses_threads::<EarlyStopping>();
    crosses_threads::<Gaussian>();
    crosses_threads::<InputScaling>();
    crosses_threads::<LikelihoodRatio>();
    crosses_threads::<NearestClasses>();
    crosses_threads::<Reconstructors>();
    crosses_threads::<RowScaling>();
    crosses_threads::<ScoredRows<'_>>();
    crosses_threads::<Box<dyn Scorer>>();
    crosses_threads::<SoftLinear>();
    crosses_threads::<TrainingLength>();
    crosses_threads::<Architecture>();
    crosses_threads::<Box<dyn Backend>>();
    crosses_threads::<Folds>();
    crosses_threads::<Layer>();
    crosses_threads::<Minibatches>();
    crosses_threads::<NetworkTask<'_>>();
    crosses_threads::<Round<'_>>();
    crosses_threads::<TrainingRows>();
}
