//! Embedded samples in a program that embeds none: there are none.

use std::path::Path;

use mislabel::io::{Understanding, Unlabelled};

use crate::failure::{Failure, Result};
use crate::inputs::files::{LabelForm, LabelPlace};
use crate::inputs::raw_samples::{LabelNeed, RawSamples};
use crate::inputs::shown::Shown;
use crate::session::threads::Threads;

/// No value of this type exists.
pub(crate) enum EmbeddedFiles {}

impl EmbeddedFiles {
    pub(crate) fn new(
        _: &RawSamples,
        _: Option<&str>,
        _: LabelNeed,
        _: &LabelForm,
        _: Option<&Path>,
        _: bool,
        _: &Threads,
    ) -> Result<Self> {
        Err(Failure::Arguments("this program was built without the feature embed: --embeddings is needed".into()))
    }

    pub(crate) fn whole(self) -> Result<Self> {
        match self {}
    }

    pub(crate) fn embeddings(&self) -> &Path {
        match *self {}
    }

    pub(crate) fn labels(&self) -> LabelPlace<'_> {
        match *self {}
    }

    pub(crate) fn unlabelled(&self, _: Unlabelled) -> Unlabelled {
        match *self {}
    }

    pub(crate) fn told(&self, _: Failure) -> Failure {
        match *self {}
    }

    #[cfg(feature = "app")]
    pub(crate) fn root(&self) -> std::path::PathBuf {
        match *self {}
    }

    pub(crate) fn work(&self) -> String {
        match *self {}
    }

    pub(crate) fn understanding(&self) -> Understanding {
        match *self {}
    }

    pub(crate) fn shown(&self) -> Shown {
        match *self {}
    }

    pub(crate) fn holds(&self, _: &Path) -> bool {
        match *self {}
    }
}
