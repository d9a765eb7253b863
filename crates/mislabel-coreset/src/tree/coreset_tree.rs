//! The merge-and-reduce tree: a coreset of a stream in bounded memory.

use std::collections::HashSet;
use std::sync::Arc;

use mislabel_core::checks::{finite_row, same_class_count, same_length};
use mislabel_core::{Error, Result, Run};
use ndarray::Array2;

use crate::samples::Samples;
use crate::tree::coreset::Coreset;
use crate::tree::error::TreeError;
use crate::tree::held::{Held, HeldSample};
use crate::tree::merge_reduce::MergeReduce;
use crate::tree::reduction::reduced;

/// Rows read at a time.
const BLOCK: usize = 512;

/// A coreset of a stream of samples: merge and reduce (Bentley & Saxe 1980; Har-Peled & Mazumdar 2004).
///
/// Samples gather until a chunk is full, which is then reduced to a coreset of `size` samples. Two coresets of the same
/// level are merged and reduced to one of the next, as a binary counter counts: after c chunks there is one for every 1
/// in c's binary digits. So a stream of n samples is held in at most chunk + size·(1 + log₂(n/chunk)) rows, however long
/// it is. Every reduction is unbiased, thus the whole tree is ([`Coreset`]); each adds variance.
///
/// The tree depends on the options and on the *order* of the samples, not on how the stream was cut into calls of
/// [`extend`](Self::extend), nor on threads. Another order of the stream makes other chunks and another coreset.
#[derive(Clone, Debug, PartialEq)]
pub struct CoresetTree {
    pub(crate) options: MergeReduce,
    pub(crate) classes: usize,
    pub(crate) features: usize,
    /// Samples that have come in.
    pub(crate) seen: u64,
    /// Chunks that have been reduced.
    pub(crate) sealed: u64,
    /// Samples that do not fill a chunk yet.
    pub(crate) pending: Held,
    /// The coreset of 2^i chunks at place i, where c has that digit.
    pub(crate) levels: Vec<Option<Arc<Held>>>,
}

impl CoresetTree {
    /// Takes in more samples of the same classes and features, `(n, d)`; of weight 1 unless they come with others.
    ///
    /// `ids`, `(n,)`, name them from now on; without, they are numbered on from the count of samples that have come in
    /// before ([`seen`](Self::seen)). A sample of weight 0 is counted and forgotten. On an error the tree is as before.
    ///
    /// Beside the reductions, a call copies the samples that wait for their chunk to fill: hand over many at a time.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for other classes, features or numbers of ids; [`TreeError::DuplicateId`] when an id is
    /// among those held or appears twice; [`Error::Undefined`] when the importance takes losses and there are none;
    /// [`Error::NotFinite`] and what the source reports; [`Error::Cancelled`].
    pub fn extend(&mut self, samples: &Samples<'_>, ids: Option<&[u64]>, run: &Run<'_>) -> Result<()> {
        let n = samples.given().len();
        same_class_count("the given labels", self.classes, samples.given().class_count())?;
        same_length("a row of the embeddings", self.features, samples.embeddings().shape().1)?;
        if self.options.sensitivity.needs_losses() && samples.losses().is_none() {
            let reason = "the samples come without losses";
            return Err(Error::Undefined { quantity: "loss-weighted sensitivity", reason });
        }
        let numbered: Vec<u64>;
        let ids = match ids {
            Some(ids) => ids,
            None => {
                numbered = (self.seen..).take(n).collect();
                &numbered
            }
        };
        same_length("ids", n, ids.len())?;
        self.check_ids(ids)?;
        let mut next = self.clone();
        next.append(samples, ids, run)?;
        *self = next;
        Ok(())
    }

    fn check_ids(&self, ids: &[u64]) -> Result<()> {
        let mut taken: HashSet<u64> = self.all().map(|sample| sample.id).collect();
        match ids.iter().position(|id| !taken.insert(*id)) {
            Some(place) => Err(TreeError::DuplicateId { place, id: ids[place] }.into()),
            None => Ok(()),
        }
    }

