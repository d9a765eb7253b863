//! The embedder that is asked for: a first look, or a model.

use mislabel::embed::{Embedder, FirstLookAtPictures, FirstLookAtTexts};
#[cfg(feature = "onnx")]
use mislabel::embed::{ModelOptions, Onnx};

#[cfg(not(feature = "onnx"))]
use crate::failure::Failure;
use crate::failure::Result;
use crate::inputs::raw_samples::EmbeddingOptions;

/// The embedder that is asked for.
pub(crate) enum Chosen {
    FirstLook(Box<dyn Embedder>),
    #[cfg(feature = "onnx")]
    Model(Box<Onnx>),
}

/// What there is to say of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AboutModel {
    /// The file.
    pub(crate) path: String,
    /// Every setting, with where it comes from.
    pub(crate) settings: Vec<String>,
    pub(crate) notes: Vec<String>,
}

impl Chosen {
    /// The model that `options` name, or a first look.
    pub(crate) fn new(options: &EmbeddingOptions, is_text: bool) -> Result<Self> {
        match &options.model {
            #[cfg(feature = "onnx")]
            Some(path) => {
                let more = ModelOptions { preset: options.model_preset.clone(), max_tokens: options.max_tokens };
                let model = if is_text { Onnx::of_texts(path, &more) } else { Onnx::of_pictures(path, &more) };
                Ok(Self::Model(Box::new(model?)))
            }
            #[cfg(not(feature = "onnx"))]
            Some(_) => Err(Failure::Arguments(
                "this program was built without models: cargo install mislabel-cli --features onnx builds one that has --model".into(),
            )),
            None if is_text => Ok(Self::FirstLook(Box::new(FirstLookAtTexts))),
            None => Ok(Self::FirstLook(Box::new(FirstLookAtPictures))),
        }
    }

    pub(crate) fn embedder(&self) -> &dyn Embedder {
        match self {
            Self::FirstLook(embedder) => &**embedder,
            #[cfg(feature = "onnx")]
            Self::Model(model) => &**model,
        }
    }

    /// What there is to say of the model after it has worked; `None` for a first look.
    pub(crate) fn about(&self) -> Option<AboutModel> {
        match self {
            Self::FirstLook(_) => None,
            #[cfg(feature = "onnx")]
            Self::Model(model) => Some(AboutModel {
                path: model.path().display().to_string(),
                settings: model.settings().iter().map(ToString::to_string).collect(),
                notes: model.notes().iter().cloned().chain(truncated(model)).collect(),
            }),
        }
    }
}

/// A sentence on texts that were cut.
#[cfg(feature = "onnx")]
fn truncated(model: &Onnx) -> Option<String> {
    let count = model.truncated();
    let most = model.settings().iter().find(|setting| setting.name == "text.max_tokens")?;
    (count > 0).then(|| {
        format!(
            "{count} texts of this run have more than {} tokens: only their beginnings count (--max-tokens)",
            most.value
        )
    })
}
