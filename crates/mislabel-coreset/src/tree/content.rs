//! The content of a saved tree: its fields in order, little-endian, and back with every promise checked.
//!
//! Options: importance (a tag and its parameters), chunk, size, certain, seed; then classes, features, seen, sealed; then
//! the waiting samples and the levels, each a count, the samples (id, label, weight, what else is known, loss) and their
//! features. Counts are 64 bits wide.

use std::collections::HashSet;
use std::sync::Arc;

use mislabel_core::checks::finite_row;
use ndarray::aview1;

use crate::importance::class_leverage::ClassLeverage;
use crate::importance::lewis::LewisWeights;
use crate::importance::root_leverage::RootLeverage;
use crate::importance::sensitivity::Sensitivity;
use crate::samples::MOST;
use crate::tree::coreset_tree::CoresetTree;
use crate::tree::held::{Held, HeldSample};
use crate::tree::merge_reduce::MergeReduce;

const SEEN: u8 = 1;
const HAS_LOSS: u8 = 2;

/// More samples than any stream has, so that counting on from there overflows nothing.
const MOST_SEEN: u64 = 1 << 62;

/// The fewest bytes of a sample before its features.
const SAMPLE_BYTES: usize = 8 + 4 + 8 + 1;

/// A result whose error says what cannot be.
type Decoded<T> = Result<T, String>;

/// The content of `tree`.
pub(crate) fn encoded(tree: &CoresetTree) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_options(&tree.options, &mut bytes);
    for count in [tree.classes as u64, tree.features as u64, tree.seen, tree.sealed] {
        bytes.extend(count.to_le_bytes());
    }
    encode_held(&tree.pending, &mut bytes);
    for level in tree.levels.iter().flatten() {
        encode_held(level, &mut bytes);
    }
    bytes
}

fn encode_options(options: &MergeReduce, bytes: &mut Vec<u8>) {
    match options.sensitivity {
        Sensitivity::ClassLeverage(ClassLeverage { ridge, unit_norm }) => {
            bytes.extend([0, u8::from(unit_norm)]);
            bytes.extend(ridge.to_le_bytes());
        }
        Sensitivity::RootLeverage(RootLeverage { unit_norm, intercept }) => {
            bytes.extend([1, u8::from(unit_norm), u8::from(intercept)]);
        }
        Sensitivity::Lewis(LewisWeights { unit_norm, intercept, tolerance, rounds }) => {
            bytes.extend([2, u8::from(unit_norm), u8::from(intercept)]);
            bytes.extend(tolerance.to_le_bytes());
            bytes.extend((rounds as u64).to_le_bytes());
        }
        Sensitivity::Loss => bytes.push(3),
        Sensitivity::Uniform => bytes.push(4),
    }
    bytes.extend((options.chunk as u64).to_le_bytes());
    bytes.extend((options.size as u64).to_le_bytes());
    bytes.extend(options.certain.to_le_bytes());
    bytes.extend(options.seed.to_le_bytes());
}

fn encode_held(held: &Held, bytes: &mut Vec<u8>) {
    bytes.extend((held.len() as u64).to_le_bytes());
    for sample in &held.samples {
        bytes.extend(sample.id.to_le_bytes());
        bytes.extend(sample.label.to_le_bytes());
        bytes.extend(sample.weight.to_le_bytes());
        bytes.push(if sample.seen { SEEN } else { 0 } | if sample.loss.is_some() { HAS_LOSS } else { 0 });
        if let Some(loss) = sample.loss {
            bytes.extend(loss.to_le_bytes());
        }
    }
    held.features.iter().for_each(|x| bytes.extend(x.to_le_bytes()));
}

/// The tree whose content is `bytes`.
pub(crate) fn decoded(bytes: &[u8]) -> Decoded<CoresetTree> {
    let mut content = Content(bytes);
    let options = content.options()?;
    let (classes, features) = (content.count()?, content.count()?);
    let empty = options.tree(classes, features).map_err(|error| error.to_string())?;
    let (seen, sealed) = (content.u64()?, content.u64()?);
    let pending = content.held(&empty, options.chunk - 1)?;
    let levels = u64::BITS - sealed.leading_zeros();
    let level = |level| match sealed >> level & 1 {
        0 => Ok(None),
        _ => content.held(&empty, options.size).map(|held| Some(Arc::new(held))),
    };
    let levels = (0..levels).map(level).collect::<Decoded<Vec<_>>>()?;
    if !content.0.is_empty() {
        return Err(format!("{} bytes are left over", content.0.len()));
    }
    let tree = CoresetTree { seen, sealed, pending, levels, ..empty };
    check(&tree)?;
    Ok(tree)
}

