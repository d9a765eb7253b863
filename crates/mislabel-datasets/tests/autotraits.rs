//! Every public type can be sent to other threads, shared with them, and moved once it is pinned.

use mislabel_datasets::{ClusteredEmbeddings, Clusters, Dataset, SimulatedPredictions};

const fn assert<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    assert::<ClusteredEmbeddings>();
    assert::<Clusters>();
    assert::<Dataset>();
    assert::<SimulatedPredictions<'static>>();
}
