//! What people decide, and what follows from all decisions together.

pub(crate) mod agreement;
pub(crate) mod board;
pub(crate) mod decision;
pub(crate) mod event;
pub(crate) mod progress;
pub(crate) mod settlement;
pub(crate) mod share;
