//! What is said of a model beside the files in its folder.

/// What is said of a model beside the files in its folder; it counts more than they do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelOptions {
    /// A preset: `clip`, `dinov2`, `imagenet`, `efficientnet-lite`, `sentence-transformers`, or the path of a file of TOML.
    pub preset: Option<String>,
    /// Tokens of a text at most.
    pub max_tokens: Option<usize>,
}
