//! What the benches measure: kernels, the same steps in cuBLAS calls, and cuBLAS alone. Feature `measure`.

mod clock;
mod library;
pub(crate) mod scoring;
mod scoring_block;
pub(crate) mod training;

pub use clock::device_seconds;
pub use library::{Library, SquareMatrix, SquareProduct};
pub use scoring::ScoringWork;
pub use scoring_block::ScoringBlock;
pub use training::TrainingWork;
