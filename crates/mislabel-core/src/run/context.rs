//! The context of a piece of work.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::run::checkpoint::{Checkpoint, Unkept};
use crate::run::memory::MemoryBudget;
use crate::run::progress::{Progress, Unwatched};
use crate::run::stage::Stage;

/// What surrounds a piece of work and does not change its result: who watches and may cancel it, where it keeps
/// finished parts, how much memory it may hold, and where it may put temporary files.
///
/// Every method that may take long takes a run. [`Run::quiet`] is the plain one; the `with_` methods add to it. Threads are
/// not part of it: work runs in the current [rayon](https://docs.rs/rayon) pool, and results do not depend on their number.
///
/// ```
/// use mislabel_core::{MemoryBudget, Run, progress_fn};
/// use std::ops::ControlFlow;
///
/// let progress = progress_fn(|_, _, _| ControlFlow::Continue(()));
/// let run = Run::quiet().with_progress(&progress).with_memory("2GiB".parse::<MemoryBudget>()?);
/// assert!(run.need("one class", 3 << 30).is_err());
/// # Ok::<(), mislabel_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Run<'a> {
    progress: &'a dyn Progress,
    checkpoint: &'a dyn Checkpoint,
    /// What the names of parts begin with: empty, or ending with a slash.
    scope: String,
    memory: Option<MemoryBudget>,
    scratch: Option<&'a Path>,
}

impl Run<'static> {
    /// A run that nobody watches, that keeps no parts and has no memory budget.
    pub fn quiet() -> Self {
        Self { progress: &Unwatched, checkpoint: &Unkept, scope: String::new(), memory: None, scratch: None }
    }
}

impl Default for Run<'static> {
    fn default() -> Self {
        Self::quiet()
    }
}

impl<'a> Run<'a> {
    /// The same run, watched by `progress`.
    pub fn with_progress<'b>(self, progress: &'b dyn Progress) -> Run<'b>
    where
        'a: 'b,
    {
        Run { progress, ..self }
    }

    /// The same run, with its finished parts kept in `checkpoint`.
    pub fn with_checkpoint<'b>(self, checkpoint: &'b dyn Checkpoint) -> Run<'b>
    where
        'a: 'b,
    {
        Run { checkpoint, ..self }
    }

    /// The same run within `memory`; `None` sets no budget.
    #[must_use]
    pub fn with_memory(self, memory: impl Into<Option<MemoryBudget>>) -> Self {
        Self { memory: memory.into(), ..self }
    }

    /// The same run with its temporary files beside `path`: their names begin with it. Without this they lie in the system's
    /// folder for temporary files.
    pub fn with_scratch<'b>(self, path: &'b Path) -> Run<'b>
    where
        'a: 'b,
    {
        Run { scratch: Some(path), ..self }
    }

    /// Where a temporary file called `name` may lie. Whoever makes it removes it.
    pub fn scratch_file(&self, name: &str) -> PathBuf {
        let Some(path) = self.scratch else {
            return std::env::temp_dir().join(format!("mislabel-{}.{name}", std::process::id()));
        };
        let mut file = path.as_os_str().to_owned();
        file.push(".");
        file.push(name);
        file.into()
    }

    /// The same run for one of several pieces of work: the names of its parts begin with `scope` and a slash.
    pub fn scoped(&self, scope: impl fmt::Display) -> Self {
        Self { scope: format!("{}{scope}/", self.scope), ..self.clone() }
    }

    /// A stage of the work, called `name` (a verb in -ing form), of `total` units.
    pub fn stage(&self, name: &'static str, total: usize) -> Stage<'a> {
        Stage::new(name, total, self.progress)
    }

    /// Who watches.
    pub fn progress(&self) -> &'a dyn Progress {
        self.progress
    }

    /// The bytes of `part` where an earlier run, or this one, stored them.
    ///
    /// # Errors
    /// Those of the checkpoint ([`Checkpoint::load`]).
    pub fn load(&self, part: &str) -> Result<Option<Vec<u8>>> {
        if !self.keeps_parts() {
            return Ok(None);
        }
        self.checkpoint.load(&format!("{}{part}", self.scope))
    }

    /// Keeps `bytes` as `part`.
    ///
    /// # Errors
    /// Those of the checkpoint ([`Checkpoint::store`]).
    pub fn store(&self, part: &str, bytes: &[u8]) -> Result<()> {
        if !self.keeps_parts() {
            return Ok(());
        }
        self.checkpoint.store(&format!("{}{part}", self.scope), bytes)
    }

    /// Whether stored parts are kept; where not, work need not turn parts to bytes.
    pub fn keeps_parts(&self) -> bool {
        self.checkpoint.is_kept()
    }

    /// What the work may hold at once; `None` where there is no budget.
    pub fn memory(&self) -> Option<MemoryBudget> {
        self.memory
    }

    /// Refuses the `bytes` that `what` takes whatever the size of blocks, where they exceed the budget.
    ///
    /// # Errors
    /// [`Error::Memory`](crate::Error::Memory).
    pub fn need(&self, what: &'static str, bytes: u64) -> Result<()> {
        self.memory.map_or(Ok(()), |budget| budget.need(what, bytes).map(drop))
    }

    /// The same run with `bytes` taken from its budget, which something beside the work holds. A budget keeps at least one
    /// byte: work that needs more is refused where it needs it.
    #[must_use]
    pub fn without(&self, bytes: u64) -> Self {
        let left = |budget: MemoryBudget| MemoryBudget::new(budget.bytes().saturating_sub(bytes).max(1)).ok();
        Self { memory: self.memory.and_then(left), ..self.clone() }
    }
}

impl fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.keeps_parts();
        let mut run = f.debug_struct("Run");
        run.field("keeps_parts", &parts).field("scope", &self.scope).field("memory", &self.memory);
        run.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Remembers the names of parts.
    #[derive(Default)]
    struct Names(Mutex<Vec<String>>);

    impl Checkpoint for Names {
        fn load(&self, part: &str) -> Result<Option<Vec<u8>>> {
            self.0.lock().unwrap().push(format!("load {part}"));
            Ok(None)
        }

        fn store(&self, part: &str, _: &[u8]) -> Result<()> {
            self.0.lock().unwrap().push(format!("store {part}"));
            Ok(())
        }
    }

    #[test]
    fn scopes_nest_in_the_names_of_parts() {
        let names = Names::default();
        let run = Run::quiet().with_checkpoint(&names);
        let inner = run.scoped("member rer").scoped(format_args!("fit {}", 2));
        inner.store("class 7", b"bytes").unwrap();
        assert_eq!(inner.load("class 8").unwrap(), None);
        run.store("whole", b"bytes").unwrap();
        let seen = names.0.into_inner().unwrap();
        assert_eq!(seen, ["store member rer/fit 2/class 7", "load member rer/fit 2/class 8", "store whole"]);
    }

    #[test]
    fn a_scope_keeps_progress_and_memory() {
        let budget = MemoryBudget::new(1 << 20).unwrap();
        let run = Run::quiet().with_memory(budget);
        assert_eq!(run.scoped("part").memory(), Some(budget));
    }

    #[test]
    fn what_is_held_is_taken_from_the_budget() {
        let run = Run::quiet().with_memory(MemoryBudget::new(1000).unwrap());
        assert_eq!(run.without(400).memory().unwrap().bytes(), 600);
        assert_eq!(run.without(1001).memory().unwrap().bytes(), 1);
        assert!(Run::quiet().without(u64::MAX).memory().is_none());
    }
}
