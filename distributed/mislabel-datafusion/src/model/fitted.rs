//! A fitted model: one object a class, one for each class's own samples, and a manifest, written last.

use std::sync::Arc;

use mislabel_reconstruct::{ClassSearch, FittedClass, OwnModel, RowScorer};
use serde::{Deserialize, Serialize};

use crate::model::cache::OwnModels;
use crate::model::dropped::Dropped;
use crate::model::{Classes, VERSION, from_json, json, same_version, seal, sealed, unsealed};
use crate::store::Store;
use crate::{Error, Result};

/// What is said of a model before its parts are read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    version: String,
    /// The location of the run that it belongs to.
    pub work: String,
    /// Folder of the rows it was fitted without, in the run's store.
    pub dropped: Option<String>,
    /// α.
    pub alpha: f64,
    /// The point that is subtracted from rows, `(d,)`.
    center: Vec<f64>,
    /// Seals of the class models and of the models of classes' own samples; empty where there is none.
    seals: Vec<(String, String)>,
    /// Whether every class is evaluated of every row.
    all_classes: bool,
    /// How many classes are looked for beside the given one, for a posterior; 0: two, for the ratio.
    width: usize,
}

/// Where a class's model is in the folder of a model.
pub(crate) fn class_object(folder: &str, code: u32) -> String {
    format!("{folder}/class-{code:07}")
}

/// Where the model of a class's own samples is.
pub(crate) fn own_object(folder: &str, code: u32) -> String {
    format!("{folder}/own-{code:07}")
}

pub(crate) const OBJECT: &str = "manifest.json";

impl Manifest {
    pub(crate) fn new(
        work: &Store,
        (dropped, alpha): (Option<String>, f64),
        center: Vec<f64>,
        seals: Vec<(String, String)>,
        (all_classes, width): (bool, usize),
    ) -> Self {
        Self {
            version: VERSION.to_owned(),
            work: work.location().to_owned(),
            dropped,
            alpha,
            center,
            seals,
            all_classes,
            width,
        }
    }

    /// Writes it, which completes the model, and says how functions name the model: location and seal.
    pub(crate) async fn save(&self, store: &Store, folder: &str) -> Result<String> {
        store_manifest(store, folder, self).await
    }
}

/// The seal of the manifest at a location, and the manifest, of whatever kind.
pub(crate) async fn stored_manifest<T: serde::de::DeserializeOwned>(store: &Store) -> Result<(String, T)> {
    let location = store.location_of(OBJECT);
    let missing = || Error::Damaged(format!("{} is no model: it has no {OBJECT}", store.location()));
    let bytes = store.get(OBJECT).await?.ok_or_else(missing)?;
    Ok((seal(&bytes), from_json(unsealed(&bytes, &location)?, &location)?))
}

/// Writes a manifest, which completes a model, and says how functions name the model: location and seal.
pub(crate) async fn store_manifest(store: &Store, folder: &str, manifest: &impl Serialize) -> Result<String> {
    let bytes = sealed(json(manifest)?);
    let seal = seal(&bytes);
    store.put(&format!("{folder}/{OBJECT}"), bytes).await?;
    Ok(format!("{}#{seal}", store.location_of(folder)))
}

/// A model, ready to score.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) classes: Classes,
    pub(crate) scorer: RowScorer,
    pub(crate) dropped: Dropped,
    /// How many classes are looked for beside the given one; 0: it was not fitted for that.
    pub(crate) width: usize,
    own: OwnModels,
}

impl Model {
    /// The seal of the manifest at a location, and the manifest.
    pub(crate) async fn manifest(store: &Store) -> Result<(String, Manifest)> {
        let (seal, manifest): (_, Manifest) = stored_manifest(store).await?;
        same_version(&manifest.version, &store.location_of(OBJECT))?;
        Ok((seal, manifest))
    }

    pub(crate) async fn load(store: &Store, manifest: Manifest) -> Result<Self> {
        let work = Store::open(&manifest.work)?;
        let classes = Classes::load(&work).await?;
        let mut fitted = Vec::with_capacity(manifest.seals.len());
        for (code, (class_seal, _)) in manifest.seals.iter().enumerate() {
            let name = class_object("", code as u32);
            let name = name.trim_start_matches('/');
            let bytes = part(store, name, class_seal).await?;
            fitted.push(Some(FittedClass::from_bytes(unsealed(&bytes, &store.location_of(name))?)?));
        }
        let search = if manifest.all_classes { ClassSearch::All } else { ClassSearch::Pruned };
        let scorer = RowScorer::new(fitted, manifest.center, search)?.for_nearest(manifest.width);
        let dropped = match &manifest.dropped {
            Some(folder) => Dropped::load(&work, folder).await?,
            None => Dropped::default(),
        };
        let seals = manifest.seals.into_iter().map(|(_, own)| own).collect();
        Ok(Self { classes, scorer, dropped, width: manifest.width, own: OwnModels::new(store.clone(), seals) })
    }

    /// Lets the models of classes' own samples go; they are read again when they are asked for.
    pub(crate) fn forget(&self) {
        self.own.forget();
    }

    /// The model of a class's own samples, from memory or from the store.
    pub(crate) fn own_of(&self, code: u32) -> mislabel_core::Result<Arc<OwnModel>> {
        self.own.get(code).map_err(mislabel_core::Error::other)
    }
}

/// An object with the seal that it had when the model was completed.
pub(crate) async fn part(store: &Store, name: &str, expected: &str) -> Result<Vec<u8>> {
    let bytes = store.need(name).await?;
    if seal(&bytes) == expected {
        return Ok(bytes);
    }
    Err(Error::Damaged(format!("{} is not the part that the model was completed with", store.location_of(name))))
}