    fn append(&mut self, samples: &Samples<'_>, ids: &[u64], run: &Run<'_>) -> Result<()> {
        let n = ids.len();
        let stage = run.stage("building the coreset tree", n);
        let mut start = 0;
        while start < n {
            let count = BLOCK.min(n - start).min(self.options.chunk - self.pending.len());
            self.read(samples, ids, start, count)?;
            start += count;
            if self.pending.len() == self.options.chunk {
                self.seal(run)?;
            }
            stage.advance(count)?;
        }
        self.seen += n as u64;
        Ok(())
    }

    /// Samples `start..start + count` join those that wait.
    fn read(&mut self, samples: &Samples<'_>, ids: &[u64], start: usize, count: usize) -> Result<()> {
        let mut block = Array2::zeros((count, self.features));
        samples.embeddings().read_rows(start, block.view_mut())?;
        for (i, x) in block.outer_iter().enumerate() {
            let row = start + i;
            finite_row("embeddings", row, x)?;
            let (id, label, weight) = (ids[row], samples.given().values()[row], samples.weight(row));
            if weight > 0.0 {
                let loss = samples.losses().map(|losses| losses[row]);
                self.pending.features.extend(x);
                self.pending.samples.push(HeldSample { id, label, weight, loss, seen: false });
            }
        }
        Ok(())
    }

    /// Reduces the full chunk, and merges as far up as there are pairs.
    fn seal(&mut self, run: &Run<'_>) -> Result<()> {
        let (options, shape) = (self.options, (self.classes, self.features));
        let reduced =
            |held, level: usize, number| reduced(held, options.size, &[level as u64, number], shape, &options, run);
        let chunk = std::mem::take(&mut self.pending);
        let mut coreset = reduced(chunk, 0, self.sealed)?;
        let mut level = 0;
        while let Some(older) = self.levels.get_mut(level).and_then(Option::take) {
            let mut pair = Arc::unwrap_or_clone(older);
            pair.absorb(&coreset);
            level += 1;
            coreset = reduced(pair, level, self.sealed >> level)?;
        }
        if level == self.levels.len() {
            self.levels.push(None);
        }
        self.levels[level] = Some(Arc::new(coreset));
        self.sealed += 1;
        Ok(())
    }

    /// The coreset of everything that has come in: all that is held, reduced to at most `size` samples.
    ///
    /// In the order of the stream. The same call gives the same coreset; a `size` of at least [`held`](Self::held) gives
    /// all that the tree has.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `size` is 0, [`Error::Empty`] when nothing is held, as the importance, and
    /// [`Error::Cancelled`].
    pub fn coreset(&self, size: usize, run: &Run<'_>) -> Result<Coreset> {
        if size == 0 {
            return Err(Error::parameter("size", 0.0, "at least 1"));
        }
        let (shape, stream) = ((self.classes, self.features), [u64::MAX, self.seen]);
        let held = reduced(self.gathered()?, size, &stream, shape, &self.options, run)?;
        Coreset::new(&held, shape)
    }

    /// Everything that is held, the oldest first.
    ///
    /// # Errors
    /// [`Error::Empty`] when that is nothing.
    pub(crate) fn gathered(&self) -> Result<Held> {
        let mut all = Held::default();
        self.parts().for_each(|part| all.absorb(part));
        if all.len() == 0 {
            return Err(Error::Empty { what: "the coreset tree" });
        }
        Ok(all)
    }

    fn parts(&self) -> impl Iterator<Item = &Held> {
        let coresets = self.levels.iter().rev().flatten().map(Arc::as_ref);
        coresets.chain([&self.pending])
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &HeldSample> {
        self.parts().flat_map(|part| &part.samples)
    }

    /// The options it was made with.
    pub fn options(&self) -> MergeReduce {
        self.options
    }

    /// The number of classes k.
    pub fn class_count(&self) -> usize {
        self.classes
    }

    /// The number of features d.
    pub fn features(&self) -> usize {
        self.features
    }

    /// How many samples have come in, those of weight 0 and removed ones included.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// How many samples are held in memory.
    pub fn held(&self) -> usize {
        self.parts().map(Held::len).sum()
    }

    /// The ids of the samples that are held, the oldest first.
    pub fn ids(&self) -> Vec<u64> {
        self.all().map(|sample| sample.id).collect()
    }
}
