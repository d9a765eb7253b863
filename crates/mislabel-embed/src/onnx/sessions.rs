//! Threads that graphs run on.

use std::sync::{Arc, Mutex, PoisonError};

use rten::ThreadPool;

/// Pools of one thread each that are idle. Batches side by side use cores better than threads within a batch.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<Vec<Arc<ThreadPool>>>);

impl Sessions {
    /// Runs `work` with a pool that nobody else has meanwhile.
    pub(crate) fn with<T>(&self, work: impl FnOnce(Arc<ThreadPool>) -> T) -> T {
        let idle = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let pool = idle.unwrap_or_else(|| Arc::new(ThreadPool::with_num_threads(1)));
        let done = work(Arc::clone(&pool));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(pool);
        done
    }
}
