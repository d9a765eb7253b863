//! Every public type can be sent to other threads, shared with them, and moved once it is pinned.

use mislabel_testkit::{Breach, LabeledErrors, LabeledProbabilities, LabeledRows, LawViolation, Laws};

const fn assert<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    assert::<Breach>();
    assert::<LabeledErrors>();
    assert::<LabeledProbabilities>();
    assert::<LabeledRows>();
    assert::<LawViolation>();
    assert::<Laws>();
}
