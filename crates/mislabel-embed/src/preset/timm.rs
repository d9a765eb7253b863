//! `config.json`: of timm, which tells how pictures are prepared, and of others, which tell how long a text may be.

use serde::Deserialize;

use crate::preset::draft::Draft;
use crate::preset::setting::Told;
use crate::preset::values::{Crop, CropRounding, Interpolation, PerChannel, Resize};

/// The name of the file.
pub(crate) const FILE: &str = "config.json";

#[derive(Debug, Deserialize)]
struct File {
    pretrained_cfg: Option<Pretrained>,
    max_position_embeddings: Option<usize>,
    model_type: Option<String>,
    pad_token_id: Option<usize>,
}

#[derive(Debug, Deserialize)]
struct Pretrained {
    input_size: Option<[usize; 3]>,
    interpolation: Option<Interpolation>,
    crop_pct: Option<f64>,
    crop_mode: Option<String>,
    mean: Option<[f32; 3]>,
    std: Option<[f32; 3]>,
}

/// What the file with this `text` says.
///
/// # Errors
/// What cannot be understood.
pub(crate) fn draft(text: &str) -> Result<Draft, String> {
    let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let max_tokens = file.max_tokens();
    let pictures = file.pretrained_cfg.map_or(Ok(Draft::default()), Pretrained::draft)?;
    Ok(Draft { max_tokens, ..pictures })
}

/// Kinds of models whose first token has the position after that of padding.
const COUNTED_FROM_PADDING: [&str; 7] =
    ["roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "mpnet", "longformer", "data2vec-text"];

impl File {
    /// Positions that are left for tokens.
    fn max_tokens(&self) -> Option<Told<usize>> {
        let most = self.max_position_embeddings?;
        let kind = self.model_type.as_deref().unwrap_or_default();
        match self.pad_token_id.filter(|_| COUNTED_FROM_PADDING.contains(&kind)) {
            Some(padding) => {
                let from = format!("{FILE}: max_position_embeddings less pad_token_id + 1, as {kind} counts");
                Some(Told::new(most.saturating_sub(padding).saturating_sub(1), from))
            }
            None => Some(Told::new(most, format!("{FILE}: max_position_embeddings"))),
        }
    }
}

impl Pretrained {
    fn draft(self) -> Result<Draft, String> {
        if let Some(mode) = self.crop_mode.filter(|mode| mode != "center") {
            return Err(format!(
                "crop_mode = {mode:?}: only \"center\" is understood; write image.resize and image.crop into a preset file"
            ));
        }
        let told = |key: &str| format!("{FILE}: {key}");
        let crop = self.input_size.map(|[_, height, width]| Told::new(Crop::Middle(height, width), told("input_size")));
        let resize = match (self.input_size, self.crop_pct) {
            (Some([_, height, width]), Some(share)) if height == width && share > 0.0 => {
                let short = (height as f64 / share).floor() as usize;
                Some(Told::new(Resize::ShortEdge(short), told("input_size and crop_pct")))
            }
            _ => None,
        };
        Ok(Draft {
            resize,
            crop,
            crop_rounding: Some(Told::new(CropRounding::HalfEven, told("as torchvision crops"))),
            interpolation: self.interpolation.map(|value| Told::new(value, told("interpolation"))),
            scale: self.mean.map(|_| Told::new(255.0, told("mean is of numbers up to 1"))),
            mean: self.mean.map(|value| Told::new(PerChannel(value), told("mean"))),
            std: self.std.map(|value| Told::new(PerChannel(value), told("std"))),
            ..Draft::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timm_tells_how_pictures_are_prepared() {
        let found = draft(
            r#"{"architecture": "x", "pretrained_cfg": {"input_size": [3, 224, 224], "interpolation": "bicubic", "crop_pct": 0.9,
            "crop_mode": "center", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}}"#,
        )
        .unwrap();
        assert_eq!(found.resize.unwrap().value, Resize::ShortEdge(248));
        assert_eq!(found.crop.unwrap().value, Crop::Middle(224, 224));
        assert_eq!(found.interpolation.unwrap().value, Interpolation::Bicubic);
        assert!(draft(r#"{"pretrained_cfg": {"crop_mode": "squash"}}"#).unwrap_err().contains("squash"));
    }

    #[test]
    fn others_tell_how_long_a_text_may_be() {
        let found = draft(r#"{"model_type": "bert", "max_position_embeddings": 512}"#).unwrap();
        assert_eq!(found.max_tokens, Some(Told::new(512, "config.json: max_position_embeddings")));
    }
}
