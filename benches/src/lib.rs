//! What the workspace's benches and measuring programs share: data to measure on, clocks, and operation counts.
//!
//! The programs are `soft_linear` (the pair of `peers/soft_linear.py`), `gemm_peak`, `memory`, `components`, `pruning`,
//! `autoencoder_step`, `autoencoder_table`, `scale` and `cuda_scale`; `docs/performance.md` has the commands and what they gave.

mod clock;
mod clusters;
mod half_file;
mod operations;
mod peak_memory;
mod products;
mod stages;

pub use clock::{Seconds, Stopwatch};
pub use clusters::Clusters;
pub use half_file::write_half_npy;
pub use operations::Operations;
pub use peak_memory::peak_memory;
pub use products::Products;
pub use stages::StageSeconds;
