//! How samples are embedded.

#[cfg(feature = "images")]
use crate::picture::decoding::Decoding;

/// How samples are embedded.
#[derive(Clone, Debug, PartialEq)]
pub struct EmbedOptions {
    /// How pictures are read.
    #[cfg(feature = "images")]
    pub decoding: Decoding,
    /// The share of samples, in [0, 1], that may turn out not to be embeddable: more are a wrong folder, not bad luck. 0.1 by
    /// default.
    pub most_bad: f64,
}

impl Default for EmbedOptions {
    fn default() -> Self {
        Self {
            #[cfg(feature = "images")]
            decoding: Decoding::default(),
            most_bad: 0.1,
        }
    }
}
