//! Keeping finished parts of long work, and taking them up again.

use std::ops::ControlFlow;

use crate::{Progress, Result};

/// A place where long work keeps its finished parts, so that a later run of the same work takes them up again.
///
/// A part is named by the work that makes it (`"soft linear/fit 0/class 17"`) and consists of bytes that only that work
/// understands. One checkpoint serves one piece of work: the same inputs, parameters and version. Whoever makes it sees to
/// that; the work itself promises names that are different for different parts, and a result from parts taken up that is
/// bit for bit the result without. Work that consists of several pieces of one kind gives each a scope ([`Scoped`]).
///
/// Implementers promise that a part is there whole or not at all, and that calls come from several threads at once.
///
/// Work finds its checkpoint at [`Progress::checkpoint`]:
///
/// ```
/// use mislabel_core::{Checkpoint, Progress, Result, Resumable, Silent};
/// use std::{collections::HashMap, sync::Mutex};
///
/// fn square_sum(progress: &dyn Progress) -> Result<u64> {
///     let parts = progress.checkpoint();
///     if let Some(bytes) = parts.load("square sum")? {
///         return Ok(u64::from_le_bytes(bytes.try_into().expect("what was kept")));
///     }
///     let sum: u64 = (0..1000).map(|value| value * value).sum();
///     parts.store("square sum", &sum.to_le_bytes())?;
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
/// let resumable = Resumable { progress: &Silent, checkpoint: &memory };
/// assert_eq!(square_sum(&resumable)?, square_sum(&resumable)?);
/// assert_eq!(square_sum(&resumable)?, square_sum(&Silent)?);
/// assert!(memory.load("square sum")?.is_some());
/// # Ok::<(), mislabel_core::Error>(())
/// ```
pub trait Checkpoint: Sync {
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

    /// Whether anything stored here is kept; work need not turn parts to bytes where not.
    fn is_kept(&self) -> bool {
        true
    }
}

/// The checkpoint that keeps nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCheckpoint;

impl Checkpoint for NoCheckpoint {
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

/// An observer together with the checkpoint of the work that it observes.
#[derive(Clone, Copy)]
pub struct Resumable<'a> {
    /// Who watches and cancels.
    pub progress: &'a dyn Progress,
    /// Where finished parts are kept.
    pub checkpoint: &'a dyn Checkpoint,
}

impl Progress for Resumable<'_> {
    fn update(&self, stage: &'static str, done: usize, total: usize) -> ControlFlow<()> {
        self.progress.update(stage, done, total)
    }

    fn checkpoint(&self) -> &dyn Checkpoint {
        self.checkpoint
    }
}

/// A part of another checkpoint: every name gets a prefix, so that two pieces of work of one kind keep apart.
///
/// ```
/// use mislabel_core::{Checkpoint, NoCheckpoint, Scoped};
///
/// let first = Scoped { scope: "network 1", checkpoint: &NoCheckpoint };
/// first.store("epoch 3", b"weights")?; // as "network 1/epoch 3"
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Scoped<'a> {
    /// What every name begins with, before a slash.
    pub scope: &'a str,
    /// Where the parts are kept.
    pub checkpoint: &'a dyn Checkpoint,
}

impl Checkpoint for Scoped<'_> {
    fn load(&self, part: &str) -> Result<Option<Vec<u8>>> {
        self.checkpoint.load(&format!("{}/{part}", self.scope))
    }

    fn store(&self, part: &str, bytes: &[u8]) -> Result<()> {
        self.checkpoint.store(&format!("{}/{part}", self.scope), bytes)
    }

    fn is_kept(&self) -> bool {
        self.checkpoint.is_kept()
    }
}
