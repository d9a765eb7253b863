//! Every public type may be sent to and shared between threads, and be moved when pinned.

use mislabel_cuda::{Cuda, CudaAutoencoder, CudaCandidates, CudaScorer, CudaSoftLinear, Error, TensorPrecision};

fn crosses_threads<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    crosses_threads::<Cuda>();
    crosses_threads::<CudaAutoencoder>();
    crosses_threads::<CudaCandidates>();
    crosses_threads::<CudaScorer>();
    crosses_threads::<CudaSoftLinear>();
    crosses_threads::<Error>();
    crosses_threads::<TensorPrecision>();
}
