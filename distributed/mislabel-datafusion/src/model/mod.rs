//! What a run keeps in its store: the classes of a table, their sums, and fitted models.

mod cache;
mod classes;
mod dropped;
mod fitted;
mod noise;
mod sealed;
mod strangers;

pub(crate) use cache::{MODELS, cached_dropped, cached_model, cached_noise};
pub use cache::{own_models_memory, set_own_models_memory};
pub use classes::Classes;
pub(crate) use classes::{from_json, json};
pub use fitted::Manifest;
pub(crate) use fitted::{Model, class_object, own_object};
pub(crate) use noise::Noise;
pub use noise::is_posterior;
pub(crate) use sealed::{seal, sealed, unsealed};
pub(crate) use strangers::{keep_strangers, read_strangers};

/// The version of what is stored and of the functions, which must be the same in all processes of a run.
pub const VERSION: &str = concat!("mislabel-datafusion ", env!("CARGO_PKG_VERSION"), ", layout 2");

/// Refuses what another version wrote.
pub(crate) fn same_version(found: &str, location: &str) -> crate::Result<()> {
    if found == VERSION {
        return Ok(());
    }
    Err(crate::Error::Damaged(format!(
        "{location} is of {found}, and this process is {VERSION}: run scheduler, executors and command in one version, or \
         start with an empty --work"
    )))
}
