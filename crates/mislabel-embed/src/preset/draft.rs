//! Settings as far as a source knows them.

use std::path::PathBuf;

use crate::preset::setting::Told;
use crate::preset::values::{Channels, Crop, CropRounding, Interpolation, Layout, PerChannel, Pool, Resize, TextSide};

/// Settings as far as a source knows them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Draft {
    pub(crate) input: Option<Told<String>>,
    pub(crate) layout: Option<Told<Layout>>,
    pub(crate) channels: Option<Told<Channels>>,
    pub(crate) resize: Option<Told<Resize>>,
    pub(crate) interpolation: Option<Told<Interpolation>>,
    pub(crate) crop: Option<Told<Crop>>,
    pub(crate) crop_rounding: Option<Told<CropRounding>>,
    /// Bytes are divided by this, before the mean is taken off.
    pub(crate) scale: Option<Told<f32>>,
    pub(crate) mean: Option<Told<PerChannel>>,
    pub(crate) std: Option<Told<PerChannel>>,
    pub(crate) tokenizer: Option<Told<PathBuf>>,
    pub(crate) max_tokens: Option<Told<usize>>,
    /// Where a text with more tokens is cut off.
    pub(crate) truncation_side: Option<Told<TextSide>>,
    pub(crate) lower_case: Option<Told<bool>>,
    /// What every text begins with.
    pub(crate) prefix: Option<Told<String>>,
    pub(crate) output: Option<Told<String>>,
    pub(crate) pool: Option<Told<Pool>>,
    pub(crate) normalize: Option<Told<bool>>,
}

impl Draft {
    /// Itself, and what it does not know as `other` knows it.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            input: self.input.or(other.input),
            layout: self.layout.or(other.layout),
            channels: self.channels.or(other.channels),
            resize: self.resize.or(other.resize),
            interpolation: self.interpolation.or(other.interpolation),
            crop: self.crop.or(other.crop),
            crop_rounding: self.crop_rounding.or(other.crop_rounding),
            scale: self.scale.or(other.scale),
            mean: self.mean.or(other.mean),
            std: self.std.or(other.std),
            tokenizer: self.tokenizer.or(other.tokenizer),
            max_tokens: self.max_tokens.or(other.max_tokens),
            truncation_side: self.truncation_side.or(other.truncation_side),
            lower_case: self.lower_case.or(other.lower_case),
            prefix: self.prefix.or(other.prefix),
            output: self.output.or(other.output),
            pool: self.pool.or(other.pool),
            normalize: self.normalize.or(other.normalize),
        }
    }
}
