//! Every public type may be sent to and shared between threads, and be moved when pinned.

use mislabel_neighbors::{
    Agreement, AssistedSearch, CandidateSearch, ClusteredSearch, Distance, DuplicateGroups, Duplicates, ExactSearch,
    Hoc, HocFit, KNearest, KnnShapley, NeighborGraph, NeighborSearch, Rarity, RelationGraph, SearchRecall, SelfClean,
    SimiFeat, SimiFeatRule, Wann, Weighting,
};

fn crosses_threads<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    crosses_threads::<Agreement>();
    crosses_threads::<AssistedSearch<Box<dyn CandidateSearch>>>();
    crosses_threads::<Box<dyn CandidateSearch>>();
    crosses_threads::<ClusteredSearch>();
    crosses_threads::<Distance>();
    crosses_threads::<DuplicateGroups>();
    crosses_threads::<Duplicates>();
    crosses_threads::<ExactSearch>();
    crosses_threads::<Hoc>();
    crosses_threads::<HocFit>();
    crosses_threads::<KNearest>();
    crosses_threads::<KnnShapley>();
    crosses_threads::<NeighborGraph>();
    crosses_threads::<Box<dyn NeighborSearch>>();
    crosses_threads::<Rarity>();
    crosses_threads::<SearchRecall>();
    crosses_threads::<RelationGraph>();
    crosses_threads::<SelfClean>();
    crosses_threads::<SimiFeat>();
    crosses_threads::<SimiFeatRule>();
    crosses_threads::<Wann>();
    crosses_threads::<Weighting>();
    #[cfg(feature = "usearch")]
    crosses_threads::<mislabel_neighbors::ApproximateSearch>();
}
