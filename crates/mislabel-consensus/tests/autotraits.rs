//! Every public type may be sent to and shared between threads, and be moved when pinned.

use mislabel_consensus::{
    Combination, CombinedIssues, Explainer, Explanation, Member, MemberIssues, MemberVote, NearSample, Reconstruction,
};

fn crosses_threads<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    crosses_threads::<Combination>();
    crosses_threads::<CombinedIssues>();
    crosses_threads::<Explainer<'_>>();
    crosses_threads::<Explanation>();
    crosses_threads::<Member<'_>>();
    crosses_threads::<MemberIssues>();
    crosses_threads::<MemberVote>();
    crosses_threads::<NearSample>();
    crosses_threads::<Reconstruction>();
}
