//! Every public type can be sent to other threads, shared with them, and moved once it is pinned.

use mislabel_predictions::{
    Certainty, Logits, Mistakenness, Normalization, Predictions, Representativeness, Softmax, ZeroShot, ZeroShotLogits,
};

const fn assert<T: Send + Sync + Unpin>() {}

#[test]
fn every_public_type_is_send_sync_and_unpin() {
    assert::<Certainty>();
    assert::<Logits>();
    assert::<Mistakenness>();
    assert::<Normalization>();
    assert::<Predictions>();
    assert::<Representativeness>();
    assert::<Softmax<'static>>();
    assert::<ZeroShot>();
    assert::<ZeroShotLogits<'static>>();
}