fn check(tree: &CoresetTree) -> Decoded<()> {
    let mut ids = HashSet::new();
    if let Some(sample) = tree.all().find(|sample| !ids.insert(sample.id)) {
        return Err(format!("id {} is there twice", sample.id));
    }
    let (seen, sealed) = (tree.seen, tree.sealed);
    let in_chunks = sealed.checked_mul(tree.options.chunk as u64);
    match in_chunks.and_then(|chunks| chunks.checked_add(tree.pending.len() as u64)) {
        Some(counted) if counted <= seen && seen < MOST_SEEN => Ok(()),
        _ => Err(format!("{sealed} chunks and {} waiting samples are not {seen} in all", tree.pending.len())),
    }
}

/// What is left to be read.
struct Content<'a>(&'a [u8]);

impl Content<'_> {
    fn array<const N: usize>(&mut self) -> Decoded<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk().ok_or("it ends too early")?;
        self.0 = rest;
        Ok(*array)
    }

    fn u8(&mut self) -> Decoded<u8> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    fn u64(&mut self) -> Decoded<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    fn f64(&mut self) -> Decoded<f64> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    fn count(&mut self) -> Decoded<usize> {
        let count = self.u64()?;
        usize::try_from(count).map_err(|_| format!("{count} is too large a count"))
    }

    fn bool(&mut self) -> Decoded<bool> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(format!("{other} is neither yes nor no")),
        }
    }

    fn options(&mut self) -> Decoded<MergeReduce> {
        let sensitivity = match self.u8()? {
            0 => {
                let (unit_norm, ridge) = (self.bool()?, self.f64()?);
                Sensitivity::ClassLeverage(ClassLeverage { ridge, unit_norm })
            }
            1 => Sensitivity::RootLeverage(RootLeverage { unit_norm: self.bool()?, intercept: self.bool()? }),
            2 => {
                let (unit_norm, intercept) = (self.bool()?, self.bool()?);
                let (tolerance, rounds) = (self.f64()?, self.count()?);
                Sensitivity::Lewis(LewisWeights { unit_norm, intercept, tolerance, rounds })
            }
            3 => Sensitivity::Loss,
            4 => Sensitivity::Uniform,
            other => return Err(format!("{other} is no importance")),
        };
        let (chunk, size) = (self.count()?, self.count()?);
        Ok(MergeReduce { sensitivity, chunk, size, certain: self.f64()?, seed: self.u64()? })
    }

    /// At most `most` samples for `tree`.
    fn held(&mut self, tree: &CoresetTree, most: usize) -> Decoded<Held> {
        let count = self.count()?;
        if count > most || count > self.0.len() / SAMPLE_BYTES {
            return Err(format!("{count} samples are more than there can be"));
        }
        let samples = (0..count).map(|_| self.sample(tree)).collect::<Decoded<Vec<_>>>()?;
        let values = count.checked_mul(tree.features).filter(|values| *values <= self.0.len() / 4);
        let values = values.ok_or("it ends too early")?;
        let (bytes, rest) = self.0.split_at(4 * values);
        self.0 = rest;
        let features: Vec<f32> = bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        for (row, x) in features.chunks_exact(tree.features).enumerate() {
            finite_row("a saved row", row, aview1(x)).map_err(|error| error.to_string())?;
        }
        Ok(Held { features, samples })
    }

    fn sample(&mut self, tree: &CoresetTree) -> Decoded<HeldSample> {
        let (id, label, weight) = (self.u64()?, u32::from_le_bytes(self.array()?), self.f64()?);
        let flags = self.u8()?;
        let loss = if flags & HAS_LOSS == 0 { None } else { Some(self.f64()?) };
        let sound = flags <= SEEN | HAS_LOSS
            && (label as usize) < tree.classes
            && weight > 0.0
            && weight <= MOST
            && loss.is_none_or(|loss| (0.0..=MOST).contains(&loss))
            && (loss.is_some() || !tree.options.sensitivity.needs_losses());
        match sound {
            true => Ok(HeldSample { id, label, weight, loss, seen: flags & SEEN != 0 }),
            false => Err(format!("sample {id} with label {label}, weight {weight}, loss {loss:?}, flags {flags}")),
        }
    }
}
