//! Every public type can be sent to other threads, shared with them, and moved once it is pinned.

use mislabel_linfa::{Failure, Linfa, LinfaLogistic, Rows, Training};

const fn assert<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    assert::<Failure>();
    assert::<Linfa<fn(&Training) -> Result<(), Failure>>>();
    assert::<LinfaLogistic>();
    assert::<Rows>();
    assert::<Training>();
}
