//! Keeping finished parts of long work, and taking them up again.

use crate::error::Result;
use crate::forwarding::forward;

/// A place where long work keeps its finished parts, so that a later run of the same work takes them up again.
///
/// A part has a name, given by the work that makes it (`"soft linear/fit 0/class 17"`), and consists of bytes that only
/// that work understands. One checkpoint serves one piece of work: the same inputs, parameters and version. Whoever makes
/// the checkpoint sees to that. The work promises different names for different parts, and the same result, bit for bit,
/// with and without parts of an earlier run. Work that consists of several pieces of one kind gives each a scope
/// ([`Run::scoped`](crate::Run::scoped)).
///
/// Implementers promise that a part is there whole or not at all, and that calls may come from several threads at once.
///
/// Work reaches its checkpoint through its [`Run`](crate::Run):
///
/// ```
/// use mislabel_core::{Checkpoint, Result, Run};
/// use std::{collections::HashMap, sync::Mutex};
///
/// fn square_sum(run: &Run<'_>) -> Result<u64> {
///     if let Some(bytes) = run.load("square sum")? {
///         return Ok(u64::from_le_bytes(bytes.try_into().expect("eight bytes were kept")));
///     }
///     let sum: u64 = (0..1000).map(|value| value * value).sum();
///     run.store("square sum", &sum.to_le_bytes())?;
///     Ok(sum)
/// }
///
/// #[derive(Default)]
/// struct Memory(Mutex<HashMap<String, Vec<u8>>>);
///
/// impl Checkpoint for Memory {
///     fn load(&self, part: &str) -> Result<Option<Vec<u8>>> {
///         Ok(self.0.lock().expect("no thread panics").get(part).cloned())
///     }
///     fn store(&self, part: &str, bytes: &[u8]) -> Result<()> {
///         self.0.lock().expect("no thread panics").insert(part.into(), bytes.into());
///         Ok(())
///     }
/// }
///
/// let memory = Memory::default();
/// let run = Run::quiet().with_checkpoint(&memory);
/// assert_eq!(square_sum(&run)?, square_sum(&run)?);
/// assert_eq!(square_sum(&run)?, square_sum(&Run::quiet())?);
/// assert!(memory.load("square sum")?.is_some());
/// # Ok::<(), mislabel_core::Error>(())
/// ```
pub trait Checkpoint: Send + Sync {
    /// The bytes of `part` where an earlier run, or this one, stored them.
    ///
    /// # Errors
    /// Whatever keeps a part that is there from being read, damage included.
    fn load(&self, part: &str) -> Result<Option<Vec<u8>>>;

    /// Keeps `bytes` as `part`, in place of what was kept under that name before.
    ///
    /// # Errors
    /// Whatever keeps them from being written.
    fn store(&self, part: &str, bytes: &[u8]) -> Result<()>;

    /// Whether anything stored here is kept; where not, work need not turn parts to bytes.
    fn is_kept(&self) -> bool {
        true
    }
}

forward! {
    Checkpoint {
        fn load(&self, part: &str) -> Result<Option<Vec<u8>>>;
        fn store(&self, part: &str, bytes: &[u8]) -> Result<()>;
        fn is_kept(&self) -> bool;
    }
}

/// The checkpoint that keeps nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unkept;

impl Checkpoint for Unkept {
    fn load(&self, _: &str) -> Result<Option<Vec<u8>>> {
        Ok(None)
    }

    fn store(&self, _: &str, _: &[u8]) -> Result<()> {
        Ok(())
    }

    fn is_kept(&self) -> bool {
        false
    }
}
