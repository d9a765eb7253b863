//! What surrounds a piece of work and does not change its result.

pub(crate) mod checkpoint;
pub(crate) mod context;
pub(crate) mod memory;
pub(crate) mod overall;
pub(crate) mod progress;
pub(crate) mod size;
pub(crate) mod stage;
