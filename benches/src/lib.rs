//! What the workspace's benches and measuring programs share: data to measure on, clocks, and operation counts.
//!
//! The programs are `soft_linear` (the pair of `peers/soft_linear.py`), `gemm_peak`, `memory`, `reading_speed`, `components`, `pruning`,
//! `autoencoder_step`, `autoencoder_table`, `scale` and `cuda_scale`; `docs/notebook/` has the commands and what they gave.

mod clock;
mod operations;
mod peak_memory;
mod products;
mod shape;
mod stages;

pub use clock::{Seconds, Stopwatch};
pub use operations::Operations;
pub use peak_memory::peak_memory;
pub use products::Products;
pub use shape::{Dataset, Shape};
pub use stages::StageSeconds;
