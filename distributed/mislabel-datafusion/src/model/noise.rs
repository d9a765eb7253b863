//! A fitted posterior: what it says of rows, and by which class models.

use std::sync::Arc;

use mislabel_posterior::FittedPosterior;
use serde::{Deserialize, Serialize};

use crate::model::cache::cached_model;
use crate::model::fitted::{Model, OBJECT, part, store_manifest, stored_manifest};
use crate::model::{VERSION, same_version, seal, sealed, unsealed};
use crate::store::Store;
use crate::{Error, Result};

const FIT: &str = "posterior";

/// What is said of a fit before it is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct NoiseManifest {
    version: String,
    /// The class models, as functions name them.
    class_models: String,
    /// The seal of the fit.
    seal: String,
}

/// Whether a fitted posterior, rather than a model of classes alone, is at a location.
///
/// # Errors
/// [`Error::Damaged`] where there is no model at all; what the store says.
pub async fn is_posterior(location: &str) -> Result<bool> {
    let (_, manifest): (_, serde_json::Value) = stored_manifest(&Store::open(location)?).await?;
    Ok(manifest.get("class_models").is_some())
}

/// A fitted posterior, ready to judge.
#[derive(Debug)]
pub(crate) struct Noise {
    pub(crate) model: Arc<Model>,
    pub(crate) fitted: FittedPosterior,
}

impl Noise {
    /// Writes a fit to errors under these class models; how functions name it.
    pub(crate) async fn keep(
        store: &Store,
        folder: &str,
        (class_models, fitted): (&str, &FittedPosterior),
    ) -> Result<String> {
        let bytes = sealed(fitted.to_bytes());
        let manifest =
            NoiseManifest { version: VERSION.to_owned(), class_models: class_models.to_owned(), seal: seal(&bytes) };
        store.put(&format!("{folder}/{FIT}"), bytes).await?;
        store_manifest(store, folder, &manifest).await
    }

    /// The seal of the manifest at a location, and the manifest.
    pub(crate) async fn manifest(store: &Store) -> Result<(String, NoiseManifest)> {
        let (seal, manifest): (_, NoiseManifest) = stored_manifest(store).await?;
        same_version(&manifest.version, &store.location_of(OBJECT))?;
        Ok((seal, manifest))
    }

    /// The fit itself, and where its class models are.
    pub(crate) async fn fit(store: &Store, manifest: &NoiseManifest) -> Result<(String, FittedPosterior)> {
        let bytes = part(store, FIT, &manifest.seal).await?;
        let fitted = FittedPosterior::from_bytes(unsealed(&bytes, &store.location_of(FIT))?)?;
        Ok((manifest.class_models.clone(), fitted))
    }

    pub(crate) fn of((class_models, fitted): (String, FittedPosterior)) -> Result<Self> {
        let model = cached_model(&class_models)?;
        if fitted.class_count() != model.classes.names.len() {
            return Err(Error::Damaged(format!("the fitted posterior is of other classes than {class_models}")));
        }
        Ok(Self { model, fitted })
    }
}
