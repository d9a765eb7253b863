//! Every public type may be sent to and shared between threads, and be moved when pinned.

use mislabel_linalg::{Directions, IntegerProducts, Products};

fn crosses_threads<T: Send + Sync + Unpin>() {}

/// `ByteProducts` is not here: it holds a kernel of another crate, and every thread makes its own.
#[test]
fn every_public_type_is_send_sync_and_unpin() {
    crosses_threads::<IntegerProducts>();
    crosses_threads::<Directions>();
    crosses_threads::<Products>();
}
