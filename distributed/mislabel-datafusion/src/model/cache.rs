//! What a process has read of models, so that it reads it once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mislabel_reconstruct::OwnModel;

use crate::model::dropped::Dropped;
use crate::model::fitted::{Model, own_object, part};
use crate::model::noise::Noise;
use crate::model::unsealed;
use crate::store::{Store, wait};
use crate::{Error, Result};

/// Models kept at a time: a round's and the next one's, or a user's own.
pub(crate) const MODELS: usize = 2;

/// Bytes of models of classes' own samples that are kept: see [`set_own_models_memory`].
static OWN_MODELS_MEMORY: AtomicU64 = AtomicU64::new(512 << 20);

/// How many bytes the models of classes' own samples may take in this process: 8·d² bytes a class. Default
/// 512 MiB. Where not all fit, rows should come sorted by label; else models are read again and again.
pub fn set_own_models_memory(bytes: u64) {
    OWN_MODELS_MEMORY.store(bytes, Ordering::Relaxed);
}

/// What [`set_own_models_memory`] was last told.
pub fn own_models_memory() -> u64 {
    OWN_MODELS_MEMORY.load(Ordering::Relaxed)
}

/// Entries by name, the latest used last.
struct Recent<T>(Vec<(String, Arc<T>)>);

impl<T> Recent<T> {
    fn get(&mut self, name: &str) -> Option<Arc<T>> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        let entry = self.0.remove(at);
        let found = Arc::clone(&entry.1);
        self.0.push(entry);
        Some(found)
    }

    fn put(&mut self, name: &str, value: &Arc<T>) {
        if self.0.len() == MODELS {
            self.0.remove(0);
        }
        self.0.push((name.to_owned(), Arc::clone(value)));
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is at a location that ends with `#` and its seal where a step names it: known, or read by its manifest.
fn cached<T, M>(
    known: &Mutex<Recent<T>>,
    named: &str,
    manifest: impl FnOnce(&Store) -> Result<(String, M)>,
    read: impl FnOnce(&Store, M) -> Result<T>,
    forget: impl Fn(&T),
) -> Result<Arc<T>> {
    let (location, pinned) = match named.rsplit_once('#') {
        Some((location, seal)) => (location, Some(seal)),
        None => (named, None),
    };
    // Held while something is read, so that threads that want the same do not all read it.
    let mut known = locked(known);
    if let Some(found) = pinned.and_then(|_| known.get(named)) {
        return Ok(found);
    }
    let store = Store::open(location)?;
    let (seal, manifest) = manifest(&store)?;
    if pinned.is_some_and(|pinned| pinned != seal) {
        return Err(Error::Damaged(format!("the model at {location} was replaced while it was in use")));
    }
    let name = format!("{location}#{seal}");
    if let Some(found) = known.get(&name) {
        return Ok(found);
    }
    let found = Arc::new(read(&store, manifest)?);
    // Steps come one after another: whoever asks for another has done with these.
    known.0.iter().for_each(|(_, old)| forget(old));
    known.put(&name, &found);
    Ok(found)
}

/// The model of this name.
pub(crate) fn cached_model(named: &str) -> Result<Arc<Model>> {
    static KNOWN: Mutex<Recent<Model>> = Mutex::new(Recent(Vec::new()));
    let manifest = |store: &Store| wait(Model::manifest(store));
    cached(&KNOWN, named, manifest, |store, manifest| wait(Model::load(store, manifest)), Model::forget)
}

/// The fitted posterior of this name.
pub(crate) fn cached_noise(named: &str) -> Result<Arc<Noise>> {
    static KNOWN: Mutex<Recent<Noise>> = Mutex::new(Recent(Vec::new()));
    let manifest = |store: &Store| wait(Noise::manifest(store));
    cached(&KNOWN, named, manifest, |store, manifest| Noise::of(wait(Noise::fit(store, &manifest))?), |_| {})
}

/// The rows dropped into a folder of a run. Read anew for every batch unless the folder's name ends with `#` and a mark of the
/// step that filled it.
pub(crate) fn cached_dropped(work: &str, named: &str) -> Result<Arc<Dropped>> {
    static KNOWN: Mutex<Recent<Dropped>> = Mutex::new(Recent(Vec::new()));
    let (folder, mark) = named.rsplit_once('#').unwrap_or((named, ""));
    let name = format!("{work}/{named}");
    let mut known = locked(&KNOWN);
    if let Some(dropped) = known.get(&name).filter(|_| !mark.is_empty()) {
        return Ok(dropped);
    }
    let dropped = Arc::new(wait(Dropped::load(&Store::open(work)?, folder))?);
    known.put(&name, &dropped);
    Ok(dropped)
}

/// Models of classes' own samples, read when they are asked for; the least recently used go when memory is short.
#[derive(Debug)]
pub(crate) struct OwnModels {
    store: Store,
    seals: Vec<String>,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    models: HashMap<u32, (Arc<OwnModel>, u64)>,
    bytes: u64,
    clock: u64,
}

impl OwnModels {
    pub(crate) fn new(store: Store, seals: Vec<String>) -> Self {
        Self { store, seals, held: Mutex::default() }
    }

    pub(crate) fn get(&self, code: u32) -> Result<Arc<OwnModel>> {
        let mut held = locked(&self.held);
        held.clock += 1;
        let now = held.clock;
        if let Some((model, used)) = held.models.get_mut(&code) {
            *used = now;
            return Ok(Arc::clone(model));
        }
        let model = Arc::new(self.read(code)?);
        held.bytes += model.footprint() as u64;
        while held.bytes > own_models_memory() {
            let Some(oldest) = held.models.iter().min_by_key(|(_, (_, used))| *used).map(|(code, _)| *code) else {
                break;
            };
            let gone = held.models.remove(&oldest).map_or(0, |(model, _)| model.footprint() as u64);
            held.bytes -= gone;
        }
        held.models.insert(code, (Arc::clone(&model), now));
        Ok(model)
    }

    pub(crate) fn forget(&self) {
        let mut held = locked(&self.held);
        held.models.clear();
        held.bytes = 0;
    }

    fn read(&self, code: u32) -> Result<OwnModel> {
        let name = own_object("", code);
        let name = name.trim_start_matches('/');
        let none = || Error::Damaged(format!("{} has no model of class {code}'s own samples", self.store.location()));
        let seal = self.seals.get(code as usize).filter(|seal| !seal.is_empty()).ok_or_else(none)?;
        let bytes = wait(part(&self.store, name, seal))?;
        Ok(OwnModel::from_bytes(unsealed(&bytes, &self.store.location_of(name))?)?)
    }
}
