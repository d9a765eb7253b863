//! Every public type can be sent to other threads, shared with them, and moved once it is pinned.

use mislabel_noise::{
    Asymmetric, ConfidenceBased, InstanceDependent, RandomTransition, Recorded, Sampling, Selection, Symmetric,
    Transition,
};

const fn assert<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    assert::<Asymmetric>();
    assert::<ConfidenceBased<'static>>();
    assert::<InstanceDependent<'static>>();
    assert::<RandomTransition>();
    assert::<Recorded>();
    assert::<Sampling>();
    assert::<Selection>();
    assert::<Symmetric>();
    assert::<Transition>();
}
