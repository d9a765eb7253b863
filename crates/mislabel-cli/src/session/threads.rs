//! How many threads the work may use.

use clap::Args;

use crate::failure::{Failure, Result};
use crate::value_parsers::threads;

/// The size of the thread pool.
#[derive(Args)]
pub(crate) struct Threads {
    /// Threads to use; results do not depend on it [default: one per core]
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true)]
    threads: Option<usize>,
}

impl Threads {
    /// Runs `work` on the pool.
    pub(crate) fn run<T: Send>(&self, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
        let threads = self.threads.unwrap_or(0);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.map_err(|cause| Failure::Threads { threads, cause })?.install(work)
    }
}
